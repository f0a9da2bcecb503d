/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory that Xen may give away: RAM, or the static heap, without regions and files. */
#include "core/preflight/free_memory.h"

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

/* Bytes of a stretch that Xen may give away: of the static heap if there is one, else of RAM. */
static uint64_t offered(const struct check *check, uint64_t start, uint64_t size)
{
    const struct region *each = check->finished->regions->first;
    uint64_t bytes = 0;
    bool has_heap = false;

    for (; each != NULL; each = each->next)
        if (each->kind == REGION_STATIC_HEAP) {
            has_heap = true;
            bytes += common(start, size, each->start, each->size);
        }
    return has_heap ? bytes : memory_in_ram(check, start, size);
}

bool memory_is_free(const struct check *check, uint64_t start, uint64_t size)
{
    if (offered(check, start, size) < size)
        return false;
    for (const struct region *each = check->finished->regions->first; each != NULL;
         each = each->next)
        if (each->kind != REGION_RESERVE_ENTRY && each->kind != REGION_STATIC_HEAP &&
            common(start, size, each->start, each->size) != 0)
            return false;
    for (const struct binary *each = check->plan->binaries; each != NULL; each = each->next)
        if (each->is_placed &&
            common(start, size, each->address, binary_pages(each) * PAGE_SIZE) != 0)
            return false;
    return true;
}

/* True if free memory begins at an address. */
static bool begins(const struct check *check, uint64_t address)
{
    return memory_is_free(check, address, PAGE_SIZE) &&
           (address < PAGE_SIZE || !memory_is_free(check, address - PAGE_SIZE, PAGE_SIZE));
}

/* True if an earlier region ends where this one does, as the same shared memory does. */
static bool is_repeated(const struct check *check, const struct region *region)
{
    const struct region *each = check->finished->regions->first;

    while (each != region && each->start + each->size != region->start + region->size)
        each = each->next;
    return each != region;
}

/* Memory begins again behind what lies in it. */
size_t memory_pieces(const struct check *check)
{
    const struct memory_map *map = check->finished->map;
    const struct region *each = check->finished->regions->first;
    size_t count = 0;

    for (size_t at = 0; at < map->count; at++)
        count += begins(check, map->regions[at].start) ? 1 : 0;
    for (; each != NULL; each = each->next)
        if (begins(check, each->start + each->size) && !is_repeated(check, each))
            count++;
    for (const struct binary *file = check->plan->binaries; file != NULL; file = file->next)
        if (file->is_placed && begins(check, file->address + binary_pages(file) * PAGE_SIZE))
            count++;
    return count;
}
