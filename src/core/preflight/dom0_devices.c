/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of the machine's devices, all of which dom0 or a hardware domain gets. */
#include "core/preflight/dom0_devices.h"

#include <libfdt.h>
#include <string.h>

#include "core/preflight/roles.h"

#define DEPTH_MAX 16 /* of nodes that are looked at */

/* A node and those above it: [0] is the root, [depth] the node. */
struct trail {
    const struct check *check;
    int nodes[DEPTH_MAX];
    int depth;
};

/* The cells of addresses on a bus. */
struct bus {
    const fdt32_t *ranges; /* NULL for none */
    int size;              /* bytes of them */
    uint32_t address_cells;
    uint32_t size_cells;
};

/* Cells of the nearest node from `level` up that gives them. */
static uint32_t cells(const struct trail *trail, int level, const char *name, uint32_t missing)
{
    for (; level >= 0; level--)
        if (tree_has(trail->check->fdt, trail->nodes[level], name))
            return tree_cells(trail->check->fdt, trail->nodes[level], name, missing);
    return missing;
}

static struct bus bus_at(const struct trail *trail, int level)
{
    struct bus bus = {.address_cells = cells(trail, level, "#address-cells", 2),
                      .size_cells = cells(trail, level, "#size-cells", 1)};

    bus.ranges = tree_get(trail->check->fdt, trail->nodes[level], "ranges", &bus.size);
    return bus;
}

static bool is_usable(const struct bus *bus)
{
    return bus->address_cells - 1 < TREE_CELLS_MAX && bus->size_cells - 1 < TREE_CELLS_MAX;
}

/* Translates an address of a bus into one of the bus above; false if no range has it. */
static bool climb(const struct bus *bus, const struct bus *above, uint64_t *address)
{
    size_t entry = bus->address_cells + above->address_cells + (size_t)bus->size_cells;
    size_t count = (size_t)bus->size / (entry * sizeof(*bus->ranges));

    if (bus->size == 0)
        return true;
    for (const fdt32_t *range = bus->ranges; count > 0; count--, range += entry) {
        uint64_t from;
        uint64_t to;
        uint64_t size;

        if (tree_read_number(range, bus->address_cells, &from) &&
            tree_read_number(range + bus->address_cells, above->address_cells, &to) &&
            tree_read_number(range + bus->address_cells + above->address_cells, bus->size_cells,
                             &size) &&
            *address >= from && *address - from < size) {
            *address += to - from;
            return true;
        }
    }
    return false;
}

/* The level of the bus by which an address cannot be translated, 0 if it can. */
static int stuck_at(const struct trail *trail, uint64_t address)
{
    for (int level = trail->depth - 1; level > 0; level--) {
        struct bus bus = bus_at(trail, level);
        struct bus above = bus_at(trail, level - 1);

        if ((level > 1 && above.ranges == NULL) || !is_usable(&bus) || !is_usable(&above) ||
            !climb(&bus, &above, &address))
            return level;
    }
    return 0;
}

/* Reports a node whose addresses Xen cannot translate. It looks at those below a bus with ranges.
 */
static void check_addresses(const struct trail *trail)
{
    const void *fdt = trail->check->fdt;
    struct bus bus = bus_at(trail, trail->depth - 1);
    int size = 0;
    const fdt32_t *reg = tree_get(fdt, trail->nodes[trail->depth], "reg", &size);
    size_t entry = bus.address_cells + (size_t)bus.size_cells;
    size_t count = reg != NULL ? (size_t)size / sizeof(*reg) : 0;

    if (bus.ranges == NULL || !is_usable(&bus))
        return;
    for (; count >= entry; count -= entry, reg += entry) {
        struct location where = {.node = "/chosen"};
        uint64_t address;
        int level;

        /* Addresses of more than 64 bits are of buses with other rules. */
        if (!tree_read_number(reg, bus.address_cells, &address))
            return;
        level = stuck_at(trail, address);
        if (level == 0)
            continue;
        check_error(trail->check, NULL, &where, "write ranges; without a value, or leave it out",
                    "dom0 cannot have the node %s: ranges of %s do not have its address",
                    fdt_get_name(fdt, trail->nodes[trail->depth], NULL),
                    fdt_get_name(fdt, trail->nodes[level], NULL));
        return;
    }
}

/* True if Xen keeps a node and what is below it to itself, or has other rules for it. */
static bool is_left_out(const void *fdt, int node)
{
    const char *type = tree_string(fdt, node, "device_type");

    return (type != NULL && (strcmp(type, "pci") == 0 || strcmp(type, "memory") == 0)) ||
           strcmp(fdt_get_name(fdt, node, NULL), "cpus") == 0 ||
           tree_is_compatible(fdt, node, "multiboot,module") ||
           tree_has(fdt, node, "interrupt-controller");
}

static void check_all(const struct check *check)
{
    struct trail trail = {.check = check};
    int hidden = DEPTH_MAX; /* the depth of the node above that is left out */

    for (int node = fdt_next_node(check->fdt, 0, &trail.depth); node >= 0 && trail.depth > 0;
         node = fdt_next_node(check->fdt, node, &trail.depth)) {
        if (trail.depth > hidden || trail.depth >= DEPTH_MAX)
            continue;
        trail.nodes[trail.depth] = node;
        hidden = is_left_out(check->fdt, node) ? trail.depth : DEPTH_MAX;
        if (hidden == DEPTH_MAX && trail.depth > 1)
            check_addresses(&trail);
    }
}

void check_dom0_devices(const struct check *check)
{
    if (has_device_owner(check))
        check_all(check);
}
