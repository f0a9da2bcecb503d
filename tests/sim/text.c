/* SPDX-License-Identifier: BSD-2-Clause */
/* Text, GUIDs and checksums for the simulated firmware. */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

void text_append(struct text *text, const char *bytes, size_t length)
{
    if (text->length + length + 1 > text->room) {
        text->room = 2 * (text->length + length + 1);
        text->bytes = realloc(text->bytes, text->room);
        if (text->bytes == NULL) {
            die("the host has no memory");
        }
    }
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

static size_t encode(uint32_t point, char out[4])
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (char)(0xc0 | point >> 6);
        out[1] = (char)(0x80 | (point & 0x3f));
        return 2;
    }
    if (point < 0x10000) {
        out[0] = (char)(0xe0 | point >> 12);
        out[1] = (char)(0x80 | (point >> 6 & 0x3f));
        out[2] = (char)(0x80 | (point & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | point >> 18);
    out[1] = (char)(0x80 | (point >> 12 & 0x3f));
    out[2] = (char)(0x80 | (point >> 6 & 0x3f));
    out[3] = (char)(0x80 | (point & 0x3f));
    return 4;
}

/* Unit @index of a string that may lie at any address, as in a device path. */
static uint32_t unit(const void *string, size_t index)
{
    uint16_t value;

    memcpy(&value, (const uint8_t *)string + 2 * index, sizeof(value));
    return value;
}

char *utf8_from_utf16(const void *string, size_t limit)
{
    struct text text = {0};

    text_append(&text, "", 0);
    for (size_t i = 0; i < limit / 2 && unit(string, i) != 0; i++) {
        uint32_t point = unit(string, i);
        char bytes[4];

        if (point >= 0xd800 && point < 0xdc00 && i + 1 < limit / 2) {
            uint32_t low = unit(string, i + 1);

            if (low >= 0xdc00 && low < 0xe000) {
                point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
                i++;
            }
        }
        text_append(&text, bytes, encode(point, bytes));
    }
    return text.bytes;
}

static uint32_t decode(const unsigned char **bytes)
{
    static const uint32_t masks[] = {0x7f, 0x1f, 0x0f, 0x07};
    const unsigned char *at = *bytes;
    unsigned more = *at < 0xc0 ? 0 : *at < 0xe0 ? 1 : *at < 0xf0 ? 2 : 3;
    uint32_t point = *at++ & masks[more];

    while (more-- > 0 && (*at & 0xc0) == 0x80) {
        point = point << 6 | (*at++ & 0x3f);
    }
    *bytes = at;
    return point;
}

CHAR16 *utf16_from_utf8(const char *string, size_t *size)
{
    const unsigned char *at = (const unsigned char *)string;
    CHAR16 *units = must_allocate((strlen(string) + 1) * sizeof(*units));
    size_t count = 0;

    while (*at != '\0') {
        uint32_t point = decode(&at);

        if (point >= 0x10000) {
            units[count++] = (CHAR16)(0xd800 + ((point - 0x10000) >> 10));
            point = 0xdc00 + (point & 0x3ff);
        }
        units[count++] = (CHAR16)point;
    }
    units[count++] = 0;
    *size = count * sizeof(*units);
    return units;
}

bool guid_equal(const EFI_GUID *a, const EFI_GUID *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

const char *guid_name(const EFI_GUID *guid)
{
    static char name[40];

    snprintf(name, sizeof(name), "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x", guid->Data1,
             guid->Data2, guid->Data3, guid->Data4[0], guid->Data4[1], guid->Data4[2],
             guid->Data4[3], guid->Data4[4], guid->Data4[5], guid->Data4[6], guid->Data4[7]);
    return name;
}

uint32_t checksum(const void *bytes, size_t size)
{
    return (uint32_t)crc32_z(0, bytes, size);
}
