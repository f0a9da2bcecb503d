/* SPDX-License-Identifier: BSD-2-Clause */
/* Part of stage compose: the working tree gets the form that every Xen reads. */
#ifndef MUSTER_NORMALISE_H
#define MUSTER_NORMALISE_H

#include "core/base/workspace.h"
#include "core/tree/tree.h"

/*
 * Edits /chosen, if there is one, and what is below it:
 * - what another boot left behind goes: linux,initrd-start and -end, with a note, and ranges;
 * - a domain that its status switches off goes, with a note, and so do the modules and the shared
 *   memory of a node that is no domain;
 * - addresses of three or four cells become ones of two, in each property that counts them;
 * - a module is a multiboot,module, and every other node has a compatible text.
 * Mistakes are reported; false when the tree cannot be edited.
 */
bool normalise(const struct workspace *workspace, struct tree *tree);

/* True if a node of /chosen has what only domains have: it was to be one, if it is none. */
bool normalise_is_meant(const void *fdt, int node);

#endif
