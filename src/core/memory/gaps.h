/* SPDX-License-Identifier: BSD-2-Clause */
/* The gaps: free memory in which something can be placed. */
#ifndef MUSTER_GAPS_H
#define MUSTER_GAPS_H

#include <stdbool.h>

#include "core/memory/memory_map.h"
#include "core/memory/regions.h"
#include "core/plan/plan.h"

#define LARGE_PAGE_SIZE (2U * 1024U * 1024U) /* bytes of a page that Xen maps as a whole */

/* A stretch of memory that is free: [start, end), which is not empty. */
struct gap {
    uint64_t start;
    uint64_t end;
    unsigned turn; /* for the user: when it became free */
};

/* The gaps by address, no two of which overlap. `capacity` bounds their number. */
struct gaps {
    struct gap *list;
    size_t count;
    size_t capacity;
    bool is_full; /* a gap had no room in the list, and is missing */
};

/* Adds a gap, unless it is empty. */
void gaps_add(struct gaps *gaps, uint64_t start, uint64_t end, unsigned turn);

/*
 * Finds the gaps that the map and the regions leave; their list is in the arena. False after
 * reporting why not, or without memory.
 */
bool gaps_find(const struct workspace *workspace, const struct regions *regions, struct plan *plan,
               struct gaps *gaps);

/* Takes [start, end), widened to whole pages, out of every gap; what is left keeps its turn. */
void gaps_cut(struct gaps *gaps, uint64_t start, uint64_t end);

/*
 * The highest multiple of `step` at which `size` bytes fit below `limit` (0 for none); 0 when
 * nowhere.
 */
uint64_t gaps_room(const struct gaps *gaps, uint64_t size, uint64_t step, uint64_t limit);

/* True if [start, start + size) is in one gap. */
bool gaps_are_free(const struct gaps *gaps, uint64_t start, uint64_t size);

#endif
