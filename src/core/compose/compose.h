/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage compose: whatever describes the system becomes one working tree. */
#ifndef MUSTER_COMPOSE_H
#define MUSTER_COMPOSE_H

#include "core/base/workspace.h"
#include "core/config/config.h"
#include "core/tree/tree.h"

/* A property of nodes that compose makes: the line of the configuration that they come from. */
#define ORIGIN_PROPERTY "muster,origin"

/* An empty property of nodes of which an entry could not be read, which is reported already. */
#define FAULTY_PROPERTY "muster,faulty"

/* What compose starts from. */
struct sources {
    const struct boot_section *section;
    const void *firmware_tree; /* NULL when the firmware has none */
    size_t firmware_tree_size; /* upper bound of its size in bytes, 0 for TREE_SIZE_MAX */
    const char *xen_options;   /* to append to Xen's command line, or NULL */
    bool sealed;               /* the firmware's tree is to describe the machine alone */
};

/*
 * Makes the working tree: the base tree (dtb=, else the firmware's), the overlays, the modules of
 * dom0, the domains= sections and Xen's command line. Mistakes are reported; false when no tree
 * came of it.
 */
bool compose(const struct workspace *workspace, const struct sources *sources, struct tree *tree);

/*
 * Adds a module node called `name` under `parent` for a binary (key or file), with its compatible
 * type ("multiboot,kernel" …) and, if not NULL, its command line. Returns its offset or a negative
 * libfdt error.
 */
int compose_module(struct tree *tree, int parent, const char *name, const char *type,
                   const char *binary, const char *bootargs, const struct location *origin);

/* Whether an edit of the tree went well; reports what the tree cannot take, if it did not. */
bool compose_edited(const struct workspace *workspace, const struct location *where, int result);

/* Records where a node comes from; returns 0 or a negative libfdt error. */
int compose_set_origin(struct tree *tree, int node, const struct location *origin);

/*
 * Where a mistake in a node is to be shown: the line that it was made from, else its path in the
 * tree. The texts belong to the arena or, for `path`, to the caller.
 */
struct location compose_origin(struct arena *arena, const void *fdt, int node, const char *path);

#endif
