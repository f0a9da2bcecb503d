/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of the regions that the tree gives away: their form, place and overlaps. */
#include "core/preflight/overlaps.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/preflight/free_memory.h"
#include "core/tree/trail.h"

#define BANKS_MAX      256U /* regions that Xen keeps */
#define PIECES_MAX     253U /* of free memory, besides two that Xen and its tree make */
#define HEAP_ALIGNMENT 0x10000U

/* --- regions alone ---------------------------------------------------------------------------- */

/* A region in words, such as "static memory of domain domA (0x40000000 to 0x4fffffff)". */
static const char *describe(const struct check *check, const struct region *region)
{
    static const char names[][30] = {
        [REGION_STATIC_MEMORY] = "static memory of ",
        [REGION_STATIC_HEAP] = "the static heap",
        [REGION_SHARED_MEMORY] = "shared memory of ",
        [REGION_RESERVED] = "reserved memory ",
        [REGION_RESERVE_ENTRY] = "a /memreserve/",
        [REGION_MODULE] = "a module, loaded earlier, of ",
    };
    const char *whose = region->domain != NULL ? region->domain : "";

    if (region->kind == REGION_RESERVED)
        whose = strchr(region->where.node + 1, '/') + 1;
    return text_format(check->arena, "%s%s (0x%lx to 0x%lx)", names[region->kind], whose,
                       region->start, region->start + (region->size != 0 ? region->size - 1 : 0));
}

/* Regions that Xen hands out, unlike those that the firmware keeps. */
static bool is_xens(const struct region *region)
{
    return region->kind != REGION_RESERVED && region->kind != REGION_RESERVE_ENTRY;
}

static bool report(const struct check *check, const struct region *region, const char *hint,
                   const char *what)
{
    check_error(check, NULL, &region->where, hint, "%s %s", describe(check, region), what);
    return false;
}

/* The binding wants a heap in 64 KiB; Xen takes any, and rounds it to pages. */
static void check_heap(const struct check *check, const struct region *region)
{
    if (region->start % HEAP_ALIGNMENT != 0 || region->size % HEAP_ALIGNMENT != 0)
        check_warning(check, NULL, &region->where, "address and size are multiples of 0x10000",
                      "%s is not aligned to 64 KiB", describe(check, region));
}

static bool check_shape(const struct check *check, const struct region *region)
{
    if (region->kind == REGION_MODULE)
        return true;
    if (region->size == 0)
        return report(check, region, "leave it out", "has no size");
    if (region->kind == REGION_STATIC_HEAP)
        check_heap(check, region);
    else if (region->start % PAGE_SIZE != 0 || region->size % PAGE_SIZE != 0)
        return report(check, region, "address and size are multiples of 0x1000",
                      "is not page aligned");
    return true;
}

/* The owner for whom the firmware keeps a kind of memory, "" if it is free. */
static const char *keeper(enum memory_kind kind)
{
    static const char names[][17] = {
        [MEMORY_FREE] = "",
        [MEMORY_TRANSIENT] = "",
        [MEMORY_RUNTIME] = "runtime services",
        [MEMORY_RESERVED] = "reserved memory",
        [MEMORY_ACPI] = "ACPI tables",
        [MEMORY_DEVICE] = "",
    };

    return names[kind];
}

static bool is_within(const struct region *region, const struct trail_span *span)
{
    return region->start >= span->start && region->start - span->start < span->size &&
           region->size <= span->size - (region->start - span->start);
}

/* True if a node's registers, or what is behind a PCI bus, have a region. */
static bool has_region(const struct trail *trail, const struct region *region)
{
    const char *type = tree_string(trail->fdt, trail->nodes[trail->depth], "device_type");
    struct trail_span span;

    for (size_t at = 0; trail_reg(trail, at, &span); at++)
        if (trail_translate(trail, &span.start) == 0 && is_within(region, &span))
            return true;
    if (type != NULL && strcmp(type, "pci") == 0)
        for (size_t at = 0; trail_window(trail, at, &span); at++)
            if (trail_translate(trail, &span.start) == 0 && is_within(region, &span))
                return true;
    return false;
}

/* The device in which a region lies, a negative libfdt error if there is none. */
static int device_of(const struct check *check, const struct region *region)
{
    struct trail trail = {.fdt = check->fdt};
    int depth = 0;
    int node = fdt_next_node(check->fdt, 0, &depth);

    while (node >= 0 && depth > 0 &&
           !(trail_enter(&trail, node, depth) && has_region(&trail, region)))
        node = fdt_next_node(check->fdt, node, &depth);
    return depth > 0 ? node : -FDT_ERR_NOTFOUND;
}

/* Xen reads a ramdisk from wherever it can be read, such as flash. */
static bool check_outside(const struct check *check, const struct region *region, uint64_t covered)
{
    int device = region->is_ramdisk && covered == 0 ? device_of(check, region) : -1;

    if (device < 0)
        return report(check, region, NULL, "lies outside the machine's memory");
    check_warning(check, NULL, &region->where, "Xen copies what can be read there",
                  "%s lies outside the machine's memory, in %s", describe(check, region),
                  fdt_get_name(check->fdt, device, NULL));
    return true;
}

/* True if a region lies in memory, all of it that the firmware leaves to Xen. */
static bool check_place(const struct check *check, const struct region *region)
{
    const struct memory_map *map = check->finished->map;
    uint64_t covered = 0;

    for (size_t at = 0; at < map->count; at++) {
        const struct memory_region *part = &map->regions[at];
        uint64_t start = region->start > part->start ? region->start : part->start;
        uint64_t end = region->start + region->size;

        if (part->kind == MEMORY_DEVICE)
            continue;
        end = end - part->start < part->size || end < part->start ? end : part->start + part->size;
        if (start >= end)
            continue;
        if (region->kind != REGION_MODULE && keeper(part->kind)[0] != '\0')
            return report(check, region, "choose memory that the firmware does not keep",
                          text_format(check->arena, "overlaps the firmware's %s (0x%lx to 0x%lx)",
                                      keeper(part->kind), part->start,
                                      part->start + part->size - 1));
        covered += end - start;
    }
    return covered == region->size || check_outside(check, region, covered);
}

/* --- regions together ------------------------------------------------------------------------- */

/* Sorts by start; there are at most REGIONS_MAX, and mostly they are in order. */
static void sort(const struct region **list, size_t count)
{
    for (size_t end = 1; end < count; end++) {
        const struct region *region = list[end];
        size_t at = end;

        for (; at > 0 && list[at - 1]->start > region->start; at--)
            list[at] = list[at - 1];
        list[at] = region;
    }
}

/* The same shared memory, or the same module, is listed by each domain that has it. */
static bool are_one(const struct region *left, const struct region *right)
{
    return left->kind == right->kind && left->start == right->start && left->size == right->size &&
           (left->kind == REGION_MODULE ||
            (left->kind == REGION_SHARED_MEMORY && left->name != NULL && right->name != NULL &&
             strcmp(left->name, right->name) == 0));
}

/* U-Boot lists what it loaded as /memreserve/, too. */
static bool may_overlap(const struct region *left, const struct region *right)
{
    return are_one(left, right) ||
           (left->kind == REGION_MODULE && right->kind == REGION_RESERVE_ENTRY) ||
           (left->kind == REGION_RESERVE_ENTRY && right->kind == REGION_MODULE);
}

/* True if Xen starts with a heap over what is reserved, and gives it away: 4.17 does, and later
 * ones where both begin at one address. */
static bool heap_may_overlap(const struct check *check, const struct region *heap,
                             const struct region *reserved)
{
    return heap->start == reserved->start || xen_is_from_to(check->xen, 0, XEN(4, 17));
}

static void check_pair(const struct check *check, const struct region *earlier,
                       const struct region *region)
{
    bool is_later = is_xens(region);
    const struct region *own;
    const struct region *other;

    if (earlier == NULL || region->start - earlier->start >= earlier->size ||
        may_overlap(earlier, region))
        return;
    own = is_later ? region : earlier;
    other = is_later ? earlier : region;
    (own->kind == REGION_STATIC_HEAP && !is_xens(other) && heap_may_overlap(check, own, other)
         ? check_warning
         : check_error)(check, NULL, &own->where, "move or shrink one of them", "%s overlaps %s",
                        describe(check, own), describe(check, other));
}

static uint64_t end_of(const struct region *region)
{
    return region->start + region->size;
}

/* Walks up the regions, and compares each with the one that reaches farthest, of either side. */
static void check_pairs(const struct check *check, const struct region **list, size_t count)
{
    const struct region *xens = NULL;
    const struct region *firmwares = NULL;

    for (size_t at = 0; at < count; at++) {
        const struct region *region = list[at];
        const struct region **widest = is_xens(region) ? &xens : &firmwares;

        check_pair(check, xens, region);
        if (is_xens(region))
            check_pair(check, firmwares, region);
        if (*widest == NULL || end_of(region) > end_of(*widest))
            *widest = region;
    }
}

/* Xen notes the pieces of free memory in one page, before it has any other. */
static void check_pieces(const struct check *check)
{
    struct page_heap heap = {0};

    free_memory(check, false, &heap);
    if (heap.gaps.count > PIECES_MAX)
        check_error(check, NULL, &check_chosen, "have regions of memory next to each other",
                    "free memory is in %zu pieces, but Xen takes %u", heap.gaps.count, PIECES_MAX);
}

/* Built with ACPI, Xen puts all memory into its heap before it knows that it starts from a tree. */
static void check_kept(const struct check *check)
{
    const struct region *each = check->finished->regions->first;

    while (each != NULL && each->kind != REGION_STATIC_MEMORY && each->kind != REGION_SHARED_MEMORY)
        each = each->next;
    if (each != NULL && check->xen->version != 0 &&
        xen_holds_text(check->xen, "Booting using ACPI"))
        report(check, each, "take a Xen without CONFIG_ACPI",
               "is not kept free by a Xen built with ACPI");
}

static void check_regions(const struct check *check)
{
    const struct regions *regions = check->finished->regions;
    const struct region **list = arena_array(check->arena, regions->count, sizeof(*list));
    size_t count = 0;

    if (regions->too_many || regions->banks > BANKS_MAX) {
        check_error(check, NULL, &check_chosen, "static, shared and reserved memory count",
                    "Xen has room for %u regions of memory, but there are more", BANKS_MAX);
        return;
    }
    if (list == NULL)
        return;
    for (const struct region *each = regions->first; each != NULL; each = each->next)
        if (is_xens(each) ? check_shape(check, each) && check_place(check, each) : each->size != 0)
            list[count++] = each;
    sort(list, count);
    check_pairs(check, list, count);
    check_pieces(check);
    check_kept(check);
}

static void check_bad(const struct check *check)
{
    for (const struct bad_region *bad = check->finished->regions->bad; bad != NULL; bad = bad->next)
        (bad->is_harmless ? check_warning : check_error)(
            check, NULL, &bad->where, "#address-cells and #size-cells of the parent count",
            "%s%s%s: %s", bad->property, bad->domain != NULL ? " of " : "",
            bad->domain != NULL ? bad->domain : "", bad->why);
}

void check_overlaps(const struct check *check)
{
    check_bad(check);
    check_regions(check);
}
