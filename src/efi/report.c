/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors of the firmware's services as diagnostics. */
#include "efi/report.h"

/* Words for the status of a service that is not about files. */
const char *status_text(EFI_STATUS status)
{
    switch (status) {
    case EFI_LOAD_ERROR:
        return "load error";
    case EFI_INVALID_PARAMETER:
        return "invalid parameter";
    case EFI_UNSUPPORTED:
        return "unsupported";
    case EFI_DEVICE_ERROR:
        return "device error";
    case EFI_OUT_OF_RESOURCES:
        return "out of memory";
    case EFI_NOT_FOUND:
        return "not found";
    case EFI_ACCESS_DENIED:
        return "access denied";
    case EFI_SECURITY_VIOLATION:
        return "security violation";
    case EFI_ABORTED:
        return "aborted";
    case EFI_SUCCESS:
        return "success";
    default:
        return "another status";
    }
}

void report_status(struct system *system, const char *subject, const char *what, EFI_STATUS status)
{
    bool is_signature = status == EFI_SECURITY_VIOLATION || status == EFI_ACCESS_DENIED;

    diagnose(&system->diagnostics, SEVERITY_ERROR, NULL,
             is_signature ? "with Secure Boot, the hypervisor has to be signed" : NULL,
             "%s %s: %s (status 0x%lx)", subject, what, status_text(status), (unsigned long)status);
}
