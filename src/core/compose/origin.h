/* SPDX-License-Identifier: BSD-2-Clause */
/* The origin of a node: the line of the configuration that it was made from, kept in the tree. */
#ifndef MUSTER_ORIGIN_H
#define MUSTER_ORIGIN_H

#include "core/base/diagnostic.h"
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

/*
 * The place at which a mistake in a node is shown: the line that it was made from, else its path in
 * the tree. The texts belong to the arena or, for `path`, to the caller.
 */
struct location origin_of(struct arena *arena, const void *fdt, int node, const char *path);

#endif
