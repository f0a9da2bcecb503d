/* SPDX-License-Identifier: BSD-2-Clause */
/* The gaps: free memory in which something can be placed. */
#ifndef MUSTER_GAPS_H
#define MUSTER_GAPS_H

#include "core/memory/memory_map.h"
#include "core/memory/regions.h"
#include "core/plan/plan.h"

#define LARGE_PAGE_SIZE (2U * 1024U * 1024U) /* bytes of a page that Xen maps as a whole */

/* A stretch of memory that is free: [start, end). */
struct gap {
    uint64_t start;
    uint64_t end;
};

/* The gaps, in no order. `capacity` bounds their number. */
struct gaps {
    struct gap *list;
    size_t count;
    size_t capacity;
};

/*
 * Finds the gaps that the map and the regions leave; their list is in the arena. Before anything of
 * the plan is placed, a gap with room for it all ends where a large page does, unless a module asks
 * for an address. False after reporting why not, or without memory.
 */
bool gaps_find(const struct workspace *workspace, const struct regions *regions, struct plan *plan,
               struct gaps *gaps);

/* Takes [start, end), widened to whole pages, out of every gap. */
void gaps_cut(struct gaps *gaps, uint64_t start, uint64_t end);

/* The highest address at which `size` bytes fit below `limit` (0 for none); 0 when nowhere. */
uint64_t gaps_room(const struct gaps *gaps, uint64_t size, uint64_t limit);

/* True if [start, start + size) is in one gap. */
bool gaps_are_free(const struct gaps *gaps, uint64_t start, uint64_t size);

#endif
