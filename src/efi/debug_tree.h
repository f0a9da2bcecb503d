/* SPDX-License-Identifier: BSD-2-Clause */
/* For -debug: the finished device tree as a file beside the loader. */
#ifndef MUSTER_DEBUG_TREE_H
#define MUSTER_DEBUG_TREE_H

#include "core/system.h"
#include "efi/firmware.h"

/*
 * Writes the system's tree to muster-tree.dtb in the loader's directory, over an earlier one,
 * without the seeds that it has for the kernels' random numbers: a domain may read the partition.
 * If that cannot be done, a warning is printed.
 */
void debug_tree_write(const struct firmware *firmware, struct system *system);

#endif
