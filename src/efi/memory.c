/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware's memory: its pool, its pages and its map. */
#include "efi/memory.h"

#define MAP_SLACK    8U /* descriptors that an allocation may add to the map */
#define MAP_ATTEMPTS 4U

void *memory_allocate(void *context, size_t bytes)
{
    const struct firmware *firmware = context;
    void *memory = NULL;

    if (EFI_ERROR(firmware->boot->AllocatePool(EfiLoaderData, bytes, &memory)))
        return NULL;
    return memory;
}

void memory_release(void *context, void *memory, size_t bytes)
{
    const struct firmware *firmware = context;

    (void)bytes;
    firmware->boot->FreePool(memory);
}

static enum memory_kind kind_of(const EFI_MEMORY_DESCRIPTOR *descriptor)
{
    switch (descriptor->Type) {
    case EfiConventionalMemory:
        return (descriptor->Attribute & EFI_MEMORY_WB) != 0 ? MEMORY_FREE : MEMORY_RESERVED;
    case EfiLoaderCode:
    case EfiLoaderData:
    case EfiBootServicesCode:
    case EfiBootServicesData:
        return MEMORY_TRANSIENT;
    case EfiRuntimeServicesCode:
    case EfiRuntimeServicesData:
        return MEMORY_RUNTIME;
    case EfiACPIReclaimMemory:
    case EfiACPIMemoryNVS:
        return MEMORY_ACPI;
    case EfiMemoryMappedIO:
    case EfiMemoryMappedIOPortSpace:
        return MEMORY_DEVICE;
    default:
        return MEMORY_RESERVED;
    }
}

void memory_forget_map(struct firmware *firmware)
{
    if (firmware->map != NULL)
        firmware->boot->FreePool(firmware->map);
    firmware->map = NULL;
    firmware->map_size = 0;
}

/* Makes room for a map of `size` bytes and some more, as an allocation makes it longer. */
static EFI_STATUS grow_map(struct firmware *firmware, UINTN size, UINTN stride)
{
    memory_forget_map(firmware);
    size += MAP_SLACK * stride;
    if (EFI_ERROR(firmware->boot->AllocatePool(EfiLoaderData, size, &firmware->map))) {
        firmware->map = NULL;
        return EFI_OUT_OF_RESOURCES;
    }
    firmware->map_size = size;
    return EFI_SUCCESS;
}

/*
 * Reads the map as the firmware gives it. The memory for it stays, so that what the map shows is
 * not changed by giving it back.
 */
static EFI_STATUS read_map(struct firmware *firmware, UINTN *size, UINTN *stride)
{
    EFI_STATUS status = EFI_BUFFER_TOO_SMALL;
    UINT32 version;
    UINTN key;

    *stride = sizeof(EFI_MEMORY_DESCRIPTOR);
    for (unsigned attempt = 0; attempt < MAP_ATTEMPTS; attempt++) {
        *size = firmware->map_size;
        status = firmware->boot->GetMemoryMap(size, firmware->map, &key, stride, &version);
        if (status != EFI_BUFFER_TOO_SMALL)
            break;
        status = grow_map(firmware, *size, *stride);
        if (EFI_ERROR(status))
            break;
        status = EFI_BUFFER_TOO_SMALL;
    }
    return status;
}

enum platform_status memory_map(void *context, struct memory_region *regions, size_t *count)
{
    struct firmware *firmware = context;
    size_t capacity = *count;
    UINTN size;
    UINTN stride;
    EFI_STATUS status = read_map(firmware, &size, &stride);

    *count = 0;
    if (EFI_ERROR(status))
        return firmware_status(status);
    for (UINTN at = 0; at + stride <= size; at += stride, (*count)++) {
        const EFI_MEMORY_DESCRIPTOR *descriptor = (const void *)((const char *)firmware->map + at);

        if (*count < capacity)
            regions[*count] = (struct memory_region){
                .start = descriptor->PhysicalStart,
                .size = descriptor->NumberOfPages * PAGE_SIZE,
                .kind = kind_of(descriptor),
            };
    }
    return *count <= capacity ? PLATFORM_OK : PLATFORM_NO_MEMORY;
}

enum platform_status memory_claim(void *context, uint64_t address, uint64_t pages,
                                  enum memory_kind kind, void **memory)
{
    const struct firmware *firmware = context;
    EFI_PHYSICAL_ADDRESS where = address;
    EFI_MEMORY_TYPE type = kind == MEMORY_RESERVED ? EfiReservedMemoryType : EfiLoaderData;
    EFI_STATUS status = firmware->boot->AllocatePages(AllocateAddress, type, pages, &where);

    if (status == EFI_NOT_FOUND)
        return PLATFORM_BUSY;
    if (EFI_ERROR(status))
        return firmware_status(status);
    *memory = (void *)(uintptr_t)address;
    return PLATFORM_OK;
}

void memory_release_pages(void *context, uint64_t address, uint64_t pages)
{
    const struct firmware *firmware = context;

    firmware->boot->FreePages(address, pages);
}
