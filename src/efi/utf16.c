/* SPDX-License-Identifier: BSD-2-Clause */
/* UTF-8 to UTF-16 and back, for texts that cross between core and the firmware. */
#include "efi/utf16.h"

#include <stdint.h>

#define REPLACEMENT 0xfffdU

/* The number of bytes that follow a first byte, and the value bits it has itself; -1 for none. */
static int following(unsigned char first, uint32_t *value)
{
    if (first < 0x80) {
        *value = first;
        return 0;
    }
    if (first >= 0xc2 && first <= 0xdf) {
        *value = first & 0x1fU;
        return 1;
    }
    if (first >= 0xe0 && first <= 0xef) {
        *value = first & 0x0fU;
        return 2;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        *value = first & 0x07U;
        return 3;
    }
    return -1;
}

static uint32_t decode(const char **text)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    const char *at = *text;
    uint32_t value = 0;
    int count = following((unsigned char)*at++, &value);

    *text = at;
    if (count < 0)
        return REPLACEMENT;
    for (int each = 0; each < count; each++, at++) {
        if (((unsigned char)*at & 0xc0) != 0x80)
            return REPLACEMENT;
        value = value << 6 | ((unsigned char)*at & 0x3fU);
    }
    *text = at;
    if (value < least[count] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return REPLACEMENT;
    return value;
}

size_t utf16_from_utf8(const char **text, CHAR16 *units)
{
    uint32_t value = decode(text);

    if (value < 0x10000) {
        units[0] = (CHAR16)value;
        return 1;
    }
    value -= 0x10000;
    units[0] = (CHAR16)(0xd800 | value >> 10);
    units[1] = (CHAR16)(0xdc00 | (value & 0x3ff));
    return 2;
}

static size_t encode(uint32_t value, char *text)
{
    size_t length = value < 0x80 ? 1 : value < 0x800 ? 2 : value < 0x10000 ? 3 : 4;
    static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};

    for (size_t at = length - 1; at > 0; at--, value >>= 6)
        text[at] = (char)(0x80 | (value & 0x3f));
    text[0] = (char)(first[length] | value);
    return length;
}

size_t utf16_to_utf8(const CHAR16 *units, size_t count, char *text)
{
    size_t length = 0;

    for (size_t at = 0; at < count && units[at] != 0; at++) {
        uint32_t value = units[at];

        if (value >= 0xd800 && value <= 0xdbff && at + 1 < count && units[at + 1] >= 0xdc00 &&
            units[at + 1] <= 0xdfff)
            value = 0x10000 + ((value & 0x3ff) << 10 | (units[++at] & 0x3ffU));
        else if (value >= 0xd800 && value <= 0xdfff)
            value = REPLACEMENT;
        length += encode(value, text + length);
    }
    text[length] = '\0';
    return length;
}
