/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of properties as people write them in a domain section: the forms of a .dts. */
#ifndef MUSTER_VALUE_H
#define MUSTER_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/tree/tree.h"

/* The bytes of a property, or what is wrong with its text. */
struct value {
    const void *bytes; /* in the arena */
    size_t size;
    const char *error; /* NULL when the text is right */
    size_t offset;     /* of the mistake in the text */
    const char *hint;  /* or NULL */
};

/*
 * Reads `text`: a list, separated by commas, of <cells>, "texts" and [bytes]; a bare number, which
 * is one cell; or any other text, which is a string. A cell is a number or a reference, &label or
 * &{/path}, to a node of `tree`, which gets a phandle if it has none. False on a mistake, which
 * `value` then tells, or without memory.
 */
bool value_parse(struct tree *tree, const char *text, struct value *value);

/*
 * Reads an amount of memory: a number of KiB, or of the unit that follows it (K, M or G). Writes
 * the two cells that Xen's binding wants. False on a mistake, as value_parse.
 */
bool value_parse_memory(struct arena *arena, const char *text, struct value *value);

#endif
