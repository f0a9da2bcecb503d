/* SPDX-License-Identifier: BSD-2-Clause */
/* The string functions that core and libfdt take from a C library. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Two words at any address: UEFI runs with alignment checks off (UEFI 2.10 §2.3.6). */
struct __attribute__((packed, may_alias)) words {
    uint64_t values[2];
};

static void *copy_up(char *to, const char *from, size_t bytes)
{
    struct words *words = (struct words *)to;
    const struct words *source = (const struct words *)from;
    char *start = to;

    /* Trees may have a MiB. */
    for (; bytes >= 4 * sizeof(*words); bytes -= 4 * sizeof(*words)) {
        words[0] = source[0];
        words[1] = source[1];
        words[2] = source[2];
        words[3] = source[3];
        words += 4;
        source += 4;
    }
    for (; bytes >= sizeof(*words); bytes -= sizeof(*words))
        *words++ = *source++;
    to = (char *)words;
    from = (const char *)source;
    while (bytes-- > 0)
        *to++ = *from++;
    return start;
}

static void *copy_down(char *to, const char *from, size_t bytes)
{
    struct words *words = (struct words *)(to + bytes);
    const struct words *source = (const struct words *)(from + bytes);

    for (; bytes >= 4 * sizeof(*words); bytes -= 4 * sizeof(*words)) {
        words -= 4;
        source -= 4;
        words[3] = source[3];
        words[2] = source[2];
        words[1] = source[1];
        words[0] = source[0];
    }
    for (; bytes >= sizeof(*words); bytes -= sizeof(*words))
        *--words = *--source;
    while (bytes-- > 0)
        to[bytes] = from[bytes];
    return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
    return copy_up(to, from, bytes);
}

/* libfdt packs a tree by moving each of its parts to where it is, mostly. */
void *memmove(void *to, const void *from, size_t bytes)
{
    if (to == from)
        return to;
    return (uintptr_t)to - (uintptr_t)from < bytes ? copy_down(to, from, bytes)
                                                   : copy_up(to, from, bytes);
}

void *memset(void *to, int value, size_t bytes)
{
    struct words *words = to;
    uint64_t word = (uint64_t)(unsigned char)value * 0x0101010101010101U;
    struct words both = {{word, word}};
    char *at;

    for (; bytes >= sizeof(*words); bytes -= sizeof(*words))
        *words++ = both;
    for (at = (char *)words; bytes > 0; bytes--)
        *at++ = (char)value;
    return to;
}

int memcmp(const void *left, const void *right, size_t bytes)
{
    const unsigned char *one = left;
    const unsigned char *other = right;

    for (size_t at = 0; at < bytes; at++)
        if (one[at] != other[at])
            return one[at] - other[at];
    return 0;
}

void *memchr(const void *data, int value, size_t bytes)
{
    const unsigned char *at = data;

    for (; bytes-- > 0; at++)
        if (*at == (unsigned char)value)
            return (void *)(uintptr_t)at;
    return NULL;
}

size_t strlen(const char *text)
{
    size_t length = 0;

    while (text[length] != '\0')
        length++;
    return length;
}

size_t strnlen(const char *text, size_t limit)
{
    size_t length = 0;

    while (length < limit && text[length] != '\0')
        length++;
    return length;
}

int strcmp(const char *left, const char *right)
{
    while (*left != '\0' && *left == *right) {
        left++;
        right++;
    }
    return (unsigned char)*left - (unsigned char)*right;
}

int strncmp(const char *left, const char *right, size_t limit)
{
    for (; limit > 0; limit--, left++, right++)
        if (*left != *right || *left == '\0')
            return (unsigned char)*left - (unsigned char)*right;
    return 0;
}

char *strchr(const char *text, int character)
{
    for (;; text++) {
        if (*text == (char)character)
            return (char *)(uintptr_t)text;
        if (*text == '\0')
            return NULL;
    }
}

char *strrchr(const char *text, int character)
{
    const char *last = NULL;

    for (;; text++) {
        if (*text == (char)character)
            last = text;
        if (*text == '\0')
            return (char *)(uintptr_t)last;
    }
}

/* libfdt's overlays read phandles of text with it: digits of `base`, no sign, no space. */
unsigned long strtoul(const char *text, char **end, int base)
{
    unsigned long value = 0;

    while (*text >= '0' && *text < '0' + base && *text <= '9')
        value = value * (unsigned long)base + (unsigned long)(*text++ - '0');
    if (end != NULL)
        *end = (char *)(uintptr_t)text;
    return value;
}
