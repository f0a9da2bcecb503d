/* SPDX-License-Identifier: BSD-2-Clause */
/* Characters in UTF-8 text of any bytes. */
#include "host/base/utf8.h"

#include <stdbool.h>

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
