/* SPDX-License-Identifier: BSD-2-Clause */
/* The services of the simulated firmware that can be made to fail, and how each may fail. */
#ifndef SIM_SERVICES_H
#define SIM_SERVICES_H

#include <efi.h>

enum service {
    SERVICE_ANY,

    SERVICE_RAISE_TPL,
    SERVICE_RESTORE_TPL,
    SERVICE_ALLOCATE_PAGES,
    SERVICE_FREE_PAGES,
    SERVICE_GET_MEMORY_MAP,
    SERVICE_ALLOCATE_POOL,
    SERVICE_FREE_POOL,
    SERVICE_CREATE_EVENT,
    SERVICE_SET_TIMER,
    SERVICE_WAIT_FOR_EVENT,
    SERVICE_SIGNAL_EVENT,
    SERVICE_CLOSE_EVENT,
    SERVICE_CHECK_EVENT,
    SERVICE_HANDLE_PROTOCOL,
    SERVICE_OPEN_PROTOCOL,
    SERVICE_CLOSE_PROTOCOL,
    SERVICE_LOCATE_PROTOCOL,
    SERVICE_LOCATE_HANDLE_BUFFER,
    SERVICE_INSTALL_CONFIGURATION_TABLE,
    SERVICE_LOAD_IMAGE,
    SERVICE_START_IMAGE,
    SERVICE_UNLOAD_IMAGE,
    SERVICE_EXIT,
    SERVICE_STALL,
    SERVICE_SET_WATCHDOG_TIMER,
    SERVICE_CALCULATE_CRC32,
    SERVICE_COPY_MEM,
    SERVICE_SET_MEM,
    SERVICE_GET_VARIABLE,
    SERVICE_SET_VARIABLE,

    SERVICE_TEXT_RESET,
    SERVICE_OUTPUT_STRING,
    SERVICE_TEST_STRING,
    SERVICE_QUERY_MODE,
    SERVICE_SET_MODE,
    SERVICE_SET_ATTRIBUTE,
    SERVICE_CLEAR_SCREEN,
    SERVICE_SET_CURSOR_POSITION,
    SERVICE_ENABLE_CURSOR,
    SERVICE_INPUT_RESET,
    SERVICE_READ_KEY_STROKE,

    SERVICE_OPEN_VOLUME,
    SERVICE_FILE_OPEN,
    SERVICE_FILE_CLOSE,
    SERVICE_FILE_DELETE,
    SERVICE_FILE_READ,
    SERVICE_FILE_WRITE,
    SERVICE_FILE_GET_POSITION,
    SERVICE_FILE_SET_POSITION,
    SERVICE_FILE_GET_INFO,
    SERVICE_FILE_SET_INFO,
    SERVICE_FILE_FLUSH,

    SERVICE_FIXUP,

    SERVICE_COUNT
};

#define SERVICE_STATUS_MAX 9

/* The specification's name of @service, as "AllocatePages" or "EFI_FILE_PROTOCOL.Read". */
const char *service_name(enum service service);

/*
 * The statuses other than success that the specification (2.10, under "Status Codes Returned") allows for @service,
 * as far as a well-formed call can meet them. Ends with EFI_SUCCESS; empty for a service that cannot fail.
 */
const EFI_STATUS *service_statuses(enum service service);

/* The specification's name of @status, as "EFI_NOT_FOUND". */
const char *status_name(EFI_STATUS status);

#endif
