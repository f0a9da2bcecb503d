/* SPDX-License-Identifier: BSD-2-Clause */
/* Characters in UTF-8 text of any bytes. */
#ifndef MUSTER_UTF8_H
#define MUSTER_UTF8_H

#include <stddef.h>

/*
 * The bytes of the character that a NUL-terminated text begins with, 1 to 4; 0 where they are no
 * well-formed UTF-8 (Unicode 15, table 3-7).
 */
size_t utf8_length(const char *text);

/* The number of characters in a text; a byte that belongs to none counts as one. */
size_t utf8_count(const char *text);

#endif
