/* SPDX-License-Identifier: BSD-2-Clause */
/* Advice about RAM: what somebody at a workstation can do where the tree may not have all of it. */
#ifndef MUSTER_MEMORY_ADVICE_H
#define MUSTER_MEMORY_ADVICE_H

#include "host/machine/host_memory.h"

struct diagnostics;

/*
 * Adds to the hints of what depends on the machine's RAM how much of that the tree has, and the
 * option that tells of more. The texts are in the arena of the diagnostics.
 */
void memory_advise(const struct diagnostics *diagnostics, const struct host_memory *memory);

#endif
