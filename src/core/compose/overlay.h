/* SPDX-License-Identifier: BSD-2-Clause */
/* Part of stage compose: device tree overlays are applied to the base tree. */
#ifndef MUSTER_OVERLAY_H
#define MUSTER_OVERLAY_H

#include "core/base/workspace.h"
#include "core/config/choose.h"
#include "core/tree/tree.h"

/*
 * Applies each dtbo= of the section in order. One that does not apply is reported with the
 * fragment and the reason, and leaves the tree as it was; the others are still tried, so that all
 * mistakes come to light. False when any failed.
 */
bool overlays_apply(const struct workspace *workspace, const struct boot_section *section,
                    struct tree *tree);

#endif
