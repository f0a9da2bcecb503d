/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory map of the machine, which changes as the firmware allocates. */
#ifndef MUSTER_MEMORY_MAP_H
#define MUSTER_MEMORY_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/platform.h"
#include "core/base/workspace.h"

/* The machine's memory map. */
struct memory_map {
    struct memory_region *regions;
    size_t count;
    size_t capacity; /* of `regions` */
};

/* Reads the memory map into the arena. False after reporting why not. */
bool memory_map_read(const struct workspace *workspace, struct memory_map *map);

/*
 * Reads the memory map, and allocates an array that has an element of `size` bytes for each region
 * that the map has room for, and `more`; *capacity is their number. The map shows what these
 * allocations have changed. NULL after reporting why not, or without memory.
 */
void *memory_map_read_for(const struct workspace *workspace, struct memory_map *map, size_t more,
                          size_t size, size_t *capacity);

#endif
