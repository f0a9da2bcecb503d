/* SPDX-License-Identifier: BSD-2-Clause */
/* Unpacking gzip data: its header and its end; what is between them is the platform's. */
#include "core/finish/inflate.h"

#include <stdbool.h>
#include <string.h>

#include "core/base/little.h"
#include "core/plan/recognise.h"

#define HEADER_SIZE  10U
#define TRAILER_SIZE 8U
#define METHOD       8U /* deflate, the only one */

/* Bits of a gzip header's fourth byte (RFC 1952, 2.3.1). */
enum { HAS_CHECK = 2, HAS_EXTRA = 4, HAS_NAME = 8, HAS_COMMENT = 16, RESERVED = 0xe0 };

/* Data of which the start was read. */
struct stream {
    const unsigned char *data;
    size_t left;
};

static bool skip(struct stream *stream, size_t bytes)
{
    if (bytes > stream->left)
        return false;
    stream->data += bytes;
    stream->left -= bytes;
    return true;
}

/* Skips a text with its end; false where it has none. */
static bool skip_text(struct stream *stream)
{
    const unsigned char *end = memchr(stream->data, '\0', stream->left);

    return end != NULL && skip(stream, (size_t)(end + 1 - stream->data));
}

static bool skip_header(struct stream *stream)
{
    const unsigned char *header = stream->data;
    unsigned char flags;

    if (!skip(stream, HEADER_SIZE))
        return false;
    flags = header[3];
    if (header[0] != 0x1f || header[1] != 0x8b || header[2] != METHOD || (flags & RESERVED) != 0)
        return false;
    if ((flags & HAS_EXTRA) != 0 &&
        (stream->left < 2 || !skip(stream, 2 + (size_t)read_little(stream->data, 2))))
        return false;
    return ((flags & HAS_NAME) == 0 || skip_text(stream)) &&
           ((flags & HAS_COMMENT) == 0 || skip_text(stream)) &&
           ((flags & HAS_CHECK) == 0 || skip(stream, 2));
}

/* Judges what was unpacked by the check sum and the length behind it. */
static enum inflate_status conclude(const struct platform *platform, const struct stream *stream,
                                    const void *memory, size_t unpacked)
{
    if (stream->left != TRAILER_SIZE)
        return stream->left < TRAILER_SIZE ? INFLATE_DAMAGED : INFLATE_MORE_FOLLOWS;
    return read_little(stream->data + 4, 4) == (uint32_t)unpacked &&
                   platform->crc32(platform->context, memory, unpacked) ==
                       read_little(stream->data, 4)
               ? INFLATE_FINE
               : INFLATE_DAMAGED;
}

enum inflate_status inflate_gzip(const struct platform *platform, const void *data, size_t size,
                                 void *memory, size_t unpacked)
{
    struct stream stream = {data, size};
    enum platform_status status;
    size_t used;

    if (!skip_header(&stream))
        return INFLATE_DAMAGED;
    status =
        platform->inflate(platform->context, stream.data, stream.left, memory, unpacked, &used);
    if (status == PLATFORM_OK && skip(&stream, used))
        return conclude(platform, &stream, memory, unpacked);
    if (status == PLATFORM_NO_MEMORY)
        return INFLATE_NO_MEMORY;
    return status == PLATFORM_TOO_LARGE ? INFLATE_WRONG_SIZE : INFLATE_DAMAGED;
}

const char *inflate_status_text(enum inflate_status status)
{
    switch (status) {
    case INFLATE_WRONG_SIZE:
        return "its size is not what it says at its end";
    case INFLATE_MORE_FOLLOWS:
        return "something follows behind its end";
    case INFLATE_NO_MEMORY:
        return "out of memory";
    case INFLATE_FINE:
    case INFLATE_DAMAGED:
        break;
    }
    return "it is damaged";
}
