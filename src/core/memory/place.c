/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage place: an address in free memory for each binary, largest first, from the top down. */
#include "core/memory/place.h"

#include "core/base/text.h"
#include "core/memory/gaps.h"

#define ATTEMPTS 4U                     /* readings of the map, which the firmware changes */
#define SPARE    (8U * LARGE_PAGE_SIZE) /* bytes that the firmware is left */

static const char no_memory[] = "cannot allocate memory for %s: %s";

/* The address for a binary: the one asked for if it is free, else any; 0 if there is none. */
static uint64_t choose(const struct workspace *workspace, const struct gaps *gaps,
                       struct binary *binary)
{
    uint64_t size = binary_pages(binary) * PAGE_SIZE;

    if (binary->has_wanted && binary->wanted % PAGE_SIZE == 0 &&
        gaps_are_free(gaps, binary->wanted, size) &&
        (binary->limit == 0 || binary->wanted + size <= binary->limit))
        return binary->wanted;
    if (binary->has_wanted)
        diagnose(workspace->diagnostics, SEVERITY_NOTE, &binary->where, NULL,
                 "0x%lx, which was asked for, is not free%s; %s goes elsewhere", binary->wanted,
                 binary->wanted % PAGE_SIZE != 0 ? " (it is not page aligned)" : "", binary->name);
    binary->has_wanted = false;
    return gaps_room(gaps, size, PAGE_SIZE, binary->limit);
}

static void report_no_room(const struct workspace *workspace, const struct gaps *gaps,
                           const struct binary *binary)
{
    uint64_t largest = 0;

    for (size_t at = 0; at < gaps->count; at++)
        if (gaps->list[at].end - gaps->list[at].start > largest)
            largest = gaps->list[at].end - gaps->list[at].start;
    diagnose(workspace->diagnostics, SEVERITY_ERROR, &binary->where,
             text_format(workspace->arena, "the largest free stretch is %s%s",
                         text_size(workspace->arena, largest),
                         binary->limit != 0 ? ", and #address-cells = <1> asks for one below 4 GiB"
                                            : ""),
             "no room in memory for %s (%s)", binary->name,
             text_size(workspace->arena, binary->size));
}

static bool place_one(const struct workspace *workspace, const struct regions *regions,
                      struct plan *plan, struct gaps *gaps, struct binary *binary)
{
    const struct platform *platform = workspace->platform;
    enum platform_status status = PLATFORM_BUSY;
    uint64_t pages = binary_pages(binary);

    for (unsigned attempt = 0; attempt < ATTEMPTS && status == PLATFORM_BUSY; attempt++) {
        if (gaps->list == NULL && !gaps_find(workspace, regions, plan, gaps))
            return false;
        binary->address = choose(workspace, gaps, binary);
        if (binary->address == 0) {
            report_no_room(workspace, gaps, binary);
            return true;
        }
        status = platform->claim_pages(platform->context, binary->address, pages, MEMORY_TRANSIENT,
                                       &binary->memory);
        if (status == PLATFORM_BUSY)
            gaps->list = NULL;
    }
    binary->is_placed = status == PLATFORM_OK;
    if (binary->is_placed)
        gaps_cut(gaps, binary->address, binary->address + pages * PAGE_SIZE);
    else
        diagnose(workspace->diagnostics, SEVERITY_ERROR, &binary->where, NULL, no_memory,
                 binary->name, platform_status_text(status));
    return true;
}

bool place_again(const struct workspace *workspace, const struct regions *regions,
                 struct plan *plan, struct binary *binary)
{
    struct gaps gaps = {0};

    binary->is_placed = false;
    return place_one(workspace, regions, plan, &gaps, binary) && binary->is_placed;
}

enum platform_status place_pages(const struct workspace *workspace, const struct regions *regions,
                                 struct plan *plan, uint64_t pages, uint64_t *address,
                                 void **memory)
{
    const struct platform *platform = workspace->platform;
    enum platform_status status = PLATFORM_BUSY;

    for (unsigned attempt = 0; attempt < ATTEMPTS && status == PLATFORM_BUSY; attempt++) {
        struct gaps gaps = {0};

        if (!gaps_find(workspace, regions, plan, &gaps))
            return PLATFORM_NO_MEMORY;
        *address = gaps_room(&gaps, pages * PAGE_SIZE, PAGE_SIZE, 0);
        if (*address == 0)
            return PLATFORM_NO_MEMORY;
        status =
            platform->claim_pages(platform->context, *address, pages, MEMORY_TRANSIENT, memory);
    }
    return status;
}

/* True if `left` is to be placed before `right`. */
static bool goes_first(const struct binary *left, const struct binary *right)
{
    if (left->has_wanted != right->has_wanted)
        return left->has_wanted;
    if ((left->limit != 0) != (right->limit != 0))
        return left->limit != 0;
    return left->size > right->size;
}

/* The binary to place next, or NULL. Binaries are at most a few dozen. */
static struct binary *next_binary(struct plan *plan)
{
    struct binary *next = NULL;

    for (struct binary *each = plan->binaries; each != NULL; each = each->next)
        if (each->file != NULL && each->size != 0 && each->address == 0 &&
            (next == NULL || goes_first(each, next)))
            next = each;
    return next;
}

/* The work of place_hold; its guards are allocated beforehand, so that nothing is between them. */
struct holding {
    const struct workspace *workspace;
    const struct regions *regions;
    struct plan *plan;
    struct guard *guards;
    size_t count;
    size_t capacity;
    bool is_outdated; /* something was not as the map says */
};

/* True if a region is one that somebody's module is in, which Xen gives back once it is used. */
static bool has_module(const struct regions *regions, const struct region *region)
{
    for (const struct region *each = regions->first; each != NULL; each = each->next)
        if (each->kind == REGION_MODULE && each->start < region->start + region->size &&
            region->start < each->start + each->size)
            return true;
    return false;
}

/*
 * The kind of memory that a region becomes. Xen deletes all /memreserve/ entries, so what they keep
 * has to be reserved in the memory map; everything else it reads in the tree, and expects in RAM.
 */
static enum memory_kind kind_for(const struct holding *holding, const struct region *region)
{
    return region->kind == REGION_RESERVE_ENTRY && !has_module(holding->regions, region)
               ? MEMORY_RESERVED
               : MEMORY_TRANSIENT;
}

/*
 * Holds the part of a region that is free; what somebody else has by now cannot be held. Pages
 * that are partly in the region are held, too: where a module ends within a page and the map of
 * memory goes on behind it, Xen takes that page for free. False after reporting why not.
 */
static bool hold(struct holding *holding, const struct region *region,
                 const struct memory_region *free)
{
    const struct platform *platform = holding->workspace->platform;
    uint64_t free_end = free->start + free->size;
    uint64_t start = page_start(region->start);
    uint64_t end = region->start + region->size;
    struct guard *guard = &holding->guards[holding->count];
    enum platform_status status;
    void *memory;

    if (start < free->start)
        start = free->start;
    end = end < free_end ? page_end(end) : free_end;
    if (start >= end || holding->count == holding->capacity)
        return true;
    *guard = (struct guard){start, (end - start) / PAGE_SIZE, holding->plan->guards};
    status = platform->claim_pages(platform->context, start, guard->pages,
                                   kind_for(holding, region), &memory);
    if (status == PLATFORM_OK) {
        holding->plan->guards = guard;
        holding->count++;
        return true;
    }
    if (status == PLATFORM_BUSY)
        holding->is_outdated = true;
    else
        diagnose(holding->workspace->diagnostics, SEVERITY_ERROR, &region->where, NULL, no_memory,
                 "what must stay free", platform_status_text(status));
    return status == PLATFORM_BUSY;
}

static bool hold_all(struct holding *holding, const struct memory_map *map)
{
    const struct region *region = holding->regions->first;

    for (; region != NULL; region = region->next)
        for (size_t at = 0; at < map->count; at++)
            if (map->regions[at].kind == MEMORY_FREE && !hold(holding, region, &map->regions[at]))
                return false;
    return true;
}

bool place_hold(const struct workspace *workspace, const struct regions *regions, struct plan *plan)
{
    struct holding holding = {
        .workspace = workspace,
        .regions = regions,
        .plan = plan,
        .is_outdated = regions->first != NULL,
    };

    for (unsigned attempt = 0; attempt < ATTEMPTS && holding.is_outdated; attempt++) {
        struct memory_map map;

        /* Each guard ends where a region or a free stretch ends, and no two overlap. */
        holding.guards = memory_map_read_for(workspace, &map, regions->count,
                                             sizeof(*holding.guards), &holding.capacity);
        holding.count = 0;
        holding.is_outdated = false;
        if (holding.guards == NULL || !hold_all(&holding, &map))
            return false;
    }
    return true;
}

/* Has the smallest binary placed where the first stretch of memory is to end. */
static void end_first_stretch(const struct gaps *gaps, struct plan *plan)
{
    const struct gap *first = gaps->list;
    struct binary *smallest = NULL;

    for (struct binary *each = plan->binaries; each != NULL; each = each->next)
        if (each->size != 0 && !each->has_wanted &&
            (smallest == NULL || each->size < smallest->size))
            smallest = each;
    if (smallest == NULL || gaps->count == 0 || first->end - first->start < 2 * plan->first_stretch)
        return;
    smallest->wanted = page_end(first->start + plan->first_stretch);
    smallest->has_wanted = true;
}

/* Takes what is free of the large page in which a binary begins, unless memory is scarce. */
static void hold_rest(const struct workspace *workspace, struct plan *plan, const struct gaps *gaps,
                      uint64_t end)
{
    const struct platform *platform = workspace->platform;
    uint64_t bytes = end % LARGE_PAGE_SIZE;
    struct guard *guard;
    void *memory;

    if (bytes == 0 || !gaps_are_free(gaps, end - bytes - SPARE, bytes + SPARE))
        return;
    guard = arena_allocate(workspace->arena, sizeof(*guard));
    if (guard == NULL)
        return;
    *guard = (struct guard){end - bytes, bytes / PAGE_SIZE, plan->guards};
    if (platform->claim_pages(platform->context, guard->address, guard->pages, MEMORY_TRANSIENT,
                              &memory) == PLATFORM_OK)
        plan->guards = guard;
}

bool place(const struct workspace *workspace, const struct regions *regions, struct plan *plan)
{
    size_t errors = workspace->diagnostics->counts[SEVERITY_ERROR];
    struct gaps gaps = {0};
    struct binary *binary;

    if (!place_hold(workspace, regions, plan))
        return false;
    if (plan->xen.file != NULL && plan->xen.size != 0 &&
        !place_one(workspace, regions, plan, &gaps, &plan->xen))
        return false;
    if (plan->first_stretch != 0) {
        if (gaps.list == NULL && !gaps_find(workspace, regions, plan, &gaps))
            return false;
        end_first_stretch(&gaps, plan);
    }
    while ((binary = next_binary(plan)) != NULL &&
           workspace->diagnostics->counts[SEVERITY_ERROR] == errors)
        if (!place_one(workspace, regions, plan, &gaps, binary))
            return false;
    if (workspace->diagnostics->counts[SEVERITY_ERROR] != errors)
        return false;
    for (binary = plan->binaries; binary != NULL; binary = binary->next)
        if (!binary->has_wanted)
            hold_rest(workspace, plan, &gaps, binary->address);
    return true;
}
