/* SPDX-License-Identifier: BSD-2-Clause */
/* Ramdisks in gzip, which only Linux unpacks: it stops without them when they are cut off. */
#ifndef MUSTER_RAMDISKS_H
#define MUSTER_RAMDISKS_H

#include "core/system.h"

/*
 * Warns of loaded ramdisks whose gzip data is cut off or damaged, in the system's diagnostics; of
 * the first 64 MiB of them, as more would keep a person waiting. The loader does not look.
 */
void ramdisks_check(struct system *system);

#endif
