/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage place: an address in free memory for each binary, largest first, from the top down. */
#include "place.h"

#include <string.h>

#include "text.h"

#define MAP_FIRST 128U /* regions that the map is first read into */
#define MAP_MOST  65536U
#define MAP_SLACK 16U /* regions that the firmware may add before the map is read again */
#define ATTEMPTS  4U  /* readings of the map, which changes as the firmware allocates */
#define LARGE     (2U * 1024U * 1024U) /* bytes of a page that Xen maps as a whole */

static const char no_memory[] = "cannot allocate memory for %s: %s";

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

static bool check_map(const struct workspace *workspace, enum platform_status status)
{
    if (status != PLATFORM_OK)
        diagnose(workspace->diagnostics, SEVERITY_ERROR, NULL, NULL,
                 "cannot read the memory map: %s", platform_status_text(status));
    return status == PLATFORM_OK;
}

bool memory_map_read(const struct workspace *workspace, struct memory_map *map)
{
    const struct platform *platform = workspace->platform;
    enum platform_status status = PLATFORM_NO_MEMORY;

    for (size_t capacity = MAP_FIRST; capacity <= MAP_MOST; capacity *= 4) {
        map->count = capacity;
        map->capacity = capacity;
        map->regions = arena_array(workspace->arena, capacity, sizeof(*map->regions));
        if (map->regions == NULL)
            return false;
        status = platform->memory_map(platform->context, map->regions, &map->count);
        if (map->count + MAP_SLACK <= capacity)
            break;
    }
    return check_map(workspace, status);
}

/* Reads the map again where it is, without any allocation that would change it. */
static bool memory_map_refresh(const struct workspace *workspace, struct memory_map *map)
{
    const struct platform *platform = workspace->platform;

    map->count = map->capacity;
    return check_map(workspace, platform->memory_map(platform->context, map->regions, &map->count));
}

static void add_gap(struct gaps *gaps, uint64_t start, uint64_t end)
{
    if (start < end && gaps->count < gaps->capacity)
        gaps->list[gaps->count++] = (struct gap){start, end};
}

/* Takes [start, end), widened to whole pages, out of every gap. */
static void cut(struct gaps *gaps, uint64_t start, uint64_t end)
{
    size_t count = gaps->count;

    start &= ~(uint64_t)(PAGE_SIZE - 1);
    end = end > UINT64_MAX - PAGE_SIZE ? UINT64_MAX
                                       : (end + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
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
 * Where a gap has more room than `bytes`, its end becomes that of a large page, before anything is
 * placed: the rest is for the firmware, which would else take small parts below what is placed.
 */
static void round_gaps(struct gaps *gaps, uint64_t bytes)
{
    for (size_t at = 0; at < gaps->count; at++)
        if (gaps->list[at].end - gaps->list[at].start > bytes + LARGE)
            gaps->list[at].end &= ~(uint64_t)(LARGE - 1);
}

/* The gaps that the map and the regions leave. */
static bool find_gaps(const struct workspace *workspace, const struct regions *regions,
                      struct plan *plan, struct gaps *gaps)
{
    struct memory_map map;
    size_t binaries = 1;
    uint64_t bytes = binary_pages(&plan->xen) * PAGE_SIZE;
    bool is_first = true;

    if (!memory_map_read(workspace, &map))
        return false;
    for (struct binary *binary = plan->binaries; binary != NULL; binary = binary->next) {
        binaries++;
        bytes += binary_pages(binary) * PAGE_SIZE;
        if (binary->is_placed)
            is_first = false;
    }
    /* Gaps are disjoint, so a cut splits at most one of them in two. */
    gaps->count = 0;
    gaps->capacity = map.capacity + regions->count + binaries + 1;
    gaps->list = arena_array(workspace->arena, gaps->capacity, sizeof(*gaps->list));
    /* The list itself may lie in what the map says is free. */
    if (gaps->list == NULL || !memory_map_refresh(workspace, &map))
        return false;
    for (size_t at = 0; at < map.count; at++)
        if (map.regions[at].kind == MEMORY_FREE)
            add_gap(gaps, map.regions[at].start, map.regions[at].start + map.regions[at].size);
    /* Address 0 is a null pointer to much code, so its page is left alone. */
    cut(gaps, 0, PAGE_SIZE);
    for (const struct region *region = regions->first; region != NULL; region = region->next)
        cut(gaps, region->start, region->start + region->size);
    if (is_first)
        round_gaps(gaps, bytes);
    return true;
}

/* The highest address at which `size` bytes fit below `limit` (0 for none); 0 when nowhere. */
static uint64_t find_room(const struct gaps *gaps, uint64_t size, uint64_t limit)
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

static bool is_free(const struct gaps *gaps, uint64_t start, uint64_t size)
{
    for (size_t at = 0; at < gaps->count; at++)
        if (gaps->list[at].start <= start && start < gaps->list[at].end &&
            gaps->list[at].end - start >= size)
            return true;
    return false;
}

/* Where a binary should go now: at the address asked for if it can, else anywhere; 0 if nowhere. */
static uint64_t choose(const struct workspace *workspace, const struct gaps *gaps,
                       struct binary *binary)
{
    uint64_t size = binary_pages(binary) * PAGE_SIZE;

    if (binary->has_wanted && binary->wanted % PAGE_SIZE == 0 &&
        is_free(gaps, binary->wanted, size) &&
        (binary->limit == 0 || binary->wanted + size <= binary->limit))
        return binary->wanted;
    if (binary->has_wanted)
        diagnose(workspace->diagnostics, SEVERITY_NOTE, &binary->where, NULL,
                 "0x%lx, which was asked for, is not free%s; %s goes elsewhere", binary->wanted,
                 binary->wanted % PAGE_SIZE != 0 ? " (it is not page aligned)" : "", binary->name);
    binary->has_wanted = false;
    return find_room(gaps, size, binary->limit);
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
        if (gaps->list == NULL && !find_gaps(workspace, regions, plan, gaps))
            return false;
        binary->address = choose(workspace, gaps, binary);
        if (binary->address == 0) {
            report_no_room(workspace, gaps, binary);
            return true;
        }
        status = platform->claim_pages(platform->context, binary->address, pages, &binary->memory);
        if (status == PLATFORM_BUSY)
            gaps->list = NULL;
    }
    binary->is_placed = status == PLATFORM_OK;
    if (binary->is_placed)
        cut(gaps, binary->address, binary->address + pages * PAGE_SIZE);
    else
        diagnose(workspace->diagnostics, SEVERITY_ERROR, &binary->where, NULL, no_memory,
                 binary->name, platform_status_text(status));
    return true;
}

enum platform_status place_pages(const struct workspace *workspace, const struct regions *regions,
                                 struct plan *plan, uint64_t pages, uint64_t *address,
                                 void **memory)
{
    const struct platform *platform = workspace->platform;
    enum platform_status status = PLATFORM_BUSY;

    for (unsigned attempt = 0; attempt < ATTEMPTS && status == PLATFORM_BUSY; attempt++) {
        struct gaps gaps;

        if (!find_gaps(workspace, regions, plan, &gaps))
            return PLATFORM_NO_MEMORY;
        *address = find_room(&gaps, pages * PAGE_SIZE, 0);
        if (*address == 0)
            return PLATFORM_NO_MEMORY;
        status = platform->claim_pages(platform->context, *address, pages, memory);
    }
    return status;
}

/* Whether `left` is to be placed before `right`. */
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

/* Guards that are filled one after the other, so that nothing is allocated between them. */
struct holding {
    struct guard *list;
    size_t count;
    size_t capacity;
};

/*
 * Holds the part of a region that is free; what somebody else has by now cannot be held. Pages
 * that are partly in the region are held, too: where a module ends within a page and the map of
 * memory goes on behind it, Xen takes that page for free.
 */
static enum platform_status hold(const struct platform *platform, const struct region *region,
                                 const struct memory_region *free, struct plan *plan,
                                 struct holding *holding)
{
    uint64_t free_end = free->start + free->size;
    uint64_t start = region->start & ~(uint64_t)(PAGE_SIZE - 1);
    uint64_t end = region->start + region->size;
    enum platform_status status;
    uint64_t pages;
    void *memory;

    if (start < free->start)
        start = free->start;
    end = end < free_end ? (end + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1) : free_end;
    if (start >= end || holding->count == holding->capacity)
        return PLATFORM_OK;
    pages = (end - start) / PAGE_SIZE;
    status = platform->claim_pages(platform->context, start, pages, &memory);
    if (status == PLATFORM_OK) {
        holding->list[holding->count] = (struct guard){start, pages, plan->guards};
        plan->guards = &holding->list[holding->count++];
    }
    return status;
}

/* Holds all regions where the map is free. PLATFORM_BUSY when it was not as the map says. */
static enum platform_status hold_all(const struct workspace *workspace,
                                     const struct regions *regions, const struct memory_map *map,
                                     struct plan *plan, struct holding *holding)
{
    enum platform_status result = PLATFORM_OK;

    for (const struct region *region = regions->first; region != NULL; region = region->next)
        for (size_t at = 0; at < map->count; at++) {
            enum platform_status status = PLATFORM_OK;

            if (map->regions[at].kind == MEMORY_FREE)
                status = hold(workspace->platform, region, &map->regions[at], plan, holding);
            if (status == PLATFORM_OK)
                continue;
            result = status;
            if (status == PLATFORM_BUSY)
                continue;
            diagnose(workspace->diagnostics, SEVERITY_ERROR, &region->where, NULL, no_memory,
                     "what must stay free", platform_status_text(status));
            return status;
        }
    return result;
}

bool place_hold(const struct workspace *workspace, const struct regions *regions, struct plan *plan)
{
    enum platform_status status = PLATFORM_BUSY;
    struct holding holding = {0};
    struct memory_map map;

    if (regions->first == NULL)
        return true;
    if (!memory_map_read(workspace, &map))
        return false;
    /* Each guard ends where a region or a free stretch ends, and no two overlap. */
    holding.capacity = map.capacity + regions->count;
    holding.list = arena_array(workspace->arena, holding.capacity, sizeof(*holding.list));
    if (holding.list == NULL)
        return false;
    for (unsigned attempt = 0; attempt < ATTEMPTS && status == PLATFORM_BUSY; attempt++) {
        if (!memory_map_refresh(workspace, &map))
            return false;
        status = hold_all(workspace, regions, &map, plan, &holding);
    }
    return status == PLATFORM_OK || status == PLATFORM_BUSY;
}

void place_fill(const struct workspace *workspace, struct plan *plan, uint64_t lowest)
{
    const struct platform *platform = workspace->platform;
    struct guard *guard = arena_allocate(workspace->arena, sizeof(*guard));
    uint64_t pages;
    void *memory;

    for (const struct binary *binary = plan->binaries; binary != NULL; binary = binary->next)
        if (binary->address < lowest)
            lowest = binary->address;
    pages = lowest % LARGE / PAGE_SIZE;
    if (guard == NULL || pages == 0 ||
        platform->claim_pages(platform->context, lowest - lowest % LARGE, pages, &memory) !=
            PLATFORM_OK)
        return;
    *guard = (struct guard){lowest - lowest % LARGE, pages, plan->guards};
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
    while ((binary = next_binary(plan)) != NULL &&
           workspace->diagnostics->counts[SEVERITY_ERROR] == errors)
        if (!place_one(workspace, regions, plan, &gaps, binary))
            return false;
    return workspace->diagnostics->counts[SEVERITY_ERROR] == errors;
}
