/* SPDX-License-Identifier: BSD-2-Clause */
/* Text: formatting, comparing, numbers and the nearest of several names. */
#ifndef MUSTER_TEXT_H
#define MUSTER_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/*
 * Formats into the arena as printf does, with %s, %.*s, %c, %d, %u, %x, %lu, %lx, %zu and %%.
 * Returns the text, owned by the arena, or NULL when that has no memory.
 */
char *text_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *text_format_list(struct arena *arena, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/* True if two texts are equal but for the case of ASCII letters. */
bool text_equal_nocase(const char *left, const char *right);

/* True if `text` begins with `prefix`. */
bool text_starts(const char *text, const char *prefix);

/* True if `text` ends with `ending`. */
bool text_ends(const char *text, const char *ending);

/* The characters of a text before the first one that is among `any`, or before its end. */
size_t text_until(const char *text, const char *any);

/* True if bytes are one text of printable ASCII with its NUL, which is not a number. */
bool text_is_plain(const char *bytes, size_t size);

/* Space, tab, carriage return, vertical tab or form feed: white space within a line. */
bool text_is_space(char character);

/*
 * Reads an unsigned number, decimal or 0x hexadecimal, of `length` characters and nothing else.
 * False when it is not a number or needs more than 64 bits.
 */
bool text_to_number(const char *text, size_t length, uint64_t *number);

/*
 * A size with a binary unit and at most one decimal, such as "27.3 MiB", in the arena; NULL without
 * memory.
 */
const char *text_size(struct arena *arena, uint64_t bytes);

/* The search for the name most like the one that was written; start with {.wanted = …}. */
struct nearest {
    const char *wanted;
    const char *name;  /* best so far, NULL if none is near enough */
    unsigned distance; /* its edit distance */
    unsigned compared; /* candidates so far; a search of a hostile input has to end */
};

/*
 * Offers a candidate, which must live as long as the search. Only a name that differs by at most a
 * third of its letters counts as near; case alone counts as no difference.
 */
void nearest_offer(struct nearest *nearest, const char *candidate);

/* Edit distance (Levenshtein with transpositions) without case; at most 255, for texts to 63. */
unsigned text_distance(const char *left, const char *right);

#endif
