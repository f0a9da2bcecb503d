/* SPDX-License-Identifier: BSD-2-Clause */
/* Packed kernels: files with gzip data in them, and where it lies. */
#include "core/finish/packed.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/little.h"
#include "core/plan/recognise.h"

#define HEADER_SIZE  64U   /* of a U-Boot image, and what is read of that of a zboot image */
#define GZIP_LEAST   20U   /* bytes of header, trailer and an empty body */
#define DEFLATE_MOST 1040U /* bytes that one packed byte can become at most */

/* Offsets in the header of a U-Boot image, and a value. */
enum { UIMAGE_SIZE = 12, UIMAGE_COMPRESSION = 31, UIMAGE_GZIP = 1 };

/* Offsets in the header of a zboot image. */
enum { ZBOOT_OFFSET = 8, ZBOOT_SIZE = 12, ZBOOT_TYPE = 24 };

/* The gzip data from `start` on. */
static void set(const unsigned char *file, uint64_t file_size, uint64_t start, uint64_t size,
                struct packed *packed)
{
    if (start > file_size || size > file_size - start || size < GZIP_LEAST)
        return;
    packed->data = file + start;
    packed->size = size;
    packed->unpacked = read_little(packed->data + size - 4, 4);
    packed->is_credible = packed->unpacked != 0 && packed->unpacked / DEFLATE_MOST <= size;
}

bool packed_find(const void *file, uint64_t size, struct packed *packed)
{
    const unsigned char *bytes = file;
    enum content content = recognise(file, (size_t)size);

    *packed = (struct packed){0};
    if (content == CONTENT_GZIP) {
        set(bytes, size, 0, size, packed);
        return true;
    }
    if (size < HEADER_SIZE)
        return false;
    if (content == CONTENT_UIMAGE && bytes[UIMAGE_COMPRESSION] == UIMAGE_GZIP) {
        set(bytes, size, HEADER_SIZE, fdt32_ld((const void *)(bytes + UIMAGE_SIZE)), packed);
        return true;
    }
    if (content == CONTENT_ZBOOT && memcmp(bytes + ZBOOT_TYPE, "gzip", 5) == 0) {
        set(bytes, size, read_little(bytes + ZBOOT_OFFSET, 4), read_little(bytes + ZBOOT_SIZE, 4),
            packed);
        return true;
    }
    return false;
}

bool packed_in_zstd(const void *file, uint64_t size, uint64_t *start, uint64_t *bytes)
{
    const unsigned char *header = file;

    /* The level may follow: "zstd22". */
    if (size < HEADER_SIZE || recognise(file, (size_t)size) != CONTENT_ZBOOT ||
        memcmp(header + ZBOOT_TYPE, "zstd", 4) != 0)
        return false;
    *start = read_little(header + ZBOOT_OFFSET, 4);
    *bytes = read_little(header + ZBOOT_SIZE, 4);
    return true;
}
