/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage place: an address in free memory for each binary, largest first, from the top down. */
#include "core/memory/place.h"

#include "core/base/text.h"
#include "core/memory/gaps.h"

#define ATTEMPTS  4U                     /* readings of the map, which the firmware changes */
#define SPARE     (8U * LARGE_PAGE_SIZE) /* bytes that the firmware is left below a block */
#define PAGES_MAX ((uint64_t)1 << 40)    /* more than any machine has */

static const char no_memory[] = "cannot allocate memory for %s: %s";

/* Has a binary that asks for an address do without, after a note, if that is not free. */
static void check_wanted(const struct workspace *workspace, const struct gaps *gaps,
                         struct binary *binary)
{
    uint64_t size = binary_pages(binary) * PAGE_SIZE;

    if (!binary->has_wanted ||
        (binary->wanted % PAGE_SIZE == 0 && gaps_are_free(gaps, binary->wanted, size) &&
         (binary->limit == 0 || binary->wanted + size <= binary->limit)))
        return;
    diagnose(workspace->diagnostics, SEVERITY_NOTE, &binary->where, NULL,
             "0x%lx, which was asked for, is not free%s; %s goes elsewhere", binary->wanted,
             binary->wanted % PAGE_SIZE != 0 ? " (it is not page aligned)" : "", binary->name);
    binary->has_wanted = false;
}

/* The address for a binary: the one asked for if it is free, else any; 0 if there is none. */
static uint64_t choose(const struct workspace *workspace, const struct gaps *gaps,
                       struct binary *binary)
{
    check_wanted(workspace, gaps, binary);
    return binary->has_wanted
               ? binary->wanted
               : gaps_room(gaps, binary_pages(binary) * PAGE_SIZE, PAGE_SIZE, binary->limit);
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

/* Places a binary alone. False after reporting why not, or without memory. */
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
            return false;
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
    return binary->is_placed;
}

bool place_again(const struct workspace *workspace, const struct regions *regions,
                 struct plan *plan, struct binary *binary)
{
    struct gaps gaps = {0};

    binary->is_placed = false;
    binary->is_in_block = false;
    return place_one(workspace, regions, plan, &gaps, binary);
}

/* Takes pages that the plan holds to its end. */
static enum platform_status take(const struct workspace *workspace, struct plan *plan,
                                 uint64_t address, uint64_t pages, void **memory)
{
    const struct platform *platform = workspace->platform;
    struct guard *guard = arena_allocate(workspace->arena, sizeof(*guard));
    enum platform_status status;

    if (guard == NULL)
        return PLATFORM_NO_MEMORY;
    status = platform->claim_pages(platform->context, address, pages, MEMORY_TRANSIENT, memory);
    if (status == PLATFORM_OK) {
        *guard = (struct guard){address, pages, plan->guards};
        plan->guards = guard;
    }
    return status;
}

enum platform_status place_pages(const struct workspace *workspace, const struct regions *regions,
                                 struct plan *plan, uint64_t pages, uint64_t *address,
                                 void **memory)
{
    enum platform_status status = PLATFORM_BUSY;

    if (pages <= plan->rest.pages) {
        plan->rest.pages -= pages;
        *address = plan->rest.address + plan->rest.pages * PAGE_SIZE;
        *memory = (char *)plan->rest_memory + plan->rest.pages * PAGE_SIZE;
        return PLATFORM_OK;
    }
    for (unsigned attempt = 0; attempt < ATTEMPTS && status == PLATFORM_BUSY; attempt++) {
        struct gaps gaps = {0};

        if (!gaps_find(workspace, regions, plan, &gaps))
            return PLATFORM_NO_MEMORY;
        *address = gaps_room(&gaps, pages * PAGE_SIZE, PAGE_SIZE, 0);
        if (*address == 0)
            return PLATFORM_NO_MEMORY;
        status = take(workspace, plan, *address, pages, memory);
    }
    return status;
}

/* True if a binary still has to be placed. */
static bool is_pending(const struct binary *binary)
{
    return binary->file != NULL && binary->size != 0 && binary->address == 0;
}

/* True if two binaries may lie in one block. */
static bool are_alike(const struct binary *left, const struct binary *right)
{
    return !left->has_wanted && !right->has_wanted && left->limit == right->limit;
}

/* True if `left` is to be placed before `right`; Xen's file stands before the others. */
static bool goes_first(const struct plan *plan, const struct binary *left,
                       const struct binary *right)
{
    if (left->has_wanted != right->has_wanted)
        return left->has_wanted;
    if (right == &plan->xen)
        return false;
    if ((left->limit != 0) != (right->limit != 0))
        return left->limit != 0;
    return left->size > right->size;
}

/*
 * The binary to place next, or NULL; of those that may lie in the block of `like`, if there is one.
 * Binaries are at most a few dozen.
 */
static struct binary *next_binary(struct plan *plan, const struct binary *like)
{
    struct binary *next = NULL;

    for (struct binary *each = &plan->xen; each != NULL; each = each->next)
        if (is_pending(each) && (like == NULL || are_alike(each, like)) &&
            (next == NULL || goes_first(plan, each, next)))
            next = each;
    return next;
}

/* Bytes of the large pages for `first` and all that may lie in its block; 0 for too many. */
static uint64_t block_size(const struct plan *plan, const struct binary *first)
{
    uint64_t pages = 0;

    for (const struct binary *each = &plan->xen; each != NULL; each = each->next)
        if (is_pending(each) && are_alike(each, first))
            pages += binary_pages(each);
    if (pages > PAGES_MAX)
        return 0;
    return (pages * PAGE_SIZE + LARGE_PAGE_SIZE - 1) / LARGE_PAGE_SIZE * LARGE_PAGE_SIZE;
}

/*
 * Places `first` and all that may lie in its block, from the block's end down. It is of whole large
 * pages, as Xen and the firmware map it, and one stretch of memory to both: Xen compares each
 * module with each stretch. False where memory is scarce, or not as the map says any more.
 */
static bool place_block(const struct workspace *workspace, struct plan *plan, struct gaps *gaps,
                        const struct binary *first)
{
    uint64_t size = block_size(plan, first);
    uint64_t start = size != 0 ? gaps_room(gaps, size + SPARE, LARGE_PAGE_SIZE, first->limit) : 0;
    struct binary *binary;
    void *memory;

    if (start == 0)
        return false;
    start += SPARE;
    if (take(workspace, plan, start, size / PAGE_SIZE, &memory) != PLATFORM_OK) {
        gaps->list = NULL;
        return false;
    }
    gaps_cut(gaps, start, start + size);
    while ((binary = next_binary(plan, first)) != NULL) {
        size -= binary_pages(binary) * PAGE_SIZE;
        binary->address = start + size;
        binary->memory = (char *)memory + size;
        binary->is_placed = true;
        binary->is_in_block = true;
    }
    plan->rest = (struct guard){.address = start, .pages = size / PAGE_SIZE};
    plan->rest_memory = memory;
    return true;
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

/* Drops limits that no free memory is above, so that they part no block. */
static void drop_limits(const struct gaps *gaps, struct plan *plan)
{
    for (struct binary *each = plan->binaries; each != NULL; each = each->next)
        if (gaps->count != 0 && gaps->list[gaps->count - 1].end <= each->limit)
            each->limit = 0;
}

bool place(const struct workspace *workspace, const struct regions *regions, struct plan *plan)
{
    struct gaps gaps = {0};
    struct binary *binary;

    if (!place_hold(workspace, regions, plan))
        return false;
    if (!gaps_find(workspace, regions, plan, &gaps))
        return false;
    if (plan->first_stretch != 0)
        end_first_stretch(&gaps, plan);
    drop_limits(&gaps, plan);
    plan->xen.next = plan->binaries;
    while ((binary = next_binary(plan, NULL)) != NULL) {
        if (gaps.list == NULL && !gaps_find(workspace, regions, plan, &gaps))
            return false;
        check_wanted(workspace, &gaps, binary);
        if ((binary->has_wanted || !place_block(workspace, plan, &gaps, binary)) &&
            !place_one(workspace, regions, plan, &gaps, binary))
            return false;
    }
    return true;
}
