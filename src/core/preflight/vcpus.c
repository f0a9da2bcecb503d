/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of vCPUs: how many a domain has, and what is said of each. */
#include "core/preflight/vcpus.h"
#include "core/preflight/meant.h"

#include <libfdt.h>

/* vCPUs that Xen's virtual GICv2 and GICv3 can serve. */
#define VGIC2_CPUS 8U
#define VGIC3_CPUS 128U

#define REDISTRIBUTOR 0x20000U /* bytes of one of a GICv3 */

static bool has_compatible(const struct check *check, const char *text)
{
    return tree_find_compatible(check->fdt, text) >= 0;
}

/* The vCPUs that a domain may have, by the machine's interrupt controller. */
static unsigned cpus_most(const struct check *check)
{
    bool is_gic2 =
        has_compatible(check, "arm,gic-400") || has_compatible(check, "arm,cortex-a15-gic");

    return is_gic2 && !has_compatible(check, "arm,gic-v3") ? VGIC2_CPUS : VGIC3_CPUS;
}

/* A property of a wrong form is reported with the bindings. */
static void check_count(const struct check *check, const struct domain *domain)
{
    struct location where = check_entry(domain, "cpus");
    const char *hint = check_hint(domain, "add cpus = <N>, one cell", "add cpus=N, such as cpus=1");
    uint32_t cpus = 1;

    if (!tree_has(check->fdt, domain->node, "cpus")) {
        where = meant_place(check, domain, "cpus", &hint);
        check_error(check, domain, &where, hint, " does not say how many cpus it has");
    } else if (check_cell(check, domain->node, "cpus", &cpus) && cpus == 0) {
        check_error(check, domain, &where, "a domain has at least one", " has 0 cpus");
    } else if (cpus > VGIC2_CPUS && cpus > cpus_most(check)) {
        check_limit(check, domain, &where, "its interrupt controller sets the limit",
                    " has %u cpus, but Xen takes %u", cpus, cpus_most(check));
    }
}

/*
 * The vCPUs that dom0 may have: its GICv3 is in the places of the machine's, each vCPU in one of
 * its redistributors.
 */
static uint64_t cpus_most_of_dom0(const struct check *check)
{
    int node = tree_find_compatible(check->fdt, "arm,gic-v3");
    uint32_t address_cells = tree_cells(check->fdt, 0, "#address-cells", 2);
    uint32_t size_cells = tree_cells(check->fdt, 0, "#size-cells", 1);
    int size = 0;
    const fdt32_t *reg = tree_get(check->fdt, node, "reg", &size);
    size_t entry = address_cells + (size_t)size_cells;
    uint32_t regions = tree_cells(check->fdt, node, "#redistributor-regions", 1);
    uint64_t cpus = 0;

    if (node < 0 || address_cells > TREE_CELLS_MAX || size_cells > TREE_CELLS_MAX)
        return cpus_most(check);
    for (size_t at = 1; at <= regions && (at + 1) * entry * sizeof(*reg) <= (size_t)size; at++) {
        uint64_t bytes;

        if (tree_read_number(reg + at * entry + address_cells, size_cells, &bytes))
            cpus += bytes / REDISTRIBUTOR;
    }
    return cpus == 0 || cpus > VGIC3_CPUS ? VGIC3_CPUS : cpus;
}

/* dom0 has as many as the machine has processors, or as it is told; 128 at most. */
void check_dom0_vcpus(const struct check *check)
{
    const char *option = xen_option(check->options, "dom0_max_vcpus");
    uint64_t cpus = option != NULL ? xen_option_number(option) : 0;
    uint64_t most;

    if (!check_has_kernel(check->plan->domains) || cpus <= VGIC2_CPUS)
        return;
    most = cpus_most_of_dom0(check);
    cpus = cpus > VGIC3_CPUS ? VGIC3_CPUS : cpus;
    if (cpus > most)
        check_limit(check, NULL, check_options_place(check),
                    "its interrupt controller sets the limit",
                    "dom0_max_vcpus= gives dom0 %lu cpus, but Xen takes %lu", cpus, most);
}

static void check_vcpu(const struct check *check, const struct domain *domain, int node,
                       uint32_t cpus)
{
    struct location where = check_child(check, domain, node);
    uint32_t value;

    if (!tree_has(check->fdt, node, "id"))
        check_error(check, domain, &where, "add id = <N>", ": a xen,vcpu node has no id");
    else if (check_cell(check, node, "id", &value) && value >= cpus)
        check_error(check, domain, &where, "the first one is 0", " has no cpu %u", value);
}

void check_vcpus(const struct check *check, const struct domain *domain)
{
    uint32_t cpus = UINT32_MAX;
    int node;

    if (!domain->is_faulty)
        check_count(check, domain);
    check_cell(check, domain->node, "cpus", &cpus);
    for (node = walk_child(check->fdt, domain->node); node >= 0;
         node = walk_sibling(check->fdt, node)) {
        if (xen_is_from_to(check->xen, XEN(4, 21), 0) &&
            tree_is_compatible(check->fdt, node, "xen,vcpu"))
            check_vcpu(check, domain, node, cpus);
    }
}
