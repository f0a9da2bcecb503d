/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware: finding the loader's own image and partition, and standing in for core's platform.
 */
#include "efi/firmware.h"

#include "efi/clock.h"
#include "efi/console.h"
#include "efi/fixup.h"

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

static EFI_STATUS open_partition(struct firmware *firmware)
{
    EFI_GUID guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
    EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *volume = NULL;
    EFI_STATUS status = EFI_NOT_FOUND;

    if (firmware->loaded->DeviceHandle != NULL)
        status =
            firmware->boot->HandleProtocol(firmware->loaded->DeviceHandle, &guid, (void **)&volume);
    if (EFI_ERROR(status) || volume == NULL)
        return EFI_ERROR(status) ? status : EFI_UNSUPPORTED;
    return volume->OpenVolume(volume, &firmware->root);
}

EFI_STATUS firmware_open(struct firmware *firmware, EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
    EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
    EFI_STATUS status;

    *firmware = (struct firmware){
        .image = image,
        .table = table,
        .boot = table->BootServices,
        .started = clock_now(NULL),
    };
    status = firmware->boot->HandleProtocol(image, &guid, (void **)&firmware->loaded);
    if (EFI_ERROR(status) || firmware->loaded == NULL) {
        console_print(firmware, "error: the firmware does not tell where the loader was started "
                                "from\n");
        return EFI_ERROR(status) ? status : EFI_UNSUPPORTED;
    }
    status = open_partition(firmware);
    if (EFI_ERROR(status))
        console_print(firmware, "error: the loader was not started from a file system that can be "
                                "read\n  hint: start it from a FAT partition\n");
    return status;
}

void firmware_close(struct firmware *firmware)
{
    if (firmware->map != NULL)
        firmware->boot->FreePool(firmware->map);
    firmware->map = NULL;
    firmware->root->Close(firmware->root);
    firmware->root = NULL;
}

struct platform firmware_platform(struct firmware *firmware)
{
    return (struct platform){
        .context = firmware,
        .allocate = memory_allocate,
        .release = memory_release,
        .open = files_open,
        .read = files_read,
        .close = files_close,
        .list = files_list,
        .memory_map = memory_map,
        .claim_pages = memory_claim,
        .release_pages = memory_release_pages,
        .fix_tree = fixup_apply,
        .progress = console_progress,
        .clock = clock_now,
    };
}
