/* SPDX-License-Identifier: BSD-2-Clause */
/* Part of stage compose: sections of the configuration become domain nodes of the tree. */
#ifndef MUSTER_DOMAINS_H
#define MUSTER_DOMAINS_H

#include "core/base/workspace.h"
#include "core/config/choose.h"
#include "core/tree/tree.h"

/*
 * Adds a node under /chosen for each section that `section`'s domains= names, in that order.
 * Mistakes are reported; false when one leaves the tree incomplete, or without memory.
 */
bool domains_compose(const struct workspace *workspace, const struct boot_section *section,
                     struct tree *tree);

#endif
