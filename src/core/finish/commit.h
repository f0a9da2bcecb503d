/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage commit: the tree learns where the binaries are, in the form that Xen reads. */
#ifndef MUSTER_COMMIT_H
#define MUSTER_COMMIT_H

#include "core/base/workspace.h"
#include "core/finish/event_log.h"
#include "core/plan/plan.h"
#include "core/tree/tree.h"

/*
 * Writes reg, compatible and name of every module whose binary is placed, adds missing cells
 * properties as 2 and 2, removes the properties that only the loader reads, tells of the TPM's log,
 * and packs the tree. The plan's nodes are looked up again. Reports what does not fit; false then,
 * or without memory.
 */
bool commit(const struct workspace *workspace, struct plan *plan, const struct event_log *log,
            struct tree *tree);

#endif
