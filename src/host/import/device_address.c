/* SPDX-License-Identifier: BSD-2-Clause */
/* The addresses of a device: its registers, as the processors of the machine see them. */
#include "host/import/device_address.h"

#include <libfdt.h>

#include "core/tree/tree.h"

bool device_is_bus(const void *fdt, int node)
{
    for (; node > 0; node = fdt_parent_offset(fdt, node))
        if (!tree_has(fdt, node, "ranges"))
            return false;
    return node == 0;
}

bool device_address(const void *fdt, int node, size_t at, struct trail_span *span)
{
    struct trail trail = {.fdt = fdt};
    int deepest = fdt_node_depth(fdt, node);

    for (int depth = 1; depth <= deepest; depth++)
        if (!trail_enter(&trail, fdt_supernode_atdepth_offset(fdt, node, depth, NULL), depth))
            return false;
    return trail_reg(&trail, at, span) && trail_translate(&trail, &span->start) == 0;
}
