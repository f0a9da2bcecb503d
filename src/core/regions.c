/* SPDX-License-Identifier: BSD-2-Clause */
/* Regions of memory that the tree gives to somebody, and that must stay free of binaries. */
#include "regions.h"

#include <libfdt.h>
#include <string.h>

#include "compose.h"
#include "text.h"

/* The state of the collection. */
struct collector {
    struct arena *arena;
    const void *fdt;
    struct regions *regions;
    struct region **end;
    struct bad_region **bad_end;
};

/* How one property lists its regions. */
struct listing {
    enum region_kind kind;
    const char *property;
    uint32_t address_cells;
    uint32_t size_cells;
    unsigned skipped_cells; /* between address and size */
    struct location where;
    const char *domain;
    const char *name;
};

static bool add_region(struct collector *collector, struct region region)
{
    struct region *copy = arena_allocate(collector->arena, sizeof(*copy));

    if (copy == NULL)
        return false;
    *copy = region;
    *collector->end = copy;
    collector->end = &copy->next;
    collector->regions->count++;
    return true;
}

static bool add_bad(struct collector *collector, const struct listing *listing, const char *why)
{
    struct bad_region *bad = arena_allocate(collector->arena, sizeof(*bad));

    if (bad == NULL || why == NULL)
        return false;
    *bad = (struct bad_region){listing->kind, listing->where, listing->property, why, NULL};
    *collector->bad_end = bad;
    collector->bad_end = &bad->next;
    return true;
}

static bool read_one(struct collector *collector, const struct listing *listing,
                     const fdt32_t *cells)
{
    struct region region = {
        .kind = listing->kind,
        .where = listing->where,
        .domain = listing->domain,
        .name = listing->name,
    };

    if (!tree_read_number(cells, listing->address_cells, &region.start) ||
        !tree_read_number(cells + listing->address_cells + listing->skipped_cells,
                          listing->size_cells, &region.size) ||
        region.size > UINT64_MAX - region.start)
        return add_bad(collector, listing, "it does not fit into 64 bits");
    return add_region(collector, region);
}

/* Reads each region of a property that the node may have. */
static bool read_property(struct collector *collector, int node, const struct listing *listing)
{
    unsigned entry = listing->address_cells + listing->skipped_cells + listing->size_cells;
    int size;
    const fdt32_t *cells = fdt_getprop(collector->fdt, node, listing->property, &size);

    if (cells == NULL)
        return true;
    if (listing->address_cells - 1 >= TREE_CELLS_MAX || listing->size_cells - 1 >= TREE_CELLS_MAX)
        return add_bad(collector, listing, "it has no usable cell counts");
    if (size == 0 || (size_t)size % (entry * sizeof(*cells)) != 0)
        return add_bad(collector, listing,
                       text_format(collector->arena,
                                   "%u bytes are not a list of entries of %u cells", (unsigned)size,
                                   entry));
    for (const fdt32_t *end = cells + (size_t)size / sizeof(*cells); cells < end; cells += entry)
        if (!read_one(collector, listing, cells))
            return false;
    return true;
}

static struct location locate(struct collector *collector, int node, const char *path)
{
    return compose_origin(collector->arena, collector->fdt, node, path);
}

/*
 * Shared memory: host address, guest address, size; or only guest address and size, when Xen finds
 * the memory itself. xen,shm-id names it.
 */
static bool read_shared(struct collector *collector, int domain, int node, struct location where,
                        const char *name)
{
    struct listing listing = {
        .kind = REGION_SHARED_MEMORY,
        .property = "xen,shared-mem",
        .address_cells = tree_cells(collector->fdt, domain, "#address-cells", 2),
        .size_cells = tree_cells(collector->fdt, domain, "#size-cells", 1),
        .where = where,
        .domain = name,
        .name = tree_string(collector->fdt, node, "xen,shm-id"),
    };
    size_t without = (listing.address_cells + (size_t)listing.size_cells) * sizeof(fdt32_t);
    int size = 0;

    if (!tree_is_compatible(collector->fdt, node, "xen,domain-shared-memory-v1"))
        return true;
    fdt_getprop(collector->fdt, node, listing.property, &size);
    if ((size_t)size == without)
        return true;
    listing.skipped_cells = listing.address_cells;
    if (listing.name != NULL)
        listing.name = arena_copy(collector->arena, listing.name, strlen(listing.name));
    return read_property(collector, node, &listing);
}

static bool read_domain(struct collector *collector, int chosen, int node)
{
    const void *fdt = collector->fdt;
    const char *name = fdt_get_name(fdt, node, NULL);
    struct listing listing = {
        .kind = REGION_STATIC_MEMORY,
        .property = "xen,static-mem",
        .address_cells = tree_cells(fdt, chosen, "#address-cells", 2),
        .size_cells = tree_cells(fdt, chosen, "#size-cells", 1),
        .domain = arena_copy(collector->arena, name, strlen(name)),
    };
    int child;

    listing.where =
        locate(collector, node, text_format(collector->arena, "/chosen/%s", listing.domain));
    if (!read_property(collector, node, &listing))
        return false;
    fdt_for_each_subnode(child, fdt, node) if (!read_shared(collector, node, child, listing.where,
                                                            listing.domain)) return false;
    return true;
}

static bool read_chosen(struct collector *collector)
{
    const void *fdt = collector->fdt;
    int chosen = fdt_path_offset(fdt, "/chosen");
    struct listing heap = {.kind = REGION_STATIC_HEAP, .property = "xen,static-heap"};
    int node;

    if (chosen < 0)
        return true;
    heap.address_cells = tree_cells(fdt, chosen, "#xen,static-heap-address-cells", 0);
    heap.size_cells = tree_cells(fdt, chosen, "#xen,static-heap-size-cells", 0);
    heap.where = (struct location){.node = "/chosen", .order = (unsigned)chosen};
    if (!read_property(collector, chosen, &heap))
        return false;
    fdt_for_each_subnode(node, fdt, chosen) if (tree_is_compatible(fdt, node, "xen,domain") &&
                                                !read_domain(collector, chosen, node)) return false;
    return true;
}

static bool read_reserved(struct collector *collector)
{
    const void *fdt = collector->fdt;
    int parent = fdt_path_offset(fdt, "/reserved-memory");
    struct listing listing = {.kind = REGION_RESERVED, .property = "reg"};
    int node;

    if (parent < 0)
        return true;
    listing.address_cells = tree_cells(fdt, parent, "#address-cells", 2);
    listing.size_cells = tree_cells(fdt, parent, "#size-cells", 1);
    fdt_for_each_subnode(node, fdt, parent)
    {
        listing.where = locate(
            collector, node,
            text_format(collector->arena, "/reserved-memory/%s", fdt_get_name(fdt, node, NULL)));
        if (!read_property(collector, node, &listing))
            return false;
    }
    return true;
}

static bool read_reserve_map(struct collector *collector)
{
    int count = fdt_num_mem_rsv(collector->fdt);

    for (int at = 0; at < count; at++) {
        struct region region = {.kind = REGION_RESERVE_ENTRY};

        if (fdt_get_mem_rsv(collector->fdt, at, &region.start, &region.size) != 0)
            break;
        if (region.size > UINT64_MAX - region.start)
            region.size = UINT64_MAX - region.start;
        if (!add_region(collector, region))
            return false;
    }
    return true;
}

bool regions_collect(struct arena *arena, const struct tree *tree, struct regions *regions)
{
    struct collector collector = {.arena = arena, .fdt = tree->fdt, .regions = regions};

    *regions = (struct regions){0};
    collector.end = &regions->first;
    collector.bad_end = &regions->bad;
    return read_reserve_map(&collector) && read_reserved(&collector) && read_chosen(&collector) &&
           !arena->failed;
}

const char *region_kind_name(enum region_kind kind)
{
    static const char *const names[] = {
        [REGION_STATIC_MEMORY] = "static memory", [REGION_STATIC_HEAP] = "static heap",
        [REGION_SHARED_MEMORY] = "shared memory", [REGION_RESERVED] = "reserved memory",
        [REGION_RESERVE_ENTRY] = "/memreserve/",
    };

    return names[kind];
}
