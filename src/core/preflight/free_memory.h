/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory that Xen may give away: RAM, or the static heap, without regions and files. */
#ifndef MUSTER_FREE_MEMORY_H
#define MUSTER_FREE_MEMORY_H

#include "core/preflight/check.h"
#include "core/preflight/page_heap.h"

/* The bytes of [start, start + size) that are RAM, which Xen finds free. */
uint64_t memory_in_ram(const struct check *check, uint64_t start, uint64_t size);

/*
 * Makes a heap the memory that is free before Xen takes any: as much as is free for Xen at last, or
 * only what is free `now`, while the firmware runs. A heap of zeros gets a list in the arena, with
 * room for what comes of taking memory; it has no room without memory.
 */
void free_memory(const struct check *check, bool now, struct page_heap *heap);

/* The addresses from *first up to *last that the machine has memory in. */
void memory_span(const struct check *check, uint64_t *first, uint64_t *last);

#endif
