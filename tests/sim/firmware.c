/* SPDX-License-Identifier: BSD-2-Clause */
/* The simulated firmware as a whole: its life, its complaints, and its failures on demand. */
#include "firmware.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define CALLS_MAX 1000000 /* an application that calls more often than this loops */

static struct firmware *current;

struct firmware *firmware_current(void)
{
    return current;
}

void die(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fputs("simulated firmware: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    abort();
}

void complain(struct firmware *fw, const char *format, ...)
{
    va_list arguments;
    char line[512];

    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    text_append(&fw->complaints, line, strlen(line));
    text_append(&fw->complaints, "\n", 1);
}

const char *firmware_complaints(const struct firmware *fw)
{
    return fw->complaints.bytes;
}

void *must_allocate(size_t size)
{
    void *bytes = malloc(size != 0 ? size : 1);

    if (bytes == NULL) {
        die("the host has no memory");
    }
    return bytes;
}

char *must_copy(const char *text)
{
    return strcpy(must_allocate(strlen(text) + 1), text);
}

static bool is_due(const struct firmware *fw, enum service service)
{
    const struct injection *injection = &fw->injection;
    unsigned call = fw->calls[injection->service];

    return injection->nth != 0 && service_statuses(service)[0] != EFI_SUCCESS &&
           (injection->service == service || injection->service == SERVICE_ANY) &&
           (call == injection->nth || (injection->lasting && call > injection->nth));
}

bool service_fails(struct firmware *fw, enum service service, const char *detail,
                   EFI_STATUS *status)
{
    struct injection *injection = &fw->injection;

    fw->calls[service]++;
    if (service_statuses(service)[0] != EFI_SUCCESS) {
        fw->calls[SERVICE_ANY]++;
    }
    if (fw->calls[service] > CALLS_MAX) {
        die("%s was called %d times: this is an endless loop", service_name(service), CALLS_MAX);
    }
    *status = EFI_SUCCESS;
    if (!is_due(fw, service)) {
        return false;
    }
    if (!injection->done) {
        snprintf(injection->what, sizeof(injection->what), "%s%s%s%s", service_name(service),
                 detail != NULL ? " (" : "", detail != NULL ? detail : "",
                 detail != NULL ? ")" : "");
    }
    injection->done = true;
    *status = injection->service == SERVICE_ANY ? service_statuses(service)[0] : injection->status;
    return true;
}

void firmware_fail(struct firmware *fw, enum service service, unsigned nth, EFI_STATUS status,
                   bool lasting)
{
    fw->injection =
        (struct injection){.service = service, .nth = nth, .status = status, .lasting = lasting};
}

void firmware_truncate(struct firmware *fw, unsigned nth)
{
    fw->injection = (struct injection){.truncate_from = nth};
}

bool firmware_has_failed(const struct firmware *fw, const char **what)
{
    *what = fw->injection.what;
    return fw->injection.done;
}

unsigned firmware_calls(const struct firmware *fw, enum service service)
{
    return fw->calls[service];
}

struct firmware *firmware_create(const struct firmware_setup *setup)
{
    struct firmware *fw = must_allocate(sizeof(*fw));

    if (current != NULL) {
        die("there is a firmware already");
    }
    memset(fw, 0, sizeof(*fw));
    current = fw;
    fw->setup = *setup;
    text_append(&fw->complaints, "", 0);
    unsimulated_fill_services(&fw->boot_services, &fw->runtime_services);
    memory_fill_services(&fw->boot_services);
    handles_fill_services(&fw->boot_services);
    images_fill_services(&fw->boot_services);
    events_fill_services(&fw->boot_services);
    tables_fill_services(&fw->boot_services);
    variables_fill_services(&fw->runtime_services);
    memory_create(fw);
    events_create(fw);
    tables_create(fw);
    files_create(fw);
    images_create(fw);
    pxe_create(fw);
    web_create(fw);
    console_create(fw);
    fixup_create(fw);
    protection_create(fw);
    tcg2_create(fw);
    tables_refresh(fw);
    return fw;
}

void firmware_check_clean(struct firmware *fw)
{
    images_check(fw);
    files_check(fw, true);
    handles_check(fw);
    events_check(fw);
    watchdog_check(fw);
    tables_check(fw);
    variables_check(fw);
    memory_check(fw);
}

void firmware_check_handover(struct firmware *fw)
{
    files_check(fw, false);
    opens_check(fw);
    events_check(fw);
}

void firmware_destroy(struct firmware *fw)
{
    files_destroy(fw);
    images_destroy(fw);
    web_destroy(fw);
    handles_destroy(fw);
    variables_destroy(fw);
    events_destroy(fw);
    console_destroy(fw);
    tables_destroy(fw);
    protection_destroy(fw);
    memory_destroy(fw);
    free(fw->complaints.bytes);
    free(fw->measurements.bytes);
    free(fw);
    current = NULL;
}

EFI_HANDLE firmware_image(struct firmware *fw)
{
    return fw->application;
}

EFI_SYSTEM_TABLE *firmware_system_table(struct firmware *fw)
{
    return fw->system_table;
}
