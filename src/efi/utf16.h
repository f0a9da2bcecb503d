/* SPDX-License-Identifier: BSD-2-Clause */
/* UTF-8 to UTF-16 and back, for texts that cross between core and the firmware. */
#ifndef MUSTER_UTF16_H
#define MUSTER_UTF16_H

#include <efi.h>
#include <stddef.h>

/*
 * Decodes one character at *text, moves *text behind it, and writes one or two units. Bytes that
 * are no UTF-8 become U+FFFD. Returns the number of units. *text must not be at its end.
 */
size_t utf16_from_utf8(const char **text, CHAR16 *units);

/*
 * Encodes `count` units, or up to a NUL, as UTF-8 with a NUL behind it. `text` has room for
 * 3 * count + 1 bytes. Lone surrogates become U+FFFD. Returns the length in bytes.
 */
size_t utf16_to_utf8(const CHAR16 *units, size_t count, char *text);

#endif
