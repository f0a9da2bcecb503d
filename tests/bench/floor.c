/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The floor of the benchmark: reads the files that floor.lst names to the addresses that it states,
 * cleans them from the data cache and starts Xen with a device tree that was finished beforehand.
 *
 * Each line of floor.lst is "ADDRESS SIZE NAME", both numbers in hexadecimal, address 0 for any.
 * The first line is what is left of the first large page, without a file; the second is Xen, the
 * third the tree, the others are the modules that the tree points at. What makes Xen's own start
 * faster or slower is as in Muster: the addresses and the order of the tree are those of Muster's
 * plan, and all lies in whole large pages, which nothing else is in.
 */

#include <stdint.h>

#include <efi.h>

#include "efi/arch.h"

#define LIST_SIZE 4096
#define NAME_SIZE 64

struct line {
    EFI_PHYSICAL_ADDRESS address;
    UINTN size;
    CHAR16 name[NAME_SIZE];
};

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table);

static const char *parse_hex(const char *text, UINT64 *value)
{
    for (*value = 0; *text != ' '; text++)
        *value = (*value << 4) + (UINT64)(*text <= '9' ? *text - '0' : *text - 'a' + 10);
    return text + 1;
}

static const char *parse_line(const char *text, struct line *line)
{
    UINTN length = 0;

    text = parse_hex(text, &line->address);
    text = parse_hex(text, &line->size);
    while (*text != '\n' && length < NAME_SIZE - 1)
        line->name[length++] = (CHAR16)*text++;
    line->name[length] = 0;
    return text + 1;
}

static EFI_STATUS open_root(EFI_BOOT_SERVICES *services, EFI_HANDLE image, EFI_FILE_HANDLE *root)
{
    EFI_GUID image_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
    EFI_GUID volume_guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
    EFI_LOADED_IMAGE *loaded;
    EFI_FILE_IO_INTERFACE *volume;
    EFI_STATUS status;

    status = services->HandleProtocol(image, &image_guid, (void **)&loaded);
    if (EFI_ERROR(status))
        return status;
    status = services->HandleProtocol(loaded->DeviceHandle, &volume_guid, (void **)&volume);
    if (EFI_ERROR(status))
        return status;
    return volume->OpenVolume(volume, root);
}

/* Reads a file, of `size` bytes at most, at once, as Muster does from a quick disk. */
static EFI_STATUS read_file(EFI_FILE_HANDLE root, CHAR16 *name, UINT8 *buffer, UINTN *size)
{
    EFI_FILE_HANDLE file;
    EFI_STATUS status;

    status = root->Open(root, &file, name, EFI_FILE_MODE_READ, 0);
    if (EFI_ERROR(status))
        return status;
    status = file->Read(file, size, buffer);
    file->Close(file);
    return status;
}

static EFI_STATUS allocate(EFI_BOOT_SERVICES *services, struct line *line)
{
    return services->AllocatePages(line->address ? AllocateAddress : AllocateAnyPages,
                                   EfiLoaderData, EFI_SIZE_TO_PAGES(line->size), &line->address);
}

static EFI_STATUS load(EFI_BOOT_SERVICES *services, EFI_FILE_HANDLE root, struct line *line)
{
    EFI_STATUS status = allocate(services, line);

    if (EFI_ERROR(status))
        return status;
    return read_file(root, line->name, (void *)(uintptr_t)line->address, &line->size);
}

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
    EFI_GUID tree_guid = {
        0xb1b621d5, 0xf19c, 0x41a5, {0x83, 0x0b, 0xd9, 0x15, 0x2c, 0x69, 0xaa, 0xe0}};
    EFI_BOOT_SERVICES *services = table->BootServices;
    static char list[LIST_SIZE];
    UINTN list_size = sizeof(list);
    struct line rest, xen, tree, module;
    const char *text = list;
    EFI_FILE_HANDLE root;
    EFI_HANDLE started;
    EFI_STATUS status;

    status = open_root(services, image, &root);
    if (EFI_ERROR(status))
        return status;
    status = read_file(root, L"floor.lst", (UINT8 *)list, &list_size);
    if (EFI_ERROR(status))
        return status;

    text = parse_line(text, &rest);
    status = rest.size ? allocate(services, &rest) : EFI_SUCCESS;
    if (EFI_ERROR(status))
        return status;
    text = parse_line(text, &xen);
    status = load(services, root, &xen);
    if (EFI_ERROR(status))
        return status;
    text = parse_line(text, &tree);
    status = load(services, root, &tree);
    if (EFI_ERROR(status))
        return status;
    arch_clean_data_cache((void *)(uintptr_t)tree.address, tree.size);

    while (text < list + list_size) {
        text = parse_line(text, &module);
        status = load(services, root, &module);
        if (EFI_ERROR(status))
            return status;
        arch_clean_data_cache((void *)(uintptr_t)module.address, module.size);
    }
    root->Close(root);

    status = services->InstallConfigurationTable(&tree_guid, (void *)(uintptr_t)tree.address);
    if (EFI_ERROR(status))
        return status;
    status =
        services->LoadImage(FALSE, image, NULL, (void *)(uintptr_t)xen.address, xen.size, &started);
    if (EFI_ERROR(status))
        return status;
    return services->StartImage(started, NULL, NULL);
}
