/* SPDX-License-Identifier: BSD-2-Clause */
/* Parts of a file that are read and rewritten where they are: the boot state. */
#include "efi/rewrite.h"

#include "efi/arch.h"
#include "efi/files.h"

static EFI_STATUS open_at(const struct firmware *firmware, const char *name, UINT64 mode,
                          uint64_t offset, EFI_FILE_HANDLE *handle)
{
    EFI_STATUS status = EFI_UNSUPPORTED;

    /* A loader from the network has no partition. */
    if (firmware->root != NULL)
        status = files_open_name(firmware, name, mode, handle);
    if (EFI_ERROR(status))
        return status;
    status = (*handle)->SetPosition(*handle, offset);
    if (EFI_ERROR(status))
        (*handle)->Close(*handle);
    return status;
}

enum platform_status rewrite_read_at(void *context, const char *name, uint64_t offset, void *buffer,
                                     size_t bytes)
{
    const struct firmware *firmware = context;
    EFI_FILE_HANDLE handle = NULL;
    EFI_STATUS status = open_at(firmware, name, EFI_FILE_MODE_READ, offset, &handle);
    UINTN count = bytes;

    if (EFI_ERROR(status))
        return firmware_status(status);
    status = handle->Read(handle, &count, buffer);
    handle->Close(handle);
    if (EFI_ERROR(status))
        return firmware_status(status);
    return count == bytes ? PLATFORM_OK : PLATFORM_SHORT_READ;
}

enum platform_status rewrite_write_at(void *context, const char *name, uint64_t offset,
                                      const void *buffer, size_t bytes)
{
    const struct firmware *firmware = context;
    EFI_FILE_HANDLE handle = NULL;
    EFI_STATUS status =
        open_at(firmware, name, EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE, offset, &handle);
    UINTN count = bytes;

    if (EFI_ERROR(status))
        return firmware_status(status);
    /* Write takes what it does not change without const. */
    status = handle->Write(handle, &count, (void *)(uintptr_t)buffer);
    if (!EFI_ERROR(status) && count != bytes)
        status = EFI_DEVICE_ERROR;
    if (!EFI_ERROR(status))
        status = handle->Flush(handle);
    handle->Close(handle);
    return firmware_status(status);
}

uint32_t rewrite_crc32(void *context, const void *data, size_t bytes)
{
    const struct firmware *firmware = context;
    UINT32 crc = 0;

    if (arch_crc32(data, bytes, &crc))
        return crc;
    if (EFI_ERROR(firmware->boot->CalculateCrc32((void *)(uintptr_t)data, bytes, &crc)))
        return 0;
    return crc;
}
