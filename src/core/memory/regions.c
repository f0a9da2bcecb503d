/* SPDX-License-Identifier: BSD-2-Clause */
/* Regions of memory that the tree gives to somebody, and that must stay free of binaries. */
#include "core/memory/regions.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/compose/node.h"
#include "core/compose/origin.h"
#include "core/tree/walk.h"

static const char bad_cells[] = "its cell counts are not from 1 to 4";
static const char bad_number[] = "an entry does not fit into 64 bits";

#define CELLS_ADDED 2U /* what a node with modules gets where it says nothing */

/* The state of the collection. */
struct collector {
    struct arena *arena;
    const void *fdt;
    struct regions *regions;
    struct region **end;
    struct shared_memory **shared_end;
    struct bad_region **bad_end;
};

/* The cells that a node gives to its children. */
struct cells {
    uint32_t address;
    uint32_t size;
};

/* The form in which one property lists its regions. */
struct listing {
    enum region_kind kind;
    const char *property;
    struct cells cells;
    const struct location *where;
    const char *domain;
};

/* The cells of a node; what it does not say, Xen takes from the node above. */
static struct cells cells_of(const void *fdt, int node, struct cells above)
{
    return (struct cells){tree_cells(fdt, node, "#address-cells", above.address),
                          tree_cells(fdt, node, "#size-cells", above.size)};
}

/* The same for a domain, which has them added when it has modules. */
static struct cells cells_of_domain(const void *fdt, const struct domain *domain,
                                    struct cells above)
{
    if (domain->module_count != 0)
        above = (struct cells){CELLS_ADDED, CELLS_ADDED};
    return cells_of(fdt, domain->node, above);
}

static struct cells cells_of_root(const void *fdt)
{
    return cells_of(fdt, 0, (struct cells){2, 1});
}

static bool are_usable(struct cells cells)
{
    return cells.address - 1 < TREE_CELLS_MAX && cells.size - 1 < TREE_CELLS_MAX;
}

static void add_region(struct collector *collector, const struct region *region)
{
    struct regions *regions = collector->regions;
    struct region *copy = NULL;

    if (regions->count < REGIONS_MAX)
        copy = arena_allocate(collector->arena, sizeof(*copy));
    else
        regions->too_many = true;
    if (copy == NULL)
        return;
    *copy = *region;
    *collector->end = copy;
    collector->end = &copy->next;
    regions->count++;
    if (region->kind != REGION_RESERVE_ENTRY && region->kind != REGION_MODULE)
        regions->banks++;
}

static void add_bad(struct collector *collector, const struct listing *listing, bool is_harmless,
                    const char *why)
{
    struct bad_region *bad = arena_allocate(collector->arena, sizeof(*bad));

    if (bad == NULL)
        return;
    *bad = (struct bad_region){
        .kind = listing->kind,
        .where = *listing->where,
        .domain = listing->domain,
        .property = listing->property,
        .why = why,
        .is_harmless = is_harmless,
    };
    *collector->bad_end = bad;
    collector->bad_end = &bad->next;
}

static void read_one(struct collector *collector, const struct listing *listing,
                     const fdt32_t *cells)
{
    struct region region = {
        .kind = listing->kind,
        .where = *listing->where,
        .domain = listing->domain,
    };

    if (!tree_read_number(cells, listing->cells.address, &region.start) ||
        !tree_read_number(cells + listing->cells.address, listing->cells.size, &region.size) ||
        region.size > UINT64_MAX - region.start)
        add_bad(collector, listing, listing->kind == REGION_RESERVED, bad_number);
    else
        add_region(collector, &region);
}

/* Reads each region of a property that the node may have. */
static void read_property(struct collector *collector, int node, const struct listing *listing)
{
    size_t entry = listing->cells.address + (size_t)listing->cells.size;
    int size;
    const fdt32_t *cells = tree_get(collector->fdt, node, listing->property, &size);

    /* A text is reported with the bindings. */
    if (cells == NULL || text_is_plain((const char *)cells, (size_t)size))
        return;
    if (!are_usable(listing->cells)) {
        add_bad(collector, listing, false, bad_cells);
        return;
    }
    if ((size_t)size % (entry * sizeof(*cells)) != 0 || size == 0)
        add_bad(collector, listing,
                listing->kind == REGION_RESERVED || (size_t)size >= entry * sizeof(*cells),
                text_format(collector->arena, "%u bytes are not a list of entries of %u + %u cells",
                            (unsigned)size, listing->cells.address, listing->cells.size));
    /* Xen does not read a last entry that is not whole. */
    size -= size % (int)(entry * sizeof(*cells));
    for (const fdt32_t *end = cells + (size_t)size / sizeof(*cells); cells < end; cells += entry)
        read_one(collector, listing, cells);
}

/* A text of the tree that outlives it; NULL when the property is none. */
static const char *copy_text(struct collector *collector, int node, const char *property)
{
    const char *text = tree_string(collector->fdt, node, property);

    return text != NULL ? arena_copy(collector->arena, text, strlen(text)) : NULL;
}

static void add_shared(struct collector *collector, const struct shared_memory *shared)
{
    struct region region = {
        .kind = REGION_SHARED_MEMORY,
        .start = shared->host,
        .size = shared->size,
        .where = shared->where,
        .domain = shared->domain->name,
        .name = shared->id,
    };
    struct shared_memory *copy = arena_allocate(collector->arena, sizeof(*copy));

    if (copy == NULL)
        return;
    *copy = *shared;
    *collector->shared_end = copy;
    collector->shared_end = &copy->next;
    if (shared->has_host)
        add_region(collector, &region);
}

/*
 * Reads <HOST GUEST SIZE>, or <GUEST SIZE> where Xen is to find the memory itself. Returns what is
 * wrong with it, or NULL.
 */
static const char *read_shared(const void *fdt, int node, struct cells of,
                               struct shared_memory *shared)
{
    int size = 0;
    const fdt32_t *cells = tree_get(fdt, node, "xen,shared-mem", &size);

    if (cells == NULL || !are_usable(of))
        return cells == NULL ? "it is missing" : bad_cells;
    shared->has_host = (size_t)size == (2 * of.address + of.size) * sizeof(*cells);
    if (!shared->has_host && (size_t)size != (of.address + of.size) * sizeof(*cells))
        return "it is neither <HOST GUEST SIZE> nor <GUEST SIZE>";
    if ((shared->has_host && !tree_read_number(cells, of.address, &shared->host)) ||
        !tree_read_number(cells += shared->has_host ? of.address : 0, of.address, &shared->guest) ||
        !tree_read_number(cells + of.address, of.size, &shared->size) ||
        shared->size > UINT64_MAX - shared->host)
        return bad_number;
    return NULL;
}

/* The shared memory of a domain. */
static void read_shared_nodes(struct collector *collector, const struct domain *domain,
                              struct cells cells)
{
    const void *fdt = collector->fdt;
    struct listing listing = {
        .kind = REGION_SHARED_MEMORY,
        .property = "xen,shared-mem",
        .cells = cells,
        .domain = domain->name,
    };
    int node;

    for (node = walk_child(fdt, domain->node); node >= 0; node = walk_sibling(fdt, node)) {
        struct shared_memory shared = {.domain = domain};
        const char *wrong;

        if (!tree_is_compatible(fdt, node, "xen,domain-shared-memory-v1") ||
            node_is_module(fdt, node))
            continue;
        shared.where = domain_child(collector->arena, fdt, domain, node);
        listing.where = &shared.where;
        shared.id = copy_text(collector, node, "xen,shm-id");
        shared.has_id = tree_has(fdt, node, "xen,shm-id");
        shared.role = copy_text(collector, node, "role");
        wrong = read_shared(fdt, node, cells, &shared);
        if (wrong != NULL)
            add_bad(collector, &listing, false, wrong);
        else
            add_shared(collector, &shared);
    }
}

static void read_domains(struct collector *collector, const struct plan *plan)
{
    const void *fdt = collector->fdt;
    const struct domain *dom0 = &plan->domains[0];
    struct cells of_root = cells_of_root(fdt);
    struct cells of_chosen = cells_of_domain(fdt, dom0, of_root);
    struct listing heap = {
        .kind = REGION_STATIC_HEAP,
        .property = "xen,static-heap",
        .cells = of_root,
        .where = &dom0->where,
    };

    read_property(collector, dom0->node, &heap);
    read_shared_nodes(collector, dom0, of_chosen);
    for (const struct domain *domain = dom0 + 1; domain < dom0 + plan->domain_count; domain++) {
        struct location where = domain->where;
        struct listing memory = {
            .kind = REGION_STATIC_MEMORY,
            .property = "xen,static-mem",
            .cells = of_chosen,
            .where = &where,
            .domain = domain->name,
        };

        origin_entry(&domain->lines, memory.property, ORIGIN_VALUE, &where);
        read_property(collector, domain->node, &memory);
        read_shared_nodes(collector, domain, cells_of_domain(fdt, domain, of_chosen));
    }
}

/* Modules that are in memory already stay there. */
static void read_modules(struct collector *collector, const struct plan *plan)
{
    for (size_t at = 0; at < plan->module_count; at++) {
        const struct module *module = &plan->modules[at];
        struct region region = {
            .kind = REGION_MODULE,
            .start = module->address,
            .size = module->size,
            .where = module->where,
            .domain = module->domain->name,
            .is_ramdisk = module->kind == MODULE_RAMDISK,
        };

        if (module->binary == NULL && module->size <= UINT64_MAX - module->address &&
            module->size != 0)
            add_region(collector, &region);
    }
}

static void read_reserved(struct collector *collector)
{
    const void *fdt = collector->fdt;
    int parent = walk_find(fdt, 0, "reserved-memory");
    struct listing listing = {.kind = REGION_RESERVED, .property = "reg"};
    int node;

    listing.cells = cells_of(fdt, parent, cells_of_root(fdt));
    for (node = walk_child(fdt, parent); node >= 0; node = walk_sibling(fdt, node)) {
        struct location where = origin_of(
            collector->arena, fdt, node,
            text_format(collector->arena, "/reserved-memory/%s", fdt_get_name(fdt, node, NULL)));

        listing.where = &where;
        read_property(collector, node, &listing);
    }
}

static void read_reserve_map(struct collector *collector)
{
    int count = fdt_num_mem_rsv(collector->fdt);

    for (int at = 0; at < count; at++) {
        struct region region = {.kind = REGION_RESERVE_ENTRY};

        fdt_get_mem_rsv(collector->fdt, at, &region.start, &region.size);
        if (region.size > UINT64_MAX - region.start)
            region.size = UINT64_MAX - region.start;
        add_region(collector, &region);
    }
}

bool regions_collect(struct arena *arena, const struct tree *tree, const struct plan *plan,
                     struct regions *regions)
{
    struct collector collector = {.arena = arena, .fdt = tree->fdt, .regions = regions};

    *regions = (struct regions){0};
    collector.end = &regions->first;
    collector.shared_end = &regions->shared;
    collector.bad_end = &regions->bad;
    read_reserve_map(&collector);
    if (tree->traits.has_reserved)
        read_reserved(&collector);
    read_domains(&collector, plan);
    read_modules(&collector, plan);
    return !arena->failed;
}
