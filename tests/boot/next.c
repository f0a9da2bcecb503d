/* SPDX-License-Identifier: BSD-2-Clause */
/* The boot option after Muster's: says that it runs, and in what state it finds the firmware. */

#include <efi.h>
#include <efilib.h>

static EFI_GUID device_tree_guid = {
    0xb1b621d5, 0xf19c, 0x41a5, {0x83, 0x0b, 0xd9, 0x15, 0x2c, 0x69, 0xaa, 0xe0}};

/* Devicetree Specification §5.2: big-endian words, the second one is the tree's size. */
static UINT32 tree_size(const UINT8 *tree)
{
    return (UINT32)tree[4] << 24 | (UINT32)tree[5] << 16 | (UINT32)tree[6] << 8 | tree[7];
}

static void print_tree(void)
{
    VOID *tree = NULL;
    UINT32 crc = 0;

    if (EFI_ERROR(LibGetSystemConfigurationTable(&device_tree_guid, &tree))) {
        Print(L"next: no device tree\r\n");
        return;
    }
    uefi_call_wrapper(BS->CalculateCrc32, 3, tree, tree_size(tree), &crc);
    Print(L"next: device tree at %lx, %d bytes, crc %08x\r\n", (UINT64)(UINTN)tree, tree_size(tree),
          crc);
}

/* Pages that are free, and pages that a loader would have used for its binaries. */
static void print_memory(void)
{
    UINTN count, key, size;
    UINT32 version;
    UINT64 free_pages = 0, loader_pages = 0;
    EFI_MEMORY_DESCRIPTOR *map = LibMemoryMap(&count, &key, &size, &version);

    for (UINTN i = 0; i < count; i++) {
        const EFI_MEMORY_DESCRIPTOR *entry = (const VOID *)((const UINT8 *)map + i * size);

        if (entry->Type == EfiConventionalMemory)
            free_pages += entry->NumberOfPages;
        if (entry->Type == EfiLoaderData || entry->Type == EfiLoaderCode)
            loader_pages += entry->NumberOfPages;
    }
    FreePool(map);
    Print(L"next: %ld free pages, %ld loader pages\r\n", free_pages, loader_pages);
}

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table);

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table)
{
    InitializeLib(image, system_table);
    Print(L"NEXT BOOT OPTION\r\n");
    print_tree();
    print_memory();
    Print(L"next: done\r\n");
    return EFI_NOT_FOUND;
}
