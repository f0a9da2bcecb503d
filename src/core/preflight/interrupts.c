/* SPDX-License-Identifier: BSD-2-Clause */
/* The interrupts of a device: the shared ones of the machine's interrupt controller. */
#include "core/preflight/interrupts.h"

#include <libfdt.h>

#define CELLS 3U /* of an interrupt (arm,gic-v3 and arm,gic: kind, number, flags) */

/* The node that serves the interrupts of a node, or a negative libfdt error. */
static int parent_of(const struct check *check, int node)
{
    while (node >= 0) {
        int size;
        const fdt32_t *phandle = tree_get(check->fdt, node, "interrupt-parent", &size);

        if (phandle != NULL && size == (int)sizeof(*phandle))
            return fdt_node_offset_by_phandle(check->fdt, fdt32_ld(phandle));
        node = walk_parent(check->fdt, node);
    }
    return node;
}

struct interrupts interrupts_of(const struct check *check, int node)
{
    struct interrupts interrupts = {0};
    int size = 0;
    const fdt32_t *cells = tree_get(check->fdt, node, "interrupts", &size);
    int parent = cells != NULL ? parent_of(check, node) : -1;

    if (parent < 0 || !tree_has(check->fdt, parent, "interrupt-controller") ||
        tree_cells(check->fdt, parent, "#interrupt-cells", 0) != CELLS)
        return interrupts;
    interrupts.cells = cells;
    interrupts.count = (size_t)size / (CELLS * sizeof(*cells));
    return interrupts;
}

struct interrupt interrupt_at(const struct interrupts *interrupts, size_t at)
{
    const fdt32_t *cells = interrupts->cells + at * CELLS;

    return (struct interrupt){.is_shared = fdt32_ld(cells) == 0, .number = fdt32_ld(cells + 1)};
}
