/* SPDX-License-Identifier: BSD-2-Clause */
/* The origin of a node: the line of the configuration that it was made from, kept in the tree. */
#ifndef MUSTER_ORIGIN_H
#define MUSTER_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/diagnostic.h"
#include "core/config/config.h"
#include "core/tree/tree.h"

/* A property of nodes that compose makes: the line of the configuration that they come from. */
#define ORIGIN_PROPERTY "muster,origin"

/* An empty property of nodes of which an entry could not be read, which is reported already. */
#define FAULTY_PROPERTY "muster,faulty"

/*
 * Takes both properties out of a tree that somebody else wrote: what they say counts only where
 * compose has written them.
 */
void origin_strip(struct tree *tree);

/* Records where a node comes from; returns 0 or a negative libfdt error. */
int origin_set(struct tree *tree, int node, const struct location *origin);

/* As origin_set, with the lines of the entries that become properties. */
int origin_set_entries(struct tree *tree, int node, const struct location *origin,
                       struct config_entry *const *entries, size_t count);

/* The lines that the properties of a node were made from, as origin_entry finds them. */
struct origin_lines {
    const char *bytes; /* in the arena; NULL for a node that was not made from lines */
    size_t size;
};

/* The lines of a node, for when it has no origin property any more. */
struct origin_lines origin_lines_of(struct arena *arena, const void *fdt, int node);

enum origin_part { ORIGIN_KEY, ORIGIN_VALUE };

/*
 * Puts line, column and width of a part of the entry that became a property into *where. False, and
 * *where is as it was, without one.
 */
bool origin_entry(const struct origin_lines *lines, const char *name, enum origin_part part,
                  struct location *where);

/*
 * The place at which a mistake in a node is shown: the line that it was made from, else its path in
 * the tree. The texts belong to the arena or, for `path`, to the caller.
 */
struct location origin_of(struct arena *arena, const void *fdt, int node, const char *path);

#endif
