/* SPDX-License-Identifier: BSD-2-Clause */
/* The gaps: what the memory map says is free, less what is not to be used. */
#include "core/memory/gaps.h"

static void add_gap(struct gaps *gaps, uint64_t start, uint64_t end)
{
    if (start < end && gaps->count < gaps->capacity)
        gaps->list[gaps->count++] = (struct gap){start, end};
}

void gaps_cut(struct gaps *gaps, uint64_t start, uint64_t end)
{
    size_t count = gaps->count;

    start = page_start(start);
    end = page_end(end);
    for (size_t at = 0; at < count; at++) {
        struct gap *gap = &gaps->list[at];
        uint64_t gap_end = gap->end;

        if (gap->end <= start || end <= gap->start)
            continue;
        gap->end = gap->start < start ? start : gap->start;
        add_gap(gaps, end, gap_end);
    }
}

/*
 * If a gap has more room than `bytes` up to the end of a large page, it ends there: the rest is
 * for the firmware, which would else take small parts below what is placed.
 */
static void round_gaps(struct gaps *gaps, uint64_t bytes)
{
    for (size_t at = 0; at < gaps->count; at++) {
        struct gap *gap = &gaps->list[at];
        uint64_t end = gap->end - gap->end % LARGE_PAGE_SIZE;

        if (end > gap->start && end - gap->start > bytes)
            gap->end = end;
    }
}

bool gaps_find(const struct workspace *workspace, const struct regions *regions, struct plan *plan,
               struct gaps *gaps)
{
    struct memory_map map;
    size_t binaries = 2;
    uint64_t bytes = binary_pages(&plan->xen) * PAGE_SIZE;
    bool is_first = !plan->xen.is_placed;

    for (struct binary *binary = plan->binaries; binary != NULL; binary = binary->next) {
        binaries++;
        bytes += binary_pages(binary) * PAGE_SIZE;
        if (binary->is_placed || binary->has_wanted)
            is_first = false;
    }
    /* Gaps are disjoint, so a cut splits at most one of them in two. */
    gaps->count = 0;
    gaps->list = memory_map_read_for(workspace, &map, regions->count + binaries,
                                     sizeof(*gaps->list), &gaps->capacity);
    if (gaps->list == NULL)
        return false;
    for (size_t at = 0; at < map.count; at++)
        if (map.regions[at].kind == MEMORY_FREE)
            add_gap(gaps, map.regions[at].start, map.regions[at].start + map.regions[at].size);
    /* Address 0 is a null pointer to much code, so its page is left alone. */
    gaps_cut(gaps, 0, PAGE_SIZE);
    for (const struct region *region = regions->first; region != NULL; region = region->next)
        gaps_cut(gaps, region->start, region->start + region->size);
    if (is_first)
        round_gaps(gaps, bytes);
    return true;
}

uint64_t gaps_room(const struct gaps *gaps, uint64_t size, uint64_t limit)
{
    uint64_t best = 0;

    for (size_t at = 0; at < gaps->count; at++) {
        const struct gap *gap = &gaps->list[at];
        uint64_t end = limit != 0 && gap->end > limit ? limit : gap->end;

        if (end > gap->start && end - gap->start >= size && end - size > best)
            best = end - size;
    }
    return best;
}

bool gaps_are_free(const struct gaps *gaps, uint64_t start, uint64_t size)
{
    for (size_t at = 0; at < gaps->count; at++)
        if (gaps->list[at].start <= start && start < gaps->list[at].end &&
            gaps->list[at].end - start >= size)
            return true;
    return false;
}
