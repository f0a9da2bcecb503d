/* SPDX-License-Identifier: BSD-2-Clause */
/* Unpacking on the workstation, by zlib. */
#include "host/base/inflate.h"

#include <zlib.h>

#define PART 0x40000000U /* bytes that zlib is given at once: its counters have 32 bits */

static unsigned part_of(size_t size)
{
    return size < PART ? (unsigned)size : PART;
}

/* The platform's status for the end of unpacking. */
static enum platform_status status_of(int result, size_t left)
{
    if (result == Z_STREAM_END && left == 0)
        return PLATFORM_OK;
    if (result == Z_MEM_ERROR)
        return PLATFORM_NO_MEMORY;
    return result == Z_BUF_ERROR && left == 0 ? PLATFORM_TOO_LARGE : PLATFORM_CORRUPT;
}

enum platform_status host_inflate(void *context, const void *data, size_t size, void *memory,
                                  size_t bytes, size_t *used)
{
    z_stream stream = {.next_in = (unsigned char *)(uintptr_t)data, .next_out = memory};
    size_t left_in = size;
    size_t left_out = bytes;
    int result = inflateInit2(&stream, -MAX_WBITS);

    (void)context;
    while (result == Z_OK) {
        unsigned in = stream.avail_in = part_of(left_in);
        unsigned out = stream.avail_out = part_of(left_out);

        result = inflate(&stream, Z_NO_FLUSH);
        left_in -= in - stream.avail_in;
        left_out -= out - stream.avail_out;
    }
    inflateEnd(&stream);
    *used = size - left_in;
    return status_of(result, left_out);
}
