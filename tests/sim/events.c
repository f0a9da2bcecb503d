/* SPDX-License-Identifier: BSD-2-Clause */
/* Events, timers, task priority and time of the simulated firmware (UEFI 2.10 §7.1 and §7.5). */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#define STEP   100      /* what a look at an event takes: 10 us */
#define SECOND 10000000 /* in units of 100 ns */

static struct event *find_event(struct firmware *fw, EFI_EVENT wanted, const char *what)
{
    struct event *event = fw->events;

    while (event != NULL && event != wanted) {
        event = event->next;
    }
    if (event == NULL) {
        complain(fw, "%s of an event that does not exist", what);
    }
    return event;
}

static void signal(struct event *event)
{
    if (!event->signalled && (event->type & EVT_NOTIFY_SIGNAL) != 0) {
        event->notify(event, event->context);
    } else {
        event->signalled = true;
    }
}

static void set_watchdog(struct firmware *fw, uint64_t seconds)
{
    fw->watchdog_due = seconds != 0 ? fw->time + seconds * SECOND : 0;
}

void watchdog_start(struct firmware *fw)
{
    if (!fw->setup.no_watchdog) {
        set_watchdog(fw, 300);
    }
}

void watchdog_check(struct firmware *fw)
{
    if (fw->watchdog_taken && fw->watchdog_due != 0) {
        complain(fw, "the watchdog was not turned off");
    }
}

static void look_at_watchdog(struct firmware *fw)
{
    if (fw->watchdog_due != 0 && fw->watchdog_due <= fw->time) {
        fw->watchdog_due = 0;
        complain(fw, "the watchdog reset the machine");
    }
}

void events_advance(struct firmware *fw, uint64_t duration)
{
    fw->time += duration;
    look_at_watchdog(fw);
    for (struct event *event = fw->events; event != NULL; event = event->next) {
        if (event->timer != TimerCancel && event->due <= fw->time) {
            if (event->timer == TimerPeriodic) {
                event->due = fw->time + event->period;
            } else {
                event->timer = TimerCancel;
            }
            signal(event);
        }
    }
}

static struct event *new_event(struct firmware *fw, uint32_t type, EFI_EVENT_NOTIFY notify,
                               void *context)
{
    struct event *event = must_allocate(sizeof(*event));

    memset(event, 0, sizeof(*event));
    event->type = type;
    event->notify = notify;
    event->context = context;
    event->timer = TimerCancel;
    event->next = fw->events;
    fw->events = event;
    return event;
}

static EFI_STATUS EFIAPI create_event(UINT32 type, EFI_TPL tpl, EFI_EVENT_NOTIFY notify,
                                      VOID *context, EFI_EVENT *event)
{
    struct firmware *fw = firmware_current();
    EFI_STATUS status;

    if (service_fails(fw, SERVICE_CREATE_EVENT, NULL, &status)) {
        return status;
    }
    if (event == NULL || (type & (EVT_NOTIFY_SIGNAL | EVT_NOTIFY_WAIT)) != 0) {
        if (event == NULL || notify == NULL || tpl <= TPL_APPLICATION || tpl > TPL_HIGH_LEVEL) {
            complain(fw, "CreateEvent without an event, or with a notification that is none");
            return EFI_INVALID_PARAMETER;
        }
    }
    *event = new_event(fw, type, notify, context);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI set_timer(EFI_EVENT wanted, EFI_TIMER_DELAY type, UINT64 duration)
{
    struct firmware *fw = firmware_current();
    struct event *event = find_event(fw, wanted, "SetTimer");
    EFI_STATUS status;

    if (service_fails(fw, SERVICE_SET_TIMER, NULL, &status)) {
        return status;
    }
    if (event == NULL || (event->type & EVT_TIMER) == 0 || (unsigned)type >= TimerTypeMax) {
        complain(fw, "SetTimer of an event that is no timer");
        return EFI_INVALID_PARAMETER;
    }
    event->timer = type;
    event->period = duration;
    event->due = fw->time + duration;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI wait_for_event(UINTN count, EFI_EVENT *events, UINTN *index)
{
    struct firmware *fw = firmware_current();
    EFI_STATUS status;

    if (service_fails(fw, SERVICE_WAIT_FOR_EVENT, NULL, &status)) {
        return status;
    }
    for (unsigned patience = 0; count > 0 && patience < 10000000; patience++) {
        for (UINTN i = 0; i < count; i++) {
            struct event *event = find_event(fw, events[i], "WaitForEvent");

            if (event == NULL || (event->type & EVT_NOTIFY_SIGNAL) != 0) {
                return EFI_INVALID_PARAMETER;
            }
            if (event->signalled) {
                event->signalled = event == fw->key_event;
                *index = i;
                return EFI_SUCCESS;
            }
        }
        events_advance(fw, STEP);
    }
    complain(fw, "WaitForEvent waits forever");
    return EFI_INVALID_PARAMETER;
}

static EFI_STATUS EFIAPI signal_event(EFI_EVENT wanted)
{
    struct firmware *fw = firmware_current();
    struct event *event = find_event(fw, wanted, "SignalEvent");
    EFI_STATUS status;

    service_fails(fw, SERVICE_SIGNAL_EVENT, NULL, &status);
    if (event != NULL) {
        signal(event);
    }
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI check_event(EFI_EVENT wanted)
{
    struct firmware *fw = firmware_current();
    struct event *event = find_event(fw, wanted, "CheckEvent");
    EFI_STATUS status;

    if (service_fails(fw, SERVICE_CHECK_EVENT, NULL, &status)) {
        return status;
    }
    if (event == NULL || (event->type & EVT_NOTIFY_SIGNAL) != 0) {
        return EFI_INVALID_PARAMETER;
    }
    events_advance(fw, STEP);
    if (!event->signalled) {
        return EFI_NOT_READY;
    }
    event->signalled = event == fw->key_event;
    return EFI_SUCCESS;
}

static void free_event(struct firmware *fw, struct event *event)
{
    struct event **link = &fw->events;

    while (*link != event) {
        link = &(*link)->next;
    }
    *link = event->next;
    free(event);
}

static EFI_STATUS EFIAPI close_event(EFI_EVENT wanted)
{
    struct firmware *fw = firmware_current();
    struct event *event = find_event(fw, wanted, "CloseEvent");
    EFI_STATUS status;

    service_fails(fw, SERVICE_CLOSE_EVENT, NULL, &status);
    if (event != NULL && event != fw->key_event) {
        free_event(fw, event);
    }
    return EFI_SUCCESS;
}

static EFI_TPL EFIAPI raise_tpl(EFI_TPL tpl)
{
    struct firmware *fw = firmware_current();
    EFI_TPL old = fw->tpl;
    EFI_STATUS status;

    service_fails(fw, SERVICE_RAISE_TPL, NULL, &status);
    if (tpl < old) {
        complain(fw, "RaiseTPL from %u down to %u", (unsigned)old, (unsigned)tpl);
    }
    fw->tpl = tpl;
    return old;
}

static VOID EFIAPI restore_tpl(EFI_TPL tpl)
{
    struct firmware *fw = firmware_current();
    EFI_STATUS status;

    service_fails(fw, SERVICE_RESTORE_TPL, NULL, &status);
    if (tpl > fw->tpl) {
        complain(fw, "RestoreTPL from %u up to %u", (unsigned)fw->tpl, (unsigned)tpl);
    }
    fw->tpl = tpl;
}

static EFI_STATUS EFIAPI stall(UINTN microseconds)
{
    struct firmware *fw = firmware_current();
    EFI_STATUS status;

    service_fails(fw, SERVICE_STALL, NULL, &status);
    events_advance(fw, (uint64_t)microseconds * 10);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI set_watchdog_timer(UINTN timeout, UINT64 code, UINTN size, CHAR16 *data)
{
    struct firmware *fw = firmware_current();
    EFI_STATUS status;

    if (code <= 0xffff || (size != 0 && data == NULL)) {
        complain(fw, "SetWatchdogTimer with a code of the firmware, or without its data");
        return EFI_INVALID_PARAMETER;
    }
    if (service_fails(fw, SERVICE_SET_WATCHDOG_TIMER, NULL, &status) && timeout != 0) {
        return status;
    }
    fw->watchdog_taken = true;
    set_watchdog(fw, timeout);
    return status;
}

static EFI_STATUS EFIAPI calculate_crc32(VOID *data, UINTN size, UINT32 *crc)
{
    EFI_STATUS status;

    if (service_fails(firmware_current(), SERVICE_CALCULATE_CRC32, NULL, &status)) {
        return status;
    }
    *crc = checksum(data, size);
    return EFI_SUCCESS;
}

static VOID EFIAPI copy_mem(VOID *to, VOID *from, UINTN size)
{
    EFI_STATUS status;

    service_fails(firmware_current(), SERVICE_COPY_MEM, NULL, &status);
    memmove(to, from, size);
}

static VOID EFIAPI set_mem(VOID *buffer, UINTN size, UINT8 value)
{
    EFI_STATUS status;

    service_fails(firmware_current(), SERVICE_SET_MEM, NULL, &status);
    memset(buffer, value, size);
}

void events_create(struct firmware *fw)
{
    fw->tpl = TPL_APPLICATION;
    fw->key_event = new_event(fw, 0, NULL, NULL);
}

void events_check(struct firmware *fw)
{
    for (const struct event *event = fw->events; event != NULL; event = event->next) {
        if (event != fw->key_event) {
            complain(fw, "an event of type 0x%x was not closed", event->type);
        }
    }
    if (fw->tpl != TPL_APPLICATION) {
        complain(fw, "the task priority level is %u", (unsigned)fw->tpl);
    }
}

void events_destroy(struct firmware *fw)
{
    while (fw->events != NULL) {
        free_event(fw, fw->events);
    }
}

void events_fill_services(EFI_BOOT_SERVICES *services)
{
    services->CreateEvent = create_event;
    services->SetTimer = set_timer;
    services->WaitForEvent = wait_for_event;
    services->SignalEvent = signal_event;
    services->CheckEvent = check_event;
    services->CloseEvent = close_event;
    services->RaiseTPL = raise_tpl;
    services->RestoreTPL = restore_tpl;
    services->Stall = stall;
    services->SetWatchdogTimer = set_watchdog_timer;
    services->CalculateCrc32 = calculate_crc32;
    services->CopyMem = copy_mem;
    services->SetMem = set_mem;
}
