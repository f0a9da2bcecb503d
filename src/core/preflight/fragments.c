/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of passthrough fragments: the devices that they give to a domain. */
#include "core/preflight/fragments.h"

#include <libfdt.h>

#include "core/preflight/guest_memory.h"
#include "core/preflight/passthrough.h"
#include "core/preflight/roles.h"

#define DEPTH_MAX   16     /* of nodes in a fragment */
#define PHANDLE_GIC 65000U /* of the interrupt controller that Xen makes; others stay below it */

/* A fragment while its nodes are walked. */
struct fragment {
    const struct check *check;
    const struct module *module;
    const void *fdt;
    bool is_first; /* no other domain has the same one before */
    struct passthrough *passthrough;
};

/* True if entries of addresses and sizes are whole pages. */
static bool are_pages(const fdt32_t *value, size_t count, uint32_t address_cells,
                      uint32_t size_cells)
{
    size_t entry = 2 * (size_t)address_cells + size_cells;

    for (; count > 0; count--, value += entry) {
        uint64_t last = fdt32_ld(value + address_cells - 1) |
                        fdt32_ld(value + address_cells + size_cells - 1) |
                        fdt32_ld(value + entry - 1);

        if (last % PAGE_SIZE != 0)
            return false;
    }
    return true;
}

/*
 * xen,reg: address in the machine, size, address in the domain, each in whole pages. What is left
 * behind the last whole entry Xen does not read.
 */
static void check_device_memory(const struct fragment *fragment, const char *device,
                                const fdt32_t *value, size_t size, int parent)
{
    static const char hint[] = "write <HOST SIZE GUEST>, each in whole pages";
    static const char what[] = ": %s in %s has xen,reg that is not a list of pages";
    uint32_t address_cells = tree_cells(fragment->fdt, parent, "#address-cells", 2);
    uint32_t size_cells = tree_cells(fragment->fdt, parent, "#size-cells", 1);
    size_t entry = (2 * (size_t)address_cells + size_cells) * sizeof(*value);
    bool is_counted = address_cells - 1 < TREE_CELLS_MAX / 2 && size_cells - 1 < TREE_CELLS_MAX / 2;
    bool is_right = is_counted && are_pages(value, size / entry, address_cells, size_cells);

    if (!is_right)
        check_device_error(fragment->check, fragment->module, hint, what, device,
                           fragment->module->binary->name);
    else if (size % entry != 0 || size == 0)
        check_warning(fragment->check, fragment->module->domain, &fragment->module->where, hint,
                      what, device, fragment->module->binary->name);
}

/* Reports a device that comes to lie over the memory of its domain. */
static void check_guest_side(const struct fragment *fragment, const char *device,
                             const fdt32_t *value, size_t size, int parent)
{
    const struct module *module = fragment->module;
    uint32_t address_cells = tree_cells(fragment->fdt, parent, "#address-cells", 2);
    uint32_t size_cells = tree_cells(fragment->fdt, parent, "#size-cells", 1);
    size_t entry = 2 * (size_t)address_cells + size_cells;

    if (tree_has(fragment->check->fdt, module->domain->node, "direct-map") ||
        address_cells - 1 >= 2 || size_cells - 1 >= 2)
        return;
    for (size_t count = size / (entry * sizeof(*value)); count > 0; count--, value += entry) {
        uint64_t guest = 0;
        uint64_t bytes = 0;
        enum guest_place place;

        tree_read_number(value + address_cells, size_cells, &bytes);
        tree_read_number(value + address_cells + size_cells, address_cells, &guest);
        place = guest_place(fragment->check, module->domain, guest, bytes);
        if (place == PLACE_FREE)
            continue;
        (place == PLACE_MEMORY ? check_warning : check_error)(
            fragment->check, module->domain, &module->where,
            "choose an address outside the memory of the domain",
            ": %s in %s lies over the domain's memory", device, module->binary->name);
        return;
    }
}

static void check_device(const struct fragment *fragment, int node, int parent)
{
    int size;
    const char *device = fdt_get_name(fragment->fdt, node, NULL);
    const fdt32_t *memory = tree_get(fragment->fdt, node, "xen,reg", &size);
    struct given_device given = {
        .module = fragment->module,
        .name = device,
        .path = tree_string(fragment->fdt, node, "xen,path"),
        .is_forced = tree_has(fragment->fdt, node, "xen,force-assign-without-iommu"),
    };

    if (memory != NULL && fragment->is_first)
        check_device_memory(fragment, device, memory, (size_t)size, parent);
    if (memory != NULL)
        check_guest_side(fragment, device, memory, (size_t)size, parent);
    if (given.path != NULL && memory != NULL)
        passthrough_give(fragment->passthrough, &given);
    else if (fragment->is_first && (given.path != NULL || !given.is_forced))
        check_device_error(fragment->check, fragment->module,
                           "give it both, or xen,reg and xen,force-assign-without-iommu",
                           ": %s in %s has %s", device, fragment->module->binary->name,
                           given.path != NULL ? "xen,path but no xen,reg"
                                              : "xen,reg but no xen,path");
}

static bool is_device(const struct fragment *fragment, int node)
{
    return tree_has(fragment->fdt, node, "xen,reg") || tree_has(fragment->fdt, node, "xen,path");
}

/* Xen looks at /passthrough as at a device. */
static void check_itself(const struct fragment *fragment, int passthrough)
{
    bool has_path = tree_has(fragment->fdt, passthrough, "xen,path");
    bool is_forced = tree_has(fragment->fdt, passthrough, "xen,force-assign-without-iommu");

    if (!tree_has(fragment->fdt, passthrough, "xen,reg") || (!has_path && !is_forced))
        check_error(fragment->check, fragment->module->domain, &fragment->module->where,
                    "move it to the node of the device", ": /passthrough in %s has %s itself",
                    fragment->module->binary->name, has_path ? "xen,path" : "xen,reg");
}

/* Each node of /passthrough; the parents are remembered on the way down. */
static void check_devices(const struct fragment *fragment, int passthrough)
{
    int parents[DEPTH_MAX] = {passthrough};
    int depth = 0;

    if (fragment->is_first && is_device(fragment, passthrough))
        check_itself(fragment, passthrough);
    for (int node = fdt_next_node(fragment->fdt, passthrough, &depth); node >= 0 && depth > 0;
         node = fdt_next_node(fragment->fdt, node, &depth)) {
        if (depth >= DEPTH_MAX)
            continue;
        parents[depth] = node;
        if (is_device(fragment, node))
            check_device(fragment, node, parents[depth - 1]);
    }
}

/* Xen gives its own nodes phandles behind the highest one of the fragment. */
static void check_phandles(const struct fragment *fragment)
{
    uint32_t highest = 0;

    if (fdt_find_max_phandle(fragment->fdt, &highest) != 0 || highest < PHANDLE_GIC - 1)
        return;
    if (xen_is_from_to(fragment->check->xen, XEN(4, 22), 0))
        check_limit(fragment->check, fragment->module->domain, &fragment->module->where,
                    "leave phandles to dtc", ": %s has the phandle %u, but Xen takes %u",
                    fragment->module->binary->name, highest, PHANDLE_GIC - 2);
}

static void check_fragment(const struct fragment *fragment)
{
    const struct module *module = fragment->module;
    const struct binary *binary = module->binary;
    int result = tree_check(fragment->fdt, (size_t)binary->size);
    int passthrough;

    if (result != 0) {
        if (fragment->is_first)
            check_error(fragment->check, NULL, &binary->where,
                        tree_hint(fragment->fdt, (size_t)binary->size, "make it with dtc -O dtb"),
                        "%s, a device tree for %s, is none: %s", binary->name, module->domain->name,
                        tree_error(result));
        return;
    }
    if (fragment->is_first)
        check_phandles(fragment);
    passthrough = fdt_subnode_offset(fragment->fdt, 0, "passthrough");
    if (passthrough >= 0)
        check_devices(fragment, passthrough);
    else if (fragment->is_first)
        check_warning(fragment->check, module->domain, &module->where, "put the devices below it",
                      ": %s has no node /passthrough", binary->name);
}

void check_fragments(const struct check *check)
{
    const struct plan *plan = check->plan;
    struct passthrough passthrough;

    passthrough_init(&passthrough, check);
    for (size_t at = 0; at < plan->module_count; at++) {
        const struct module *module = &plan->modules[at];
        struct fragment fragment = {.check = check, .module = module, .passthrough = &passthrough};

        if (module->kind != MODULE_DEVICE_TREE || !module_is_taken(module) ||
            has_capability(check, module->domain, CAPABILITY_HARDWARE))
            continue;
        fragment.fdt = module->binary->memory;
        fragment.is_first = module_is_first(plan, module);
        check_fragment(&fragment);
    }
}
