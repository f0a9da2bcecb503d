/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of the machine's devices, all of which dom0 or a hardware domain gets. */
#include "core/preflight/dom0_devices.h"

#include <libfdt.h>
#include <string.h>

#include "core/preflight/roles.h"
#include "core/tree/trail.h"

/* Reports a node whose addresses Xen cannot translate. It looks at those below a bus with ranges.
 */
static void check_addresses(const struct check *check, const struct trail *trail)
{
    struct trail_span reg;
    bool is_beyond = false;
    int stuck = 0;

    if (!trail_is_mapped(trail))
        return;
    /* Addresses of more than 64 bits are of buses with other rules. */
    for (size_t at = 0; stuck == 0 && trail_reg(trail, at, &reg); at++) {
        stuck = trail_translate(trail, &reg.start);
        is_beyond = is_beyond || reg.start >> XEN_ADDRESS_BITS != 0;
    }
    if (stuck != 0)
        check_error(check, NULL, &check_chosen, "write ranges; without a value, or leave it out",
                    "dom0 cannot have the node %s: ranges of %s do not have its address",
                    fdt_get_name(check->fdt, trail->nodes[trail->depth], NULL),
                    fdt_get_name(check->fdt, trail->nodes[stuck], NULL));
    else if (is_beyond)
        check_error(check, NULL, &check_chosen, "such addresses have 48 bits at most",
                    "dom0 cannot have the node %s: Xen maps no such address",
                    fdt_get_name(check->fdt, trail->nodes[trail->depth], NULL));
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
    struct trail trail = {.fdt = check->fdt};
    struct walk walk = walk_enter(check->fdt, 0);
    int hidden = (int)NODE_DEPTH_MAX; /* the depth of the node above that is left out */
    uint32_t tag;

    while ((tag = walk_step(&walk)) != FDT_END) {
        int node = (int)walk.at;
        int depth = (int)walk.depth - 1;

        if (tag != FDT_BEGIN_NODE || depth > hidden || !trail_enter(&trail, node, depth))
            continue;
        hidden = is_left_out(check->fdt, node) ? depth : (int)NODE_DEPTH_MAX;
        if (hidden == (int)NODE_DEPTH_MAX && depth > 1)
            check_addresses(check, &trail);
    }
}

void check_dom0_devices(const struct check *check)
{
    if (has_device_owner(check))
        check_all(check);
}
