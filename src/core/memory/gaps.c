/* SPDX-License-Identifier: BSD-2-Clause */
/* The gaps: what the memory map says is free, less what is not to be used. */
#include "core/memory/gaps.h"

#include <string.h>

void gaps_add(struct gaps *gaps, uint64_t start, uint64_t end, unsigned turn)
{
    size_t at;

    if (start >= end)
        return;
    if (gaps->count == gaps->capacity) {
        gaps->is_full = true;
        return;
    }
    for (at = gaps->count++; at > 0 && gaps->list[at - 1].start > start; at--)
        gaps->list[at] = gaps->list[at - 1];
    gaps->list[at] = (struct gap){start, end, turn};
}

void gaps_cut(struct gaps *gaps, uint64_t start, uint64_t end)
{
    start = page_start(start);
    end = page_end(end);
    for (size_t at = 0; at < gaps->count;) {
        struct gap old = gaps->list[at];

        if (old.end <= start || end <= old.start) {
            at++;
            continue;
        }
        gaps->count--;
        memmove(&gaps->list[at], &gaps->list[at + 1], (gaps->count - at) * sizeof(*gaps->list));
        gaps_add(gaps, old.start, start, old.turn);
        gaps_add(gaps, end, old.end, old.turn);
    }
}

bool gaps_find(const struct workspace *workspace, const struct regions *regions, struct plan *plan,
               struct gaps *gaps)
{
    struct memory_map map;
    size_t binaries = 2;

    for (struct binary *binary = plan->binaries; binary != NULL; binary = binary->next)
        binaries++;
    /* Gaps are disjoint, so a cut splits at most one of them in two. */
    gaps->count = 0;
    gaps->list = memory_map_read_for(workspace, &map, regions->count + binaries,
                                     sizeof(*gaps->list), &gaps->capacity);
    if (gaps->list == NULL)
        return false;
    for (size_t at = 0; at < map.count; at++)
        if (map.regions[at].kind == MEMORY_FREE)
            gaps_add(gaps, map.regions[at].start, map.regions[at].start + map.regions[at].size, 0);
    /* Address 0 is a null pointer to much code, so its page is left alone. */
    gaps_cut(gaps, 0, PAGE_SIZE);
    for (const struct region *region = regions->first; region != NULL; region = region->next)
        gaps_cut(gaps, region->start, region->start + region->size);
    return true;
}

uint64_t gaps_room(const struct gaps *gaps, uint64_t size, uint64_t step, uint64_t limit)
{
    for (size_t at = gaps->count; at-- > 0;) {
        const struct gap *gap = &gaps->list[at];
        uint64_t end = limit != 0 && gap->end > limit ? limit : gap->end;
        uint64_t start = end > size ? (end - size) / step * step : 0;

        if (start >= gap->start && start != 0)
            return start;
    }
    return 0;
}

bool gaps_are_free(const struct gaps *gaps, uint64_t start, uint64_t size)
{
    for (size_t at = 0; at < gaps->count; at++)
        if (gaps->list[at].start <= start && start < gaps->list[at].end &&
            gaps->list[at].end - start >= size)
            return true;
    return false;
}
