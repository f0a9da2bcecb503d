/* SPDX-License-Identifier: BSD-2-Clause */
/* Under a seal, a tree of the firmware describes the machine, and not what is started on it. */
#ifndef MUSTER_SEALED_TREE_H
#define MUSTER_SEALED_TREE_H

#include "core/base/workspace.h"
#include "core/tree/tree.h"

/*
 * Takes out of /chosen of the firmware's tree what says what to start and how: modules, domains and
 * other nodes of Xen's, nodes of no stated kind, xen,* properties, command lines and the place of a
 * ramdisk. Each is a warning. Returns 0 or a negative libfdt error.
 */
int sealed_tree_strip(const struct workspace *workspace, struct tree *tree);

/*
 * Compares what /chosen says so after the firmware's fix-ups with `sealed`, the flattened tree from
 * before them, which is valid. A property that was added or changed is put back, and a node that
 * was added is removed, with a warning; a node that was changed or removed is an error. Returns 0
 * or a negative libfdt error.
 */
int sealed_tree_restore(const struct workspace *workspace, const void *sealed, struct tree *tree);

#endif
