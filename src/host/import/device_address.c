/* SPDX-License-Identifier: BSD-2-Clause */
/* The addresses of a device: its registers, as the processors of the machine see them. */
#include "host/import/device_address.h"

#include <libfdt.h>

#include "core/tree/tree.h"

/* The cells of addresses and sizes of the children of a node; false where they are unusable. */
static bool read_cells(const void *fdt, int node, uint32_t *address, uint32_t *size)
{
    *address = tree_cells(fdt, node, "#address-cells", 2);
    *size = tree_cells(fdt, node, "#size-cells", 1);
    return *address - 1 < TREE_CELLS_MAX && *size <= TREE_CELLS_MAX;
}

/* Moves a range from the addresses of a bus to those of its parent. */
static bool translate(const void *fdt, int bus, struct device_range *range)
{
    int parent = fdt_parent_offset(fdt, bus);
    int bytes;
    const fdt32_t *ranges = tree_get(fdt, bus, "ranges", &bytes);
    uint32_t child_cells;
    uint32_t size_cells;
    uint32_t parent_cells;
    uint32_t ignored;
    size_t entry;

    if (ranges == NULL || !read_cells(fdt, bus, &child_cells, &size_cells) ||
        !read_cells(fdt, parent, &parent_cells, &ignored))
        return false;
    if (bytes == 0)
        return true;
    entry = (size_t)child_cells + parent_cells + size_cells;
    for (size_t left = (size_t)bytes / sizeof(*ranges); left >= entry; left -= entry) {
        uint64_t from;
        uint64_t to;
        uint64_t size;

        if (tree_read_number(ranges, child_cells, &from) &&
            tree_read_number(ranges + child_cells, parent_cells, &to) &&
            tree_read_number(ranges + child_cells + parent_cells, size_cells, &size) &&
            range->start >= from && range->start - from < size) {
            range->start = to + (range->start - from);
            return true;
        }
        ranges += entry;
    }
    return false;
}

bool device_is_bus(const void *fdt, int node)
{
    for (; node > 0; node = fdt_parent_offset(fdt, node))
        if (!tree_has(fdt, node, "ranges"))
            return false;
    return node == 0;
}

bool device_address(const void *fdt, int node, size_t at, struct device_range *range)
{
    int bus = fdt_parent_offset(fdt, node);
    int bytes = 0;
    const fdt32_t *reg = tree_get(fdt, node, "reg", &bytes);
    uint32_t address_cells;
    uint32_t size_cells;
    size_t entry;

    if (reg == NULL || !read_cells(fdt, bus, &address_cells, &size_cells))
        return false;
    entry = (size_t)address_cells + size_cells;
    if (at >= (size_t)bytes / sizeof(*reg) / entry ||
        !tree_read_number(reg + at * entry, address_cells, &range->start) ||
        !tree_read_number(reg + at * entry + address_cells, size_cells, &range->size))
        return false;
    for (; bus > 0; bus = fdt_parent_offset(fdt, bus))
        if (!translate(fdt, bus, range))
            return false;
    return true;
}
