/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware as the loader uses it: what its statuses mean to core. */
#include "efi/firmware.h"

enum platform_status firmware_status(EFI_STATUS status)
{
    switch (status) {
    case EFI_SUCCESS:
        return PLATFORM_OK;
    case EFI_NOT_FOUND:
        return PLATFORM_NOT_FOUND;
    case EFI_OUT_OF_RESOURCES:
    case EFI_BUFFER_TOO_SMALL:
        return PLATFORM_NO_MEMORY;
    case EFI_ACCESS_DENIED:
    case EFI_SECURITY_VIOLATION:
    case EFI_WRITE_PROTECTED:
        return PLATFORM_DENIED;
    case EFI_VOLUME_CORRUPTED:
        return PLATFORM_CORRUPT;
    case EFI_NO_MEDIA:
    case EFI_MEDIA_CHANGED:
        return PLATFORM_NO_MEDIA;
    case EFI_UNSUPPORTED:
        return PLATFORM_UNSUPPORTED;
    default:
        return PLATFORM_DEVICE_ERROR;
    }
}
