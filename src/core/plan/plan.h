/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage plan: the domains and modules of the working tree, and the binaries that they need. */
#ifndef MUSTER_PLAN_H
#define MUSTER_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/workspace.h"
#include "core/config/choose.h"
#include "core/plan/parts.h"
#include "core/tree/tree.h"

/*
 * Finds the domains and modules of a tree that has /chosen, and opens each binary that they need
 * once. Mistakes are reported and the plan holds what is left; it has dom0 in any case. False when
 * there are more than PLAN_NODES_MAX, or without memory. The caller ends the plan with plan_release
 * in any case.
 */
bool plan_make(const struct workspace *workspace, const struct boot_section *section,
               const struct tree *tree, struct plan *plan);

/* Closes files and returns pages that the plan still holds. */
void plan_release(const struct workspace *workspace, struct plan *plan);

#endif
