/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage preflight: everything that Xen would refuse or panic on, checked before it is started. */
#ifndef MUSTER_PREFLIGHT_H
#define MUSTER_PREFLIGHT_H

#include "core/base/workspace.h"
#include "core/memory/place.h"
#include "core/memory/regions.h"
#include "core/plan/plan.h"
#include "core/tree/tree.h"

/* What preflight knows of the machine and of the system to boot. */
struct subject {
    const struct plan *plan;
    const struct tree *tree;
    const struct regions *regions;
    const struct memory_map *map; /* as it was before anything was placed */
    unsigned exception_level;     /* that the loader runs at, 0 if not known */
    bool is_forced;               /* errors are warnings: the person wants to see what Xen does */
};

/* Reports every mistake that it finds. See docs/preflight.md for the list. */
void preflight(const struct workspace *workspace, const struct subject *subject);

#endif
