/* SPDX-License-Identifier: BSD-2-Clause */
/* Part of stage plan: finding the nodes of domains and modules in the working tree. */
#ifndef MUSTER_NODES_H
#define MUSTER_NODES_H

#include "core/base/workspace.h"
#include "core/plan/parts.h"
#include "core/tree/tree.h"

#define PLAN_NODES_MAX 256U /* domains, and modules, that a plan may have; Xen takes fewer */

/*
 * Fills in the domains and modules of the plan from a tree that has /chosen; dom0 is the first
 * domain in any case. Mistakes are reported. False when there are more than PLAN_NODES_MAX, or
 * without memory.
 */
bool nodes_find(const struct workspace *workspace, const struct tree *tree, struct plan *plan);

/* Looks the nodes of all domains and modules up again after the tree was edited. */
void nodes_locate(const struct tree *tree, struct plan *plan);

#endif
