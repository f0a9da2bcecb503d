/* SPDX-License-Identifier: BSD-2-Clause */
/* Handles and protocols of the simulated firmware (UEFI 2.10 §7.3). */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

struct handle *handle_create(struct firmware *fw)
{
    struct handle *handle = must_allocate(sizeof(*handle));

    memset(handle, 0, sizeof(*handle));
    handle->next = fw->handles;
    fw->handles = handle;
    return handle;
}

void handle_add_protocol(struct handle *handle, const EFI_GUID *guid, void *interface)
{
    if (handle->protocol_count == PROTOCOLS_PER_HANDLE) {
        die("a handle has too many protocols");
    }
    handle->protocols[handle->protocol_count].guid = *guid;
    handle->protocols[handle->protocol_count].interface = interface;
    handle->protocol_count++;
}

struct handle *handle_find(struct firmware *fw, EFI_HANDLE wanted)
{
    struct handle *handle = fw->handles;

    while (handle != NULL && handle != wanted) {
        handle = handle->next;
    }
    return handle;
}

void *handle_protocol(const struct handle *handle, const EFI_GUID *guid)
{
    for (size_t i = 0; i < handle->protocol_count; i++) {
        if (guid_equal(&handle->protocols[i].guid, guid)) {
            return handle->protocols[i].interface;
        }
    }
    return NULL;
}

static void free_handle(struct handle *handle)
{
    while (handle->opens != NULL) {
        struct protocol_open *open = handle->opens;

        handle->opens = open->next;
        free(open);
    }
    free(handle);
}

void handle_remove(struct firmware *fw, struct handle *handle)
{
    struct handle **link = &fw->handles;

    while (*link != handle) {
        link = &(*link)->next;
    }
    *link = handle->next;
    free_handle(handle);
}

void handles_destroy(struct firmware *fw)
{
    while (fw->handles != NULL) {
        handle_remove(fw, fw->handles);
    }
    free(fw->device_path);
}

void opens_check(struct firmware *fw)
{
    for (const struct handle *handle = fw->handles; handle != NULL; handle = handle->next) {
        for (const struct protocol_open *open = handle->opens; open != NULL; open = open->next) {
            complain(fw, "protocol %s was opened and not closed", guid_name(&open->guid));
        }
    }
}

void handles_check(struct firmware *fw)
{
    opens_check(fw);
    for (const struct handle *handle = fw->handles; handle != NULL; handle = handle->next) {
        if (handle->from_application || handle->added != 0) {
            complain(fw, "a handle or protocol of the application was not removed");
        }
    }
}

/* Some firmware has protocols without an interface. */
static bool is_null(const struct firmware *fw, const EFI_GUID *guid)
{
    return fw->setup.null_protocol != NULL && guid_equal(fw->setup.null_protocol, guid);
}

static EFI_STATUS EFIAPI handle_protocol_service(EFI_HANDLE wanted, EFI_GUID *guid,
                                                 VOID **interface)
{
    struct firmware *fw = firmware_current();
    struct handle *handle = handle_find(fw, wanted);
    EFI_STATUS status;

    if (service_fails(fw, SERVICE_HANDLE_PROTOCOL, guid_name(guid), &status)) {
        return status;
    }
    if (handle == NULL || interface == NULL) {
        complain(fw, "HandleProtocol of handle %p, which is none", wanted);
        return EFI_INVALID_PARAMETER;
    }
    if (is_null(fw, guid)) {
        *interface = NULL;
        return EFI_SUCCESS;
    }
    *interface = handle_protocol(handle, guid);
    return *interface != NULL ? EFI_SUCCESS : EFI_UNSUPPORTED;
}

static EFI_STATUS EFIAPI install_protocol_interface(EFI_HANDLE *wanted, EFI_GUID *guid,
                                                    EFI_INTERFACE_TYPE type, VOID *interface)
{
    struct firmware *fw = firmware_current();
    struct handle *handle;
    EFI_STATUS status;

    if (service_fails(fw, SERVICE_INSTALL_PROTOCOL_INTERFACE, guid_name(guid), &status)) {
        return status;
    }
    handle = *wanted != NULL ? handle_find(fw, *wanted) : handle_create(fw);
    if (handle == NULL || type != EFI_NATIVE_INTERFACE) {
        complain(fw, "InstallProtocolInterface on handle %p", *wanted);
        return EFI_INVALID_PARAMETER;
    }
    if (handle_protocol(handle, guid) != NULL) {
        return EFI_INVALID_PARAMETER;
    }
    handle_add_protocol(handle, guid, interface);
    if (*wanted == NULL) {
        handle->from_application = true;
    } else {
        handle->added++;
    }
    *wanted = handle;
    return EFI_SUCCESS;
}

/* The protocols that the application has added are the last ones. */
static void remove_protocol(struct handle *handle, const EFI_GUID *guid)
{
    size_t at = 0;

    while (!guid_equal(&handle->protocols[at].guid, guid)) {
        at++;
    }
    handle->protocol_count--;
    handle->added--;
    memmove(&handle->protocols[at], &handle->protocols[at + 1],
            (handle->protocol_count - at) * sizeof(handle->protocols[0]));
}

/* The handle goes with its last protocol (UEFI 2.10 §7.3.4). */
static EFI_STATUS EFIAPI uninstall_protocol_interface(EFI_HANDLE wanted, EFI_GUID *guid,
                                                      VOID *interface)
{
    struct firmware *fw = firmware_current();
    struct handle *handle = handle_find(fw, wanted);
    EFI_STATUS status;

    service_fails(fw, SERVICE_UNINSTALL_PROTOCOL_INTERFACE, guid_name(guid), &status);
    if (handle == NULL || (!handle->from_application && handle->added == 0) ||
        handle_protocol(handle, guid) != interface) {
        complain(fw, "UninstallProtocolInterface on handle %p", wanted);
        return EFI_NOT_FOUND;
    }
    if (!handle->from_application) {
        remove_protocol(handle, guid);
        return status;
    }
    if (handle->protocol_count != 1) {
        die("handles of an application have one protocol here");
    }
    handle_remove(fw, handle);
    return status;
}

static bool excludes(uint32_t attributes)
{
    return (attributes & (EFI_OPEN_PROTOCOL_EXCLUSIVE | EFI_OPEN_PROTOCOL_BY_DRIVER)) != 0;
}

static bool is_held(const struct handle *handle, const EFI_GUID *guid)
{
    for (const struct protocol_open *open = handle->opens; open != NULL; open = open->next) {
        if (guid_equal(&open->guid, guid)) {
            return true;
        }
    }
    return false;
}

static void note_open(struct handle *handle, const EFI_GUID *guid, EFI_HANDLE agent,
                      EFI_HANDLE controller, uint32_t attributes)
{
    struct protocol_open *open = must_allocate(sizeof(*open));

    open->guid = *guid;
    open->agent = agent;
    open->controller = controller;
    open->attributes = attributes;
    open->next = handle->opens;
    handle->opens = open;
}

static EFI_STATUS EFIAPI open_protocol(EFI_HANDLE wanted, EFI_GUID *guid, VOID **interface,
                                       EFI_HANDLE agent, EFI_HANDLE controller, UINT32 attributes)
{
    struct firmware *fw = firmware_current();
    struct handle *handle = handle_find(fw, wanted);
    bool test = attributes == EFI_OPEN_PROTOCOL_TEST_PROTOCOL;
    EFI_STATUS status;
    void *found;

    if (service_fails(fw, SERVICE_OPEN_PROTOCOL, guid_name(guid), &status)) {
        return status;
    }
    if (handle == NULL || handle_find(fw, agent) == NULL || (interface == NULL && !test)) {
        complain(fw, "OpenProtocol of handle %p for agent %p", wanted, agent);
        return EFI_INVALID_PARAMETER;
    }
    found = handle_protocol(handle, guid);
    if (!test) {
        *interface = found;
    }
    if (found == NULL) {
        return EFI_UNSUPPORTED;
    }
    if (excludes(attributes)) {
        if (is_held(handle, guid)) {
            return EFI_ACCESS_DENIED;
        }
        note_open(handle, guid, agent, controller, attributes);
    }
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI close_protocol(EFI_HANDLE wanted, EFI_GUID *guid, EFI_HANDLE agent,
                                        EFI_HANDLE controller)
{
    struct firmware *fw = firmware_current();
    struct handle *handle = handle_find(fw, wanted);
    struct protocol_open **link;
    EFI_STATUS status;
    bool failed = service_fails(fw, SERVICE_CLOSE_PROTOCOL, guid_name(guid), &status);

    if (handle == NULL || handle_find(fw, agent) == NULL) {
        complain(fw, "CloseProtocol of handle %p for agent %p", wanted, agent);
        return EFI_INVALID_PARAMETER;
    }
    for (link = &handle->opens; *link != NULL; link = &(*link)->next) {
        struct protocol_open *open = *link;

        if (guid_equal(&open->guid, guid) && open->agent == agent &&
            open->controller == controller) {
            *link = open->next;
            free(open);
            return failed ? status : EFI_SUCCESS;
        }
    }
    /* GET_PROTOCOL may be closed and need not be: such opens are not kept. */
    return handle_protocol(handle, guid) != NULL && !failed ? EFI_SUCCESS : EFI_NOT_FOUND;
}

static EFI_STATUS EFIAPI locate_protocol(EFI_GUID *guid, VOID *registration, VOID **interface)
{
    struct firmware *fw = firmware_current();
    EFI_STATUS status;

    if (service_fails(fw, SERVICE_LOCATE_PROTOCOL, guid_name(guid), &status)) {
        /* A firmware that has no such protocol protects nothing. */
        fw->protection_hidden = true;
        return status;
    }
    if (interface == NULL || registration != NULL) {
        complain(fw, "LocateProtocol with a registration or no place for the interface");
        return EFI_INVALID_PARAMETER;
    }
    if (is_null(fw, guid)) {
        *interface = NULL;
        return EFI_SUCCESS;
    }
    for (struct handle *handle = fw->handles; handle != NULL; handle = handle->next) {
        *interface = handle_protocol(handle, guid);
        if (*interface != NULL) {
            return EFI_SUCCESS;
        }
    }
    *interface = NULL;
    return EFI_NOT_FOUND;
}

static EFI_STATUS EFIAPI locate_handle_buffer(EFI_LOCATE_SEARCH_TYPE type, EFI_GUID *guid,
                                              VOID *key, UINTN *count, EFI_HANDLE **buffer)
{
    struct firmware *fw = firmware_current();
    EFI_STATUS status;

    if (service_fails(fw, SERVICE_LOCATE_HANDLE_BUFFER, NULL, &status)) {
        return status;
    }
    if (type != ByProtocol || key != NULL || guid == NULL || count == NULL || buffer == NULL) {
        complain(fw, "LocateHandleBuffer other than by protocol is not simulated");
        return EFI_INVALID_PARAMETER;
    }
    *count = 0;
    for (struct handle *handle = fw->handles; handle != NULL; handle = handle->next) {
        *count += handle_protocol(handle, guid) != NULL;
    }
    if (*count == 0) {
        return EFI_NOT_FOUND;
    }
    status = pool_take(fw, EfiBootServicesData, *count * sizeof(**buffer), (void **)buffer);
    if (status == EFI_SUCCESS) {
        size_t at = 0;

        for (struct handle *handle = fw->handles; handle != NULL; handle = handle->next) {
            if (handle_protocol(handle, guid) != NULL) {
                (*buffer)[at++] = handle;
            }
        }
    }
    return status;
}

/* The handle that has the protocol, and the longest part of the path (UEFI 2.10 §7.3.8). */
static EFI_STATUS EFIAPI locate_device_path(EFI_GUID *guid, EFI_DEVICE_PATH **path,
                                            EFI_HANDLE *device)
{
    EFI_GUID path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
    struct firmware *fw = firmware_current();
    const char *wanted = (const char *)*path;
    size_t length = 0;
    EFI_STATUS status;

    if (service_fails(fw, SERVICE_LOCATE_DEVICE_PATH, guid_name(guid), &status)) {
        return status;
    }
    *device = NULL;
    for (struct handle *handle = fw->handles; handle != NULL; handle = handle->next) {
        const void *own = handle_protocol(handle, &path_guid);
        size_t size = own != NULL ? device_path_size(own) : 0;

        if (size >= length && size != 0 && handle_protocol(handle, guid) != NULL &&
            size <= device_path_size(wanted) && memcmp(own, wanted, size) == 0) {
            length = size;
            *device = handle;
            *path = (EFI_DEVICE_PATH *)(uintptr_t)(wanted + size);
        }
    }
    return *device != NULL ? EFI_SUCCESS : EFI_NOT_FOUND;
}

void handles_fill_services(EFI_BOOT_SERVICES *services)
{
    services->HandleProtocol = handle_protocol_service;
    services->InstallProtocolInterface = install_protocol_interface;
    services->UninstallProtocolInterface = uninstall_protocol_interface;
    services->OpenProtocol = open_protocol;
    services->CloseProtocol = close_protocol;
    services->LocateProtocol = locate_protocol;
    services->LocateHandleBuffer = locate_handle_buffer;
    services->LocateDevicePath = (__typeof__(services->LocateDevicePath))locate_device_path;
}
