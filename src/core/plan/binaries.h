/* SPDX-License-Identifier: BSD-2-Clause */
/* Part of stage plan: resolving the names of modules to binaries, each opened once. */
#ifndef MUSTER_BINARIES_H
#define MUSTER_BINARIES_H

#include "core/base/workspace.h"
#include "core/config/choose.h"
#include "core/plan/parts.h"
#include "core/tree/tree.h"

/* Opens the hypervisor: xen= of the section, else xen.efi. False without memory. */
bool binaries_open_xen(const struct workspace *workspace, const struct boot_section *section,
                       struct plan *plan);

/*
 * Gives each module of the plan the binary that it names, by a key of the section's binary= or by
 * its file, and opens each binary once. Mistakes are reported. False without memory.
 */
bool binaries_resolve(const struct workspace *workspace, const struct boot_section *section,
                      const struct tree *tree, struct plan *plan);

#endif
