/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of the machine's IOMMU. */
#include "core/preflight/iommu.h"

#include <libfdt.h>

/*
 * True for an SMMUv3 that translates for the programs of a system, but not for domains: QEMU's up
 * to 9.1, the trees of which have no aliases.
 */
static bool is_for_programs(const struct check *check, int node)
{
    return tree_is_compatible(check->fdt, node, "arm,smmu-v3") &&
           tree_is_compatible(check->fdt, 0, "linux,dummy-virt") &&
           fdt_path_offset(check->fdt, "/aliases") < 0;
}

/* True if a node is an IOMMU: of a known kind, or by the property that each has today. */
static bool is_iommu(const struct check *check, int node)
{
    static const char *const kinds[] = {"arm,smmu-v3", "arm,smmu-v1", "arm,smmu-v2",
                                        "arm,mmu-400", "arm,mmu-401", "arm,mmu-500"};

    for (size_t at = 0; at < sizeof(kinds) / sizeof(kinds[0]); at++)
        if (tree_is_compatible(check->fdt, node, kinds[at]))
            return true;
    return tree_has(check->fdt, node, "#iommu-cells");
}

bool iommu_is_used(const struct check *check)
{
    int node = -1;

    if (xen_options_iommu(check->options).is_off)
        return false;
    while ((node = walk_next(check->fdt, node)) >= 0)
        if (is_iommu(check, node) && !tree_is_off(check->fdt, node) &&
            !is_for_programs(check, node) &&
            (check->xen->version == 0 || check_has_driver(check, node)))
            return true;
    return false;
}

void check_iommu(const struct check *check)
{
    struct xen_iommu iommu = xen_options_iommu(check->options);

    if (iommu.is_forced && !iommu_is_used(check))
        check_error(check, NULL, check_options_place(check),
                    "leave out iommu=force, or start on a machine that has one",
                    iommu.is_off ? "iommu= asks for an IOMMU that Xen is told to leave alone"
                                 : "iommu= asks for an IOMMU that Xen cannot use");
}
