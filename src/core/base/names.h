/* SPDX-License-Identifier: BSD-2-Clause */
/* Names: a table from texts to values. */
#ifndef MUSTER_NAMES_H
#define MUSTER_NAMES_H

#include <stdbool.h>

struct arena;
struct name_entry;

#define NAMES_LISTS 64U

struct names {
    struct arena *arena;
    bool ignore_case;
    struct name_entry *lists[NAMES_LISTS]; /* one for each hash */
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
