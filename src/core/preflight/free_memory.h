/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory that Xen may give away: RAM, or the static heap, without regions and files. */
#ifndef MUSTER_FREE_MEMORY_H
#define MUSTER_FREE_MEMORY_H

#include "core/preflight/check.h"

/* The bytes of [start, start + size) that are RAM, which Xen finds free. */
uint64_t memory_in_ram(const struct check *check, uint64_t start, uint64_t size);

/* True if all of [start, start + size) is free: no region and no binary lies in it. */
bool memory_is_free(const struct check *check, uint64_t start, uint64_t size);

/* The number of pieces that free memory is in; Xen and its tree cut it further. */
size_t memory_pieces(const struct check *check);

#endif
