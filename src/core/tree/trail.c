/* SPDX-License-Identifier: BSD-2-Clause */
/* A node with those above it, and its addresses as the processors see them. */
#include "core/tree/trail.h"

#include <libfdt.h>

#include "core/tree/tree.h"

/* The addresses on a bus, and those above it that they are. */
struct bus {
    const fdt32_t *ranges; /* NULL for none */
    size_t count;          /* entries of them */
    uint32_t address_cells;
    uint32_t size_cells;
    uint32_t above_cells; /* of addresses on the bus above */
};

bool trail_enter(struct trail *trail, int node, int depth)
{
    if (depth < 0 || depth >= (int)NODE_DEPTH_MAX)
        return false;
    trail->nodes[depth] = node;
    trail->depth = depth;
    return true;
}

/* Cells of the nearest node from `level` up that gives them. */
static uint32_t cells(const struct trail *trail, int level, const char *name, uint32_t missing)
{
    for (; level >= 0; level--)
        if (tree_has(trail->fdt, trail->nodes[level], name))
            return tree_cells(trail->fdt, trail->nodes[level], name, missing);
    return missing;
}

static bool is_usable(uint32_t cells)
{
    return cells - 1 < TREE_CELLS_MAX;
}

static size_t entry_of(const struct bus *bus)
{
    return (size_t)bus->address_cells + bus->above_cells + bus->size_cells;
}

/* The bus that a node is; false if its cells cannot be used. */
static bool read_bus(const struct trail *trail, int level, struct bus *bus)
{
    int size = 0;

    bus->ranges = tree_get(trail->fdt, trail->nodes[level], "ranges", &size);
    bus->address_cells = cells(trail, level, "#address-cells", 2);
    bus->size_cells = cells(trail, level, "#size-cells", 1);
    bus->above_cells = cells(trail, level - 1, "#address-cells", 2);
    if (!is_usable(bus->address_cells) || !is_usable(bus->size_cells) ||
        !is_usable(bus->above_cells))
        return false;
    bus->count = (size_t)size / sizeof(*bus->ranges) / entry_of(bus);
    return true;
}

bool trail_is_mapped(const struct trail *trail)
{
    return trail->depth < 2 || tree_has(trail->fdt, trail->nodes[trail->depth - 1], "ranges");
}

bool trail_reg(const struct trail *trail, size_t at, struct trail_span *span)
{
    int size = 0;
    const fdt32_t *reg = tree_get(trail->fdt, trail->nodes[trail->depth], "reg", &size);
    struct bus bus;
    size_t entry;

    if (reg == NULL || trail->depth == 0 || !read_bus(trail, trail->depth - 1, &bus))
        return false;
    entry = (size_t)bus.address_cells + bus.size_cells;
    return at < (size_t)size / sizeof(*reg) / entry &&
           tree_read_number(reg + at * entry, bus.address_cells, &span->start) &&
           tree_read_number(reg + at * entry + bus.address_cells, bus.size_cells, &span->size);
}

/* Reads where the bus above has an entry of ranges. */
static bool read_window(const struct bus *bus, size_t at, struct trail_span *span)
{
    const fdt32_t *above = bus->ranges + at * entry_of(bus) + bus->address_cells;

    return tree_read_number(above, bus->above_cells, &span->start) &&
           tree_read_number(above + bus->above_cells, bus->size_cells, &span->size);
}

bool trail_window(const struct trail *trail, size_t at, struct trail_span *span)
{
    struct bus bus;

    return trail->depth > 0 && read_bus(trail, trail->depth, &bus) && at < bus.count &&
           read_window(&bus, at, span);
}

/* Moves an address to the bus above; false if no range has it. */
static bool climb(const struct bus *bus, uint64_t *address)
{
    for (size_t at = 0; at < bus->count; at++) {
        uint64_t from;
        struct trail_span to;

        if (tree_read_number(bus->ranges + at * entry_of(bus), bus->address_cells, &from) &&
            read_window(bus, at, &to) && *address >= from && *address - from < to.size) {
            *address += to.start - from;
            return true;
        }
    }
    return false;
}

int trail_translate(const struct trail *trail, uint64_t *address)
{
    for (int level = trail->depth - 1; level > 0; level--) {
        struct bus bus;
        int size = 0;

        if (tree_get(trail->fdt, trail->nodes[level], "ranges", &size) == NULL ||
            !read_bus(trail, level, &bus) || (size != 0 && !climb(&bus, address)))
            return level;
    }
    return 0;
}
