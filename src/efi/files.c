/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of the loader's partition, read through the simple file system protocol. */
#include "efi/files.h"

#include <string.h>

#include "core/base/utf.h"
#include "efi/watchdog.h"

#define INFO_SIZE 1024U           /* bytes: EFI_FILE_INFO with any name that FAT allows */
#define PIECE     (1024U * 1024U) /* bytes that any firmware reads at once; some fails on more */

static EFI_FILE_HANDLE handle_of(struct platform_file *file)
{
    return (EFI_FILE_HANDLE)(void *)file;
}

/* The firmware's form of a name: UTF-16 with backslashes, from the pool; NULL without memory. */
static CHAR16 *firmware_name(const struct firmware *firmware, const char *name)
{
    size_t length = strlen(name);
    size_t count = 0;
    CHAR16 *units = NULL;

    if (EFI_ERROR(firmware->boot->AllocatePool(EfiLoaderData, (length + 2) * sizeof(*units),
                                               (void **)&units)))
        return NULL;
    while (*name != '\0') {
        count += utf16_from_utf8(&name, &units[count]);
        if (units[count - 1] == '/')
            units[count - 1] = '\\';
    }
    units[count] = 0;
    return units;
}

/* Reads the file information, whose size depends on the name; the caller frees *info. */
static EFI_STATUS read_info(const struct firmware *firmware, EFI_FILE_HANDLE handle,
                            EFI_FILE_INFO **info)
{
    EFI_GUID guid = EFI_FILE_INFO_ID;
    UINTN size = INFO_SIZE;
    EFI_STATUS status = EFI_BUFFER_TOO_SMALL;

    for (unsigned attempt = 0; attempt < 2 && status == EFI_BUFFER_TOO_SMALL; attempt++) {
        if (EFI_ERROR(firmware->boot->AllocatePool(EfiLoaderData, size, (void **)info)))
            return EFI_OUT_OF_RESOURCES;
        status = handle->GetInfo(handle, &guid, &size, *info);
        if (EFI_ERROR(status))
            firmware->boot->FreePool(*info);
    }
    return status;
}

static enum platform_status check_info(const struct firmware *firmware, EFI_FILE_HANDLE handle,
                                       uint64_t *size)
{
    EFI_FILE_INFO *info = NULL;
    EFI_STATUS status = read_info(firmware, handle, &info);
    bool is_directory;

    if (EFI_ERROR(status))
        return firmware_status(status);
    is_directory = (info->Attribute & EFI_FILE_DIRECTORY) != 0;
    *size = info->FileSize;
    firmware->boot->FreePool(info);
    return is_directory ? PLATFORM_IS_DIRECTORY : PLATFORM_OK;
}

EFI_STATUS files_open_name(const struct firmware *firmware, const char *name, UINT64 mode,
                           EFI_FILE_HANDLE *handle)
{
    CHAR16 *units = firmware_name(firmware, name);
    EFI_STATUS status;

    if (units == NULL)
        return EFI_OUT_OF_RESOURCES;
    status = firmware->root->Open(firmware->root, handle, units, mode, 0);
    firmware->boot->FreePool(units);
    return status;
}

static enum platform_status open_file(void *context, const char *name, struct platform_file **file,
                                      uint64_t *size)
{
    const struct firmware *firmware = context;
    EFI_FILE_HANDLE handle = NULL;
    EFI_STATUS status = files_open_name(firmware, name, EFI_FILE_MODE_READ, &handle);
    enum platform_status result;

    if (EFI_ERROR(status))
        return firmware_status(status);
    result = check_info(firmware, handle, size);
    if (result == PLATFORM_OK)
        *file = (struct platform_file *)(void *)handle;
    else
        handle->Close(handle);
    return result;
}

/* Reads at most `wanted` bytes at once; *is_small is set when that many are too many. */
static EFI_STATUS read_once(EFI_FILE_HANDLE handle, UINTN wanted, bool *is_small, UINTN *count,
                            void *buffer)
{
    UINT64 position = 0;
    EFI_STATUS status = EFI_UNSUPPORTED;

    if (wanted > PIECE && !*is_small)
        status = handle->GetPosition(handle, &position);
    *count = wanted;
    if (!EFI_ERROR(status)) {
        status = handle->Read(handle, count, buffer);
        if (!EFI_ERROR(status) || EFI_ERROR(handle->SetPosition(handle, position)))
            return status;
        *is_small = true;
    }
    *count = wanted < PIECE ? wanted : PIECE;
    return handle->Read(handle, count, buffer);
}

static enum platform_status read_file(void *context, struct platform_file *file, void *buffer,
                                      size_t bytes)
{
    EFI_FILE_HANDLE handle = handle_of(file);
    bool is_small = false;

    while (bytes != 0) {
        UINTN count;
        EFI_STATUS status = read_once(handle, bytes, &is_small, &count, buffer);

        if (EFI_ERROR(status))
            return firmware_status(status);
        if (count == 0 || count > bytes)
            return PLATFORM_SHORT_READ;
        watchdog_feed(context);
        buffer = (char *)buffer + count;
        bytes -= count;
    }
    return PLATFORM_OK;
}

static void close_file(void *context, struct platform_file *file)
{
    EFI_FILE_HANDLE handle = handle_of(file);

    (void)context;
    handle->Close(handle);
}

struct volume files_volume(struct firmware *firmware)
{
    return (struct volume){
        .context = firmware,
        .open = open_file,
        .read = read_file,
        .close = close_file,
    };
}

/* Offers one entry of a directory; false when the walk is to end. */
static bool offer_entry(const struct firmware *firmware, const EFI_FILE_INFO *info,
                        bool (*each)(void *data, const char *name), void *data)
{
    size_t count = 0;
    char *name = NULL;
    bool goes_on;

    while (info->FileName[count] != 0)
        count++;
    if ((info->Attribute & EFI_FILE_DIRECTORY) != 0)
        return true;
    if (EFI_ERROR(firmware->boot->AllocatePool(EfiLoaderData, 3 * count + 1, (void **)&name)))
        return false;
    utf16_to_utf8(info->FileName, count, name);
    goes_on = each(data, name);
    firmware->boot->FreePool(name);
    return goes_on;
}

void files_list(void *context, const char *directory, bool (*each)(void *data, const char *name),
                void *data)
{
    const struct firmware *firmware = context;
    EFI_FILE_HANDLE handle = NULL;
    EFI_FILE_INFO *info = NULL;
    bool goes_on = true;

    if (EFI_ERROR(files_open_name(firmware, directory, EFI_FILE_MODE_READ, &handle)))
        return;
    if (!EFI_ERROR(firmware->boot->AllocatePool(EfiLoaderData, INFO_SIZE, (void **)&info))) {
        while (goes_on) {
            UINTN size = INFO_SIZE;

            /* An entry of no bytes is the end of the directory (UEFI 2.10 §13.5.6). */
            goes_on = !EFI_ERROR(handle->Read(handle, &size, info)) && size != 0 &&
                      offer_entry(firmware, info, each, data);
        }
        firmware->boot->FreePool(info);
    }
    handle->Close(handle);
}
