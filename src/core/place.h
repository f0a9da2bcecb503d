/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage place: an address in free memory for each binary. */
#ifndef MUSTER_PLACE_H
#define MUSTER_PLACE_H

#include "plan.h"
#include "regions.h"
#include "tree.h"
#include "workspace.h"

/* The machine's memory map. */
struct memory_map {
    struct memory_region *regions;
    size_t count;
    size_t capacity; /* of `regions` */
};

/* Reads the memory map into the arena. False after reporting why not. */
bool memory_map_read(const struct workspace *workspace, struct memory_map *map);

/*
 * Gives each binary of the plan its own whole pages: where its module asks for when that is free
 * (with a note when not), else as high as possible in the memory that is free and that no region
 * of the tree claims. What is free of such regions according to `map` is held, so that neither the
 * firmware nor the start of Xen puts anything there. Reports what has no room; false then.
 */
bool place(const struct workspace *workspace, const struct regions *regions,
           const struct memory_map *map, struct plan *plan);

#endif
