/* SPDX-License-Identifier: BSD-2-Clause */
/* UTF-8, and UTF-16 as firmware has it, for texts of any bytes. */
#ifndef MUSTER_UTF_H
#define MUSTER_UTF_H

#include <stddef.h>
#include <stdint.h>

/*
 * The bytes of the character that a NUL-terminated text begins with, 1 to 4; 0 where they are no
 * well-formed UTF-8 (Unicode 15, table 3-7), or at the end.
 */
size_t utf8_length(const char *text);

/* The number of characters in a text; a byte that belongs to none counts as one. */
size_t utf8_count(const char *text);

/*
 * Decodes one character at *text, moves *text behind it, and writes one or two units. A byte that
 * belongs to no character becomes U+FFFD. Returns the number of units. *text must not be at its
 * end.
 */
size_t utf16_from_utf8(const char **text, uint16_t *units);

/*
 * Encodes `count` units, or up to a NUL, as UTF-8 with a NUL behind it. `text` has room for
 * 3 * count + 1 bytes. Lone surrogates become U+FFFD. Returns the length in bytes.
 */
size_t utf16_to_utf8(const uint16_t *units, size_t count, char *text);

#endif
