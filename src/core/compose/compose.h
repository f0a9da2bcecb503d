/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage compose: whatever describes the system becomes one working tree. */
#ifndef MUSTER_COMPOSE_H
#define MUSTER_COMPOSE_H

#include "core/base/workspace.h"
#include "core/config/choose.h"
#include "core/tree/tree.h"

/* The input of compose. */
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

#endif
