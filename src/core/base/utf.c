/* SPDX-License-Identifier: BSD-2-Clause */
/* UTF-8, and UTF-16 as firmware has it, for texts of any bytes. */
#include "core/base/utf.h"

#include <stdbool.h>

#define REPLACEMENT 0xfffdU

/* Leading bytes from `first` to `last`, whose second byte goes from `low` to `high`. */
struct form {
    unsigned char first;
    unsigned char last;
    unsigned char low;
    unsigned char high;
    unsigned char length;
};

static const struct form forms[] = {
    {0x01, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
    {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
    {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

static bool has_tail(const unsigned char *bytes, const struct form *form)
{
    if (form->length > 1 && (bytes[1] < form->low || bytes[1] > form->high))
        return false;
    for (size_t at = 2; at < form->length; at++)
        if ((bytes[at] & 0xc0) != 0x80)
            return false;
    return true;
}

size_t utf8_length(const char *text)
{
    const unsigned char *bytes = (const unsigned char *)text;

    for (size_t at = 0; at < sizeof(forms) / sizeof(forms[0]); at++)
        if (forms[at].first <= bytes[0] && bytes[0] <= forms[at].last)
            return has_tail(bytes, &forms[at]) ? forms[at].length : 0;
    return 0;
}

size_t utf8_count(const char *text)
{
    size_t count = 0;

    while (*text != '\0') {
        size_t length = utf8_length(text);

        text += length != 0 ? length : 1;
        count++;
    }
    return count;
}

/* Decodes a character of `length` bytes; 0 for a byte that is none. */
static uint32_t decode(const char *text, size_t length)
{
    uint32_t value = (unsigned char)text[0];

    if (length == 0)
        return REPLACEMENT;
    /* The first byte has its length in front, and a zero behind that. */
    if (length > 1)
        value &= 0xffU >> (length + 1);
    for (size_t at = 1; at < length; at++)
        value = value << 6 | ((unsigned char)text[at] & 0x3fU);
    return value;
}

size_t utf16_from_utf8(const char **text, uint16_t *units)
{
    size_t length = utf8_length(*text);
    uint32_t value = decode(*text, length);

    *text += length != 0 ? length : 1;
    if (value < 0x10000) {
        units[0] = (uint16_t)value;
        return 1;
    }
    value -= 0x10000;
    units[0] = (uint16_t)(0xd800 | value >> 10);
    units[1] = (uint16_t)(0xdc00 | (value & 0x3ff));
    return 2;
}

static size_t encode(uint32_t value, char *text)
{
    static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t length = value < 0x80 ? 1 : value < 0x800 ? 2 : value < 0x10000 ? 3 : 4;

    for (size_t at = length - 1; at > 0; at--, value >>= 6)
        text[at] = (char)(0x80 | (value & 0x3f));
    text[0] = (char)(first[length] | value);
    return length;
}

size_t utf16_to_utf8(const uint16_t *units, size_t count, char *text)
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
