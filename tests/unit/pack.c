/* SPDX-License-Identifier: BSD-2-Clause */
/* Support for tests of packed kernels: files in each form. */
#include "pack.h"

#include <stdlib.h>
#include <string.h>

#include <libfdt.h>
#include <zlib.h>

#include "pe_image.h"

#define HEADER_SIZE  64U
#define ZBOOT_OFFSET 512U
#define GZIP_WINDOW  (MAX_WBITS + 16)

static struct pack deflate_with(const void *data, size_t size, gz_header *header)
{
    z_stream stream = {0};
    struct pack pack = {malloc(size + 1024), 0};

    if (pack.data == NULL ||
        deflateInit2(&stream, 9, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
        (header != NULL && deflateSetHeader(&stream, header) != Z_OK))
        abort();
    stream.next_in = (unsigned char *)(uintptr_t)data;
    stream.avail_in = (unsigned)size;
    stream.next_out = pack.data;
    stream.avail_out = (unsigned)size + 1024;
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
        abort();
    pack.size = stream.total_out;
    deflateEnd(&stream);
    return pack;
}

struct pack pack_gzip(const void *data, size_t size)
{
    return deflate_with(data, size, NULL);
}

struct pack pack_gzip_with_names(const void *data, size_t size)
{
    unsigned char name[] = "name";
    unsigned char comment[] = "comment";
    unsigned char extra[] = {1, 2, 3};
    gz_header header = {
        .name = name, .comment = comment, .extra = extra, .extra_len = sizeof(extra), .hcrc = 1};

    return deflate_with(data, size, &header);
}

static struct pack put_before(struct pack inner, size_t start)
{
    struct pack pack = {calloc(1, start + inner.size), start + inner.size};

    if (pack.data == NULL)
        abort();
    memcpy(pack.data + start, inner.data, inner.size);
    free(inner.data);
    return pack;
}

struct pack pack_uimage(struct pack inner, unsigned char type, unsigned char compression,
                        uint32_t load)
{
    struct pack pack = put_before(inner, HEADER_SIZE);

    fdt32_st(pack.data, 0x27051956);
    fdt32_st(pack.data + 12, (uint32_t)inner.size);
    fdt32_st(pack.data + 16, load);
    fdt32_st(pack.data + 20, load);
    pack.data[29] = 22;
    pack.data[30] = type;
    pack.data[31] = compression;
    return pack;
}

struct pack pack_zboot(struct pack inner, const char *type)
{
    struct pack pack = put_before(inner, ZBOOT_OFFSET);

    memcpy(pack.data, "MZ\0\0zimg", 8);
    pe_image_put(pack.data + 8, ZBOOT_OFFSET, 4);
    pe_image_put(pack.data + 12, inner.size, 4);
    memcpy(pack.data + 24, type, strlen(type));
    return pack;
}
