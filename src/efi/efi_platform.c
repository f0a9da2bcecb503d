/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware behind core's interface: found and opened for a run of the loader. */
#include "efi/efi_platform.h"

#include "efi/clock.h"
#include "efi/console.h"
#include "efi/deflate.h"
#include "efi/files.h"
#include "efi/fixup.h"
#include "efi/memory.h"
#include "efi/network.h"
#include "efi/rewrite.h"
#include "efi/watchdog.h"

static bool open_partition(struct firmware *firmware)
{
    EFI_GUID guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
    EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *volume = NULL;

    if (firmware->loaded->DeviceHandle == NULL ||
        EFI_ERROR(firmware->boot->HandleProtocol(firmware->loaded->DeviceHandle, &guid,
                                                 (void **)&volume)) ||
        volume == NULL)
        return false;
    if (!EFI_ERROR(volume->OpenVolume(volume, &firmware->root)))
        return true;
    firmware->root = NULL;
    return false;
}

EFI_STATUS platform_open(struct firmware *firmware, EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
    EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
    EFI_STATUS status;

    *firmware = (struct firmware){
        .image = image,
        .table = table,
        .boot = table->BootServices,
    };
    status = firmware->boot->HandleProtocol(image, &guid, (void **)&firmware->loaded);
    if (EFI_ERROR(status) || firmware->loaded == NULL) {
        console_print(firmware, "error: the firmware does not tell where the loader was started "
                                "from\n");
        return EFI_ERROR(status) ? status : EFI_UNSUPPORTED;
    }
    firmware->volume = files_volume(firmware);
    if (open_partition(firmware))
        return EFI_SUCCESS;
    status = network_open(firmware);
    if (EFI_ERROR(status)) {
        network_close(firmware);
        console_print(firmware, "error: out of memory\n");
    }
    return status;
}

void platform_close(struct firmware *firmware)
{
    watchdog_stop(firmware);
    memory_forget_map(firmware);
    network_close(firmware);
    if (firmware->root != NULL)
        firmware->root->Close(firmware->root);
    firmware->root = NULL;
}

static enum platform_status open_file(void *context, const char *name, struct platform_file **file,
                                      uint64_t *size)
{
    const struct firmware *firmware = context;

    return firmware->volume.open(firmware->volume.context, name, file, size);
}

static enum platform_status read_file(void *context, struct platform_file *file, void *buffer,
                                      size_t bytes)
{
    const struct firmware *firmware = context;

    return firmware->volume.read(firmware->volume.context, file, buffer, bytes);
}

static void close_file(void *context, struct platform_file *file)
{
    struct firmware *firmware = context;

    console_end_bar(firmware);
    firmware->volume.close(firmware->volume.context, file);
}

struct platform platform_of(struct firmware *firmware)
{
    return (struct platform){
        .context = firmware,
        .is_remote = firmware->root == NULL,
        .allocate = memory_allocate,
        .release = memory_release,
        .open = open_file,
        .read = read_file,
        .close = close_file,
        .list = firmware->root != NULL ? files_list : NULL,
        .memory_map = memory_map,
        .claim_pages = memory_claim,
        .release_pages = memory_release_pages,
        .fix_tree = fixup_apply,
        .progress = console_progress,
        .clock = clock_now,
        .read_at = rewrite_read_at,
        .write_at = rewrite_write_at,
        .crc32 = rewrite_crc32,
        .inflate = deflate_unpack,
    };
}
