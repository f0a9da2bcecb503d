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
 * False after reporting that an entry, whose first word is a file, goes on with `rest`: a kernel's
 * command line may, what else makes a module of that type may not.
 */
bool node_is_one_file(const struct workspace *workspace, const struct config_entry *entry,
                      const char *type, const char *rest);

/* True if an edit of the tree went well; else reports what the tree cannot take. */
bool node_edited(const struct workspace *workspace, const struct location *where, int result);

#endif
