/* SPDX-License-Identifier: BSD-2-Clause */
/* Nodes that compose makes: a module, and what is said when the tree cannot take an edit. */
#ifndef MUSTER_NODE_H
#define MUSTER_NODE_H

#include "core/base/workspace.h"
#include "core/config/config.h"
#include "core/tree/tree.h"

/*
 * Adds a module node called `name` under `parent` for a binary (key or file), with its compatible
 * type ("multiboot,kernel" …) and, if not NULL, its command line. Returns its offset or a negative
 * libfdt error.
 */
int node_add_module(struct tree *tree, int parent, const char *name, const char *type,
                    const char *binary, const char *bootargs, const struct location *origin);

/*
 * The property by which a node names its binary, the one that counts first; NULL when it names
 * none.
 */
const char *node_binary_property(const void *fdt, int node);

/* True if a node names its binary; it is a module then, whatever else it says. */
bool node_names_binary(const void *fdt, int node);

/* True for a node with the kind of a module, of today or the older one. */
bool node_has_module_kind(const void *fdt, int node);

/* True for one that has it or names its binary. */
bool node_is_module(const void *fdt, int node);

/*
 * False after reporting that an entry, whose first word is a file, goes on with `rest`: a kernel's
 * command line may, what else makes a module of that type may not.
 */
bool node_is_one_file(const struct workspace *workspace, const struct config_entry *entry,
                      const char *type, const char *rest);

/* True if an edit of the tree went well; else reports what the tree cannot take. */
bool node_edited(const struct workspace *workspace, const struct location *where, int result);

#endif
