/* SPDX-License-Identifier: BSD-2-Clause */
/* Unpacking by libdeflate. */
#include "efi/deflate.h"

#include <libdeflate.h>

#include "efi/memory.h"

/* The library's calls for memory have no context; they are made while something is unpacked. */
static struct firmware *firmware;
static size_t allocated;

/* The library takes memory for one thing, its tables. */
void *libdeflate_malloc(size_t size);
void libdeflate_free(void *memory);

void *libdeflate_malloc(size_t size)
{
    allocated = size;
    return memory_allocate(firmware, size);
}

void libdeflate_free(void *memory)
{
    memory_release(firmware, memory, allocated);
}

static enum platform_status status_of(enum libdeflate_result result)
{
    switch (result) {
    case LIBDEFLATE_SUCCESS:
        return PLATFORM_OK;
    case LIBDEFLATE_INSUFFICIENT_SPACE:
        return PLATFORM_TOO_LARGE;
    case LIBDEFLATE_BAD_DATA:
    case LIBDEFLATE_SHORT_OUTPUT:
    default:
        return PLATFORM_CORRUPT;
    }
}

enum platform_status deflate_unpack(void *context, const void *data, size_t size, void *memory,
                                    size_t bytes, size_t *used)
{
    struct libdeflate_decompressor *tables;
    enum platform_status status;

    firmware = context;
    tables = libdeflate_alloc_decompressor();
    if (tables == NULL)
        return PLATFORM_NO_MEMORY;
    status =
        status_of(libdeflate_deflate_decompress_ex(tables, data, size, memory, bytes, used, NULL));
    libdeflate_free_decompressor(tables);
    return status;
}
