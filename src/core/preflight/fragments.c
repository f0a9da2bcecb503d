/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of passthrough fragments: the devices that they give to a domain. */
#include "core/preflight/fragments.h"

#include <libfdt.h>

#define DEPTH_MAX 16 /* of nodes in a fragment */

/* A fragment while its nodes are walked. */
struct fragment {
    const struct check *check;
    const struct module *module;
    const void *fdt;
};

static void check_device_node(const struct fragment *fragment, const char *device, const char *path)
{
    const struct check *check = fragment->check;
    int node = fdt_path_offset(check->fdt, path);

    if (node < 0)
        check_error(check, fragment->module->domain, &fragment->module->where, NULL,
                    ": %s in %s names %s, which the machine's tree does not have", device,
                    fragment->module->binary->name, path);
    else if (!tree_has(check->fdt, node, "xen,passthrough"))
        check_warning(check, fragment->module->domain, &fragment->module->where,
                      "add xen,passthrough to its node, so that neither Xen nor dom0 uses it",
                      " gets %s, which has no xen,passthrough", path);
}

/* xen,reg: address in the machine, size, address in the domain, each in whole pages. */
static void check_device_memory(const struct fragment *fragment, const char *device,
                                const fdt32_t *value, size_t size, int parent)
{
    uint32_t address_cells = tree_cells(fragment->fdt, parent, "#address-cells", 2);
    uint32_t size_cells = tree_cells(fragment->fdt, parent, "#size-cells", 1);
    size_t entry = (2 * (size_t)address_cells + size_cells) * sizeof(*value);
    bool is_right = address_cells - 1 < TREE_CELLS_MAX && size_cells - 1 < TREE_CELLS_MAX &&
                    size != 0 && size % entry == 0;

    for (const fdt32_t *end = value + size / sizeof(*value); is_right && value < end;
         value += entry / sizeof(*value)) {
        uint64_t last = fdt32_ld(value + address_cells - 1) |
                        fdt32_ld(value + address_cells + size_cells - 1) |
                        fdt32_ld(value + entry / sizeof(*value) - 1);

        is_right = last % PAGE_SIZE == 0;
    }
    if (!is_right)
        check_error(fragment->check, fragment->module->domain, &fragment->module->where,
                    "write <HOST SIZE GUEST>, each in whole pages",
                    ": %s in %s has xen,reg that is not a list of pages", device,
                    fragment->module->binary->name);
}

static void check_device(const struct fragment *fragment, int node, int parent)
{
    int size;
    const char *device = fdt_get_name(fragment->fdt, node, NULL);
    const fdt32_t *memory = tree_get(fragment->fdt, node, "xen,reg", &size);
    const char *path = tree_string(fragment->fdt, node, "xen,path");
    bool is_forced = tree_has(fragment->fdt, node, "xen,force-assign-without-iommu");

    if (memory != NULL)
        check_device_memory(fragment, device, memory, (size_t)size, parent);
    if (path != NULL && memory != NULL)
        check_device_node(fragment, device, path);
    else if (path != NULL || !is_forced)
        check_error(fragment->check, fragment->module->domain, &fragment->module->where,
                    "give it both, or xen,reg and xen,force-assign-without-iommu",
                    ": %s in %s has %s", device, fragment->module->binary->name,
                    path != NULL ? "xen,path but no xen,reg" : "xen,reg but no xen,path");
}

/* Each node below /passthrough; the parents are remembered on the way down. */
static void check_devices(const struct fragment *fragment, int passthrough)
{
    int parents[DEPTH_MAX] = {passthrough};
    int depth = 0;

    for (int node = fdt_next_node(fragment->fdt, passthrough, &depth); node >= 0 && depth > 0;
         node = fdt_next_node(fragment->fdt, node, &depth)) {
        if (depth >= DEPTH_MAX)
            continue;
        parents[depth] = node;
        if (!tree_has(fragment->fdt, node, "xen,reg") && !tree_has(fragment->fdt, node, "xen,path"))
            continue;
        check_device(fragment, node, parents[depth - 1]);
    }
}

void check_fragment(const struct check *check, const struct module *module)
{
    const struct binary *binary = module->binary;
    struct fragment fragment = {check, module, binary->memory};
    int result = tree_check(fragment.fdt, (size_t)binary->size);
    int passthrough;

    if (result != 0) {
        check_error(check, NULL, &binary->where, "make it with dtc -O dtb",
                    "%s, a device tree for %s, is none: %s", binary->name, module->domain->name,
                    tree_error(result));
        return;
    }
    passthrough = fdt_subnode_offset(fragment.fdt, 0, "passthrough");
    if (passthrough < 0)
        check_warning(check, module->domain, &module->where, "put the devices below it",
                      ": %s has no node /passthrough", binary->name);
    else
        check_devices(&fragment, passthrough);
}
