/* SPDX-License-Identifier: BSD-2-Clause */
/* Names: a table from texts to values that stays fast whatever names it has, and how many. */
#ifndef MUSTER_NAMES_H
#define MUSTER_NAMES_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct name_node;

struct names {
    struct arena *arena;
    struct name_node *root; /* NULL while it is empty */
    bool ignore_case;
};

/* Starts an empty table in an arena; `ignore_case` compares ASCII letters without their case. */
void names_init(struct names *names, struct arena *arena, bool ignore_case);

/* The value of a name, or NULL. */
void *names_find(const struct names *names, const char *name);

/*
 * Adds a name, which must outlive the table, with a value that is not NULL. Returns the value that
 * the name has now: an earlier one stays. NULL without memory.
 */
void *names_add(struct names *names, const char *name, void *value);

#endif
