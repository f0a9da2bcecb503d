/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory that Xen may give away: RAM, or the static heap, without regions and files. */
#include "core/preflight/free_memory.h"

#define PARTS_MORE 256U /* gaps that come of taking memory */

/* Bytes of [start, start + size) that are in [from, from + bytes). */
static uint64_t common(uint64_t start, uint64_t size, uint64_t from, uint64_t bytes)
{
    uint64_t low = start > from ? start : from;
    uint64_t high = start + size < from + bytes ? start + size : from + bytes;

    return low < high ? high - low : 0;
}

uint64_t memory_in_ram(const struct check *check, uint64_t start, uint64_t size)
{
    const struct memory_map *map = check->finished->map;
    uint64_t bytes = 0;

    for (size_t at = 0; at < map->count; at++)
        if (map->regions[at].kind == MEMORY_FREE || map->regions[at].kind == MEMORY_TRANSIENT)
            bytes += common(start, size, map->regions[at].start, map->regions[at].size);
    return bytes;
}

/* Adds the static heap. False if there is none. */
static bool add_static_heap(const struct check *check, struct page_heap *heap)
{
    const struct region *each = check->finished->regions->first;

    for (; each != NULL; each = each->next)
        if (each->kind == REGION_STATIC_HEAP)
            page_heap_add(heap, each->start, each->start + each->size);
    return heap->gaps.count != 0;
}

static void add_ram(const struct check *check, bool now, struct page_heap *heap)
{
    const struct memory_map *map = check->finished->map;

    for (size_t at = 0; at < map->count; at++)
        if (map->regions[at].kind == MEMORY_FREE ||
            (map->regions[at].kind == MEMORY_TRANSIENT && !now))
            page_heap_add(heap, map->regions[at].start,
                          map->regions[at].start + map->regions[at].size);
}

void free_memory(const struct check *check, bool now, struct page_heap *heap)
{
    const struct regions *regions = check->finished->regions;

    heap->gaps.count = 0;
    if (heap->gaps.list == NULL) {
        size_t most = check->finished->map->count + 2 * regions->count + check->plan->module_count +
                      PARTS_MORE;

        heap->gaps.list = arena_array(check->arena, most, sizeof(*heap->gaps.list));
        heap->gaps.capacity = heap->gaps.list != NULL ? most : 0;
    }
    /* Xen looks at nothing else that lies in the static heap. */
    if (!now && add_static_heap(check, heap))
        return;
    add_ram(check, now, heap);
    for (const struct region *each = regions->first; each != NULL; each = each->next)
        gaps_cut(&heap->gaps, each->start, each->start + each->size);
    for (const struct binary *each = check->plan->binaries; each != NULL; each = each->next)
        if (each->is_placed)
            gaps_cut(&heap->gaps, each->address, each->address + binary_pages(each) * PAGE_SIZE);
}

void memory_span(const struct check *check, uint64_t *first, uint64_t *last)
{
    const struct memory_map *map = check->finished->map;

    *first = UINT64_MAX;
    *last = 0;
    for (size_t at = 0; at < map->count; at++)
        if (map->regions[at].kind != MEMORY_DEVICE) {
            uint64_t end = map->regions[at].start + map->regions[at].size;

            *first = map->regions[at].start < *first ? map->regions[at].start : *first;
            *last = end > *last ? end : *last;
        }
}
