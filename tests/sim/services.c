/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of services: their names and the statuses that the specification allows for each. */
#include "services.h"

struct description {
    const char *name;
    EFI_STATUS statuses[SERVICE_STATUS_MAX + 1];
};

static const struct description descriptions[SERVICE_COUNT] = {
    [SERVICE_ANY] = {"any service", {EFI_SUCCESS}},

    [SERVICE_RAISE_TPL] = {"RaiseTPL", {EFI_SUCCESS}},
    [SERVICE_RESTORE_TPL] = {"RestoreTPL", {EFI_SUCCESS}},
    [SERVICE_ALLOCATE_PAGES] = {"AllocatePages",
                                {EFI_OUT_OF_RESOURCES, EFI_NOT_FOUND, EFI_INVALID_PARAMETER}},
    [SERVICE_FREE_PAGES] = {"FreePages", {EFI_NOT_FOUND, EFI_INVALID_PARAMETER}},
    [SERVICE_GET_MEMORY_MAP] = {"GetMemoryMap", {EFI_BUFFER_TOO_SMALL, EFI_INVALID_PARAMETER}},
    [SERVICE_ALLOCATE_POOL] = {"AllocatePool", {EFI_OUT_OF_RESOURCES, EFI_INVALID_PARAMETER}},
    [SERVICE_FREE_POOL] = {"FreePool", {EFI_INVALID_PARAMETER}},
    [SERVICE_CREATE_EVENT] = {"CreateEvent", {EFI_OUT_OF_RESOURCES, EFI_INVALID_PARAMETER}},
    [SERVICE_SET_TIMER] = {"SetTimer", {EFI_INVALID_PARAMETER}},
    [SERVICE_WAIT_FOR_EVENT] = {"WaitForEvent", {EFI_UNSUPPORTED, EFI_INVALID_PARAMETER}},
    [SERVICE_SIGNAL_EVENT] = {"SignalEvent", {EFI_SUCCESS}},
    [SERVICE_CLOSE_EVENT] = {"CloseEvent", {EFI_SUCCESS}},
    [SERVICE_CHECK_EVENT] = {"CheckEvent", {EFI_INVALID_PARAMETER, EFI_NOT_READY}},
    [SERVICE_HANDLE_PROTOCOL] = {"HandleProtocol", {EFI_UNSUPPORTED, EFI_INVALID_PARAMETER}},
    [SERVICE_INSTALL_PROTOCOL_INTERFACE] = {"InstallProtocolInterface",
                                            {EFI_OUT_OF_RESOURCES, EFI_INVALID_PARAMETER}},
    [SERVICE_UNINSTALL_PROTOCOL_INTERFACE] = {"UninstallProtocolInterface",
                                              {EFI_NOT_FOUND, EFI_ACCESS_DENIED,
                                               EFI_INVALID_PARAMETER}},
    [SERVICE_OPEN_PROTOCOL] = {"OpenProtocol",
                               {EFI_UNSUPPORTED, EFI_INVALID_PARAMETER, EFI_ACCESS_DENIED,
                                EFI_ALREADY_STARTED}},
    [SERVICE_CLOSE_PROTOCOL] = {"CloseProtocol", {EFI_NOT_FOUND, EFI_INVALID_PARAMETER}},
    [SERVICE_LOCATE_PROTOCOL] = {"LocateProtocol", {EFI_NOT_FOUND, EFI_INVALID_PARAMETER}},
    [SERVICE_LOCATE_HANDLE_BUFFER] = {"LocateHandleBuffer",
                                      {EFI_NOT_FOUND, EFI_OUT_OF_RESOURCES, EFI_INVALID_PARAMETER}},
    [SERVICE_INSTALL_CONFIGURATION_TABLE] = {"InstallConfigurationTable",
                                             {EFI_OUT_OF_RESOURCES, EFI_NOT_FOUND,
                                              EFI_INVALID_PARAMETER}},
    [SERVICE_LOAD_IMAGE] = {"LoadImage",
                            {EFI_NOT_FOUND, EFI_INVALID_PARAMETER, EFI_UNSUPPORTED,
                             EFI_OUT_OF_RESOURCES, EFI_LOAD_ERROR, EFI_DEVICE_ERROR,
                             EFI_ACCESS_DENIED, EFI_SECURITY_VIOLATION}},
    [SERVICE_START_IMAGE] = {"StartImage", {EFI_INVALID_PARAMETER, EFI_SECURITY_VIOLATION}},
    [SERVICE_UNLOAD_IMAGE] = {"UnloadImage", {EFI_UNSUPPORTED, EFI_INVALID_PARAMETER}},
    [SERVICE_EXIT] = {"Exit", {EFI_SUCCESS}},
    [SERVICE_STALL] = {"Stall", {EFI_SUCCESS}},
    [SERVICE_SET_WATCHDOG_TIMER] = {"SetWatchdogTimer",
                                    {EFI_UNSUPPORTED, EFI_DEVICE_ERROR, EFI_INVALID_PARAMETER}},
    [SERVICE_CALCULATE_CRC32] = {"CalculateCrc32", {EFI_INVALID_PARAMETER}},
    [SERVICE_COPY_MEM] = {"CopyMem", {EFI_SUCCESS}},
    [SERVICE_SET_MEM] = {"SetMem", {EFI_SUCCESS}},
    [SERVICE_GET_VARIABLE] = {"GetVariable",
                              {EFI_NOT_FOUND, EFI_INVALID_PARAMETER, EFI_DEVICE_ERROR,
                               EFI_SECURITY_VIOLATION, EFI_UNSUPPORTED}},
    [SERVICE_SET_VARIABLE] = {"SetVariable",
                              {EFI_INVALID_PARAMETER, EFI_OUT_OF_RESOURCES, EFI_DEVICE_ERROR,
                               EFI_WRITE_PROTECTED, EFI_SECURITY_VIOLATION, EFI_NOT_FOUND,
                               EFI_UNSUPPORTED}},

    [SERVICE_TEXT_RESET] = {"Reset of the console", {EFI_DEVICE_ERROR}},
    [SERVICE_OUTPUT_STRING] = {"OutputString",
                               {EFI_DEVICE_ERROR, EFI_UNSUPPORTED, EFI_WARN_UNKNOWN_GLYPH}},
    [SERVICE_TEST_STRING] = {"TestString", {EFI_UNSUPPORTED}},
    [SERVICE_QUERY_MODE] = {"QueryMode", {EFI_DEVICE_ERROR, EFI_UNSUPPORTED}},
    [SERVICE_SET_MODE] = {"SetMode", {EFI_DEVICE_ERROR, EFI_UNSUPPORTED}},
    [SERVICE_SET_ATTRIBUTE] = {"SetAttribute", {EFI_DEVICE_ERROR}},
    [SERVICE_CLEAR_SCREEN] = {"ClearScreen", {EFI_DEVICE_ERROR, EFI_UNSUPPORTED}},
    [SERVICE_SET_CURSOR_POSITION] = {"SetCursorPosition", {EFI_DEVICE_ERROR, EFI_UNSUPPORTED}},
    [SERVICE_ENABLE_CURSOR] = {"EnableCursor", {EFI_DEVICE_ERROR, EFI_UNSUPPORTED}},
    [SERVICE_INPUT_RESET] = {"Reset of the keyboard", {EFI_DEVICE_ERROR}},
    [SERVICE_READ_KEY_STROKE] = {"ReadKeyStroke",
                                 {EFI_DEVICE_ERROR, EFI_NOT_READY, EFI_UNSUPPORTED}},

    [SERVICE_OPEN_VOLUME] = {"OpenVolume",
                             {EFI_UNSUPPORTED, EFI_NO_MEDIA, EFI_DEVICE_ERROR, EFI_VOLUME_CORRUPTED,
                              EFI_ACCESS_DENIED, EFI_OUT_OF_RESOURCES, EFI_MEDIA_CHANGED}},
    [SERVICE_FILE_OPEN] = {"EFI_FILE_PROTOCOL.Open",
                           {EFI_NOT_FOUND, EFI_NO_MEDIA, EFI_MEDIA_CHANGED, EFI_DEVICE_ERROR,
                            EFI_VOLUME_CORRUPTED, EFI_WRITE_PROTECTED, EFI_ACCESS_DENIED,
                            EFI_OUT_OF_RESOURCES, EFI_VOLUME_FULL}},
    [SERVICE_FILE_CLOSE] = {"EFI_FILE_PROTOCOL.Close", {EFI_SUCCESS}},
    [SERVICE_FILE_DELETE] = {"EFI_FILE_PROTOCOL.Delete", {EFI_WARN_DELETE_FAILURE}},
    [SERVICE_FILE_READ] = {"EFI_FILE_PROTOCOL.Read",
                           {EFI_NO_MEDIA, EFI_DEVICE_ERROR, EFI_VOLUME_CORRUPTED}},
    [SERVICE_FILE_WRITE] = {"EFI_FILE_PROTOCOL.Write",
                            {EFI_UNSUPPORTED, EFI_NO_MEDIA, EFI_DEVICE_ERROR, EFI_VOLUME_CORRUPTED,
                             EFI_WRITE_PROTECTED, EFI_ACCESS_DENIED, EFI_VOLUME_FULL}},
    [SERVICE_FILE_GET_POSITION] = {"EFI_FILE_PROTOCOL.GetPosition",
                                   {EFI_UNSUPPORTED, EFI_DEVICE_ERROR}},
    [SERVICE_FILE_SET_POSITION] = {"EFI_FILE_PROTOCOL.SetPosition",
                                   {EFI_UNSUPPORTED, EFI_DEVICE_ERROR}},
    [SERVICE_FILE_GET_INFO] = {"EFI_FILE_PROTOCOL.GetInfo",
                               {EFI_UNSUPPORTED, EFI_NO_MEDIA, EFI_DEVICE_ERROR,
                                EFI_VOLUME_CORRUPTED, EFI_BUFFER_TOO_SMALL}},
    [SERVICE_FILE_SET_INFO] = {"EFI_FILE_PROTOCOL.SetInfo",
                               {EFI_UNSUPPORTED, EFI_NO_MEDIA, EFI_DEVICE_ERROR,
                                EFI_VOLUME_CORRUPTED, EFI_WRITE_PROTECTED, EFI_ACCESS_DENIED,
                                EFI_VOLUME_FULL, EFI_BAD_BUFFER_SIZE}},
    [SERVICE_FILE_FLUSH] = {"EFI_FILE_PROTOCOL.Flush",
                            {EFI_NO_MEDIA, EFI_DEVICE_ERROR, EFI_VOLUME_CORRUPTED,
                             EFI_WRITE_PROTECTED, EFI_ACCESS_DENIED, EFI_VOLUME_FULL}},

    [SERVICE_FIXUP] = {"EFI_DT_FIXUP_PROTOCOL.Fixup",
                       {EFI_INVALID_PARAMETER, EFI_BUFFER_TOO_SMALL}},
    [SERVICE_SET_MEMORY_ATTRIBUTES] = {"SetMemoryAttributes",
                                       {EFI_INVALID_PARAMETER, EFI_OUT_OF_RESOURCES,
                                        EFI_UNSUPPORTED, EFI_ACCESS_DENIED}},
    [SERVICE_CLEAR_MEMORY_ATTRIBUTES] = {"ClearMemoryAttributes",
                                         {EFI_INVALID_PARAMETER, EFI_OUT_OF_RESOURCES,
                                          EFI_UNSUPPORTED, EFI_ACCESS_DENIED}},
    [SERVICE_TCG2_CAPABILITY] = {"EFI_TCG2_PROTOCOL.GetCapability",
                                 {EFI_DEVICE_ERROR, EFI_INVALID_PARAMETER}},
    [SERVICE_TCG2_GET_LOG] = {"EFI_TCG2_PROTOCOL.GetEventLog", {EFI_INVALID_PARAMETER}},
    [SERVICE_HASH_LOG_EXTEND_EVENT] = {"EFI_TCG2_PROTOCOL.HashLogExtendEvent",
                                       {EFI_DEVICE_ERROR, EFI_VOLUME_FULL, EFI_INVALID_PARAMETER,
                                        EFI_UNSUPPORTED}},

    [SERVICE_LOCATE_DEVICE_PATH] = {"LocateDevicePath", {EFI_NOT_FOUND, EFI_INVALID_PARAMETER}},
    [SERVICE_MTFTP] = {"EFI_PXE_BASE_CODE_PROTOCOL.Mtftp",
                       {EFI_TIMEOUT, EFI_DEVICE_ERROR, EFI_OUT_OF_RESOURCES, EFI_BUFFER_TOO_SMALL,
                        EFI_ABORTED, EFI_ICMP_ERROR, EFI_TFTP_ERROR, EFI_NO_RESPONSE,
                        EFI_PROTOCOL_ERROR}},
    [SERVICE_PXE_SET_PARAMETERS] = {"EFI_PXE_BASE_CODE_PROTOCOL.SetParameters",
                                    {EFI_INVALID_PARAMETER, EFI_DEVICE_ERROR, EFI_NOT_STARTED}},
    [SERVICE_CREATE_CHILD] = {"CreateChild", {EFI_OUT_OF_RESOURCES, EFI_INVALID_PARAMETER}},
    [SERVICE_DESTROY_CHILD] = {"DestroyChild", {EFI_UNSUPPORTED, EFI_ACCESS_DENIED}},
    [SERVICE_HTTP_CONFIGURE] = {"EFI_HTTP_PROTOCOL.Configure",
                                {EFI_INVALID_PARAMETER, EFI_OUT_OF_RESOURCES, EFI_DEVICE_ERROR,
                                 EFI_UNSUPPORTED}},
    [SERVICE_HTTP_REQUEST] = {"EFI_HTTP_PROTOCOL.Request",
                              {EFI_DEVICE_ERROR, EFI_TIMEOUT, EFI_OUT_OF_RESOURCES,
                               EFI_UNSUPPORTED}},
    [SERVICE_HTTP_CANCEL] = {"EFI_HTTP_PROTOCOL.Cancel", {EFI_NOT_FOUND, EFI_DEVICE_ERROR}},
    [SERVICE_HTTP_RESPONSE] = {"EFI_HTTP_PROTOCOL.Response",
                               {EFI_OUT_OF_RESOURCES, EFI_ACCESS_DENIED, EFI_DEVICE_ERROR}},
    [SERVICE_HTTP_POLL] = {"EFI_HTTP_PROTOCOL.Poll", {EFI_NOT_READY, EFI_DEVICE_ERROR}},
};

const char *service_name(enum service service)
{
    return descriptions[service].name;
}

const EFI_STATUS *service_statuses(enum service service)
{
    return descriptions[service].statuses;
}

const char *status_name(EFI_STATUS status)
{
    static const char *const errors[] = {
        NULL,
        "EFI_LOAD_ERROR",
        "EFI_INVALID_PARAMETER",
        "EFI_UNSUPPORTED",
        "EFI_BAD_BUFFER_SIZE",
        "EFI_BUFFER_TOO_SMALL",
        "EFI_NOT_READY",
        "EFI_DEVICE_ERROR",
        "EFI_WRITE_PROTECTED",
        "EFI_OUT_OF_RESOURCES",
        "EFI_VOLUME_CORRUPTED",
        "EFI_VOLUME_FULL",
        "EFI_NO_MEDIA",
        "EFI_MEDIA_CHANGED",
        "EFI_NOT_FOUND",
        "EFI_ACCESS_DENIED",
        "EFI_NO_RESPONSE",
        "EFI_NO_MAPPING",
        "EFI_TIMEOUT",
        "EFI_NOT_STARTED",
        "EFI_ALREADY_STARTED",
        "EFI_ABORTED",
    };
    static const char *const warnings[] = {
        "EFI_SUCCESS",
        "EFI_WARN_UNKNOWN_GLYPH",
        "EFI_WARN_DELETE_FAILURE",
        "EFI_WARN_WRITE_FAILURE",
    };

    switch (status) {
    case EFI_SECURITY_VIOLATION:
        return "EFI_SECURITY_VIOLATION";
    case EFI_ICMP_ERROR:
        return "EFI_ICMP_ERROR";
    case EFI_TFTP_ERROR:
        return "EFI_TFTP_ERROR";
    case EFI_PROTOCOL_ERROR:
        return "EFI_PROTOCOL_ERROR";
    }
    if (EFI_ERROR(status)) {
        UINTN number = status & ~EFI_ERROR_MASK;
        return number > 0 && number < sizeof(errors) / sizeof(errors[0]) ? errors[number]
                                                                         : "unknown error";
    }
    return status < sizeof(warnings) / sizeof(warnings[0]) ? warnings[status] : "unknown status";
}
