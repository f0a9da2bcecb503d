/* SPDX-License-Identifier: BSD-2-Clause */
/* Part of stage load: packed kernels are unpacked, since Xen cannot do it, or takes longer. */
#ifndef MUSTER_UNPACK_H
#define MUSTER_UNPACK_H

#include "core/base/workspace.h"
#include "core/memory/regions.h"
#include "core/plan/plan.h"

/*
 * Unpacks the loaded binaries that are packed kernels, each to pages of its own, and gives back
 * those of the file. What is left of such a binary is as if its file had been the kernel itself.
 * Reports what cannot be unpacked, which is not loaded then; false in that case.
 */
bool unpack(const struct workspace *workspace, const struct regions *regions, struct plan *plan);

#endif
