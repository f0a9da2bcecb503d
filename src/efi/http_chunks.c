/* SPDX-License-Identifier: BSD-2-Clause */
/* The chunked coding of HTTP, which firmware leaves to the application: RFC 9112 §7.1. */
#include "efi/http_chunks.h"

#include <string.h>

#define DIGITS_MAX   15U   /* a size fits into 64 bits */
#define OVERHEAD_MAX 8192U /* bytes of a chunk's extensions, and of the trailers */

static bool add_digit(struct chunks *chunks, char character)
{
    char lower = (char)(character | ('a' - 'A'));
    unsigned digit;

    if (character >= '0' && character <= '9')
        digit = (unsigned)(character - '0');
    else if (lower >= 'a' && lower <= 'f')
        digit = (unsigned)(lower - 'a') + 10;
    else
        return false;
    chunks->left = chunks->left * 16 + digit;
    return ++chunks->digits <= DIGITS_MAX;
}

static void end_line(struct chunks *chunks)
{
    unsigned line = chunks->line;

    chunks->line = 0;
    switch (chunks->state) {
    case CHUNK_SIZE:
    case CHUNK_EXTENSION:
        chunks->state = chunks->left != 0 ? CHUNK_DATA : CHUNK_TRAILER;
        break;
    case CHUNK_DATA_END:
        chunks->state = CHUNK_SIZE;
        chunks->digits = 0;
        chunks->overhead = 0;
        break;
    case CHUNK_TRAILER:
        chunks->state = line == 0 ? CHUNKS_DONE : CHUNK_TRAILER;
        break;
    case CHUNK_DATA:
    case CHUNKS_DONE:
        break;
    }
}

/* Takes a character of the coding itself; false if it cannot stand there. */
static bool take_character(struct chunks *chunks, char character)
{
    bool is_return = character == '\r';

    if (character == '\n') {
        bool is_line = chunks->state != CHUNK_SIZE || chunks->digits != 0;

        end_line(chunks);
        return is_line;
    }
    if (chunks->state == CHUNK_SIZE && add_digit(chunks, character))
        return true;
    if (chunks->state == CHUNK_SIZE) {
        chunks->state = CHUNK_EXTENSION;
        return chunks->digits != 0 && chunks->digits <= DIGITS_MAX &&
               (is_return || strchr("; \t", character) != NULL);
    }
    chunks->line += !is_return;
    return (chunks->state != CHUNK_DATA_END || is_return) && chunks->state != CHUNKS_DONE &&
           ++chunks->overhead <= OVERHEAD_MAX;
}

enum platform_status chunks_decode(struct chunks *chunks, char *bytes, size_t length, size_t *kept)
{
    size_t at = 0;

    *kept = 0;
    while (at < length) {
        size_t count = length - at;

        if (chunks->state != CHUNK_DATA) {
            if (!take_character(chunks, bytes[at++]))
                return PLATFORM_BAD_ANSWER;
            continue;
        }
        count = chunks->left < count ? (size_t)chunks->left : count;
        memmove(bytes + *kept, bytes + at, count);
        *kept += count;
        at += count;
        chunks->left -= count;
        if (chunks->left == 0)
            chunks->state = CHUNK_DATA_END;
    }
    return PLATFORM_OK;
}
