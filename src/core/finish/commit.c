/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage commit: the tree learns where the binaries are, in the form that Xen reads. */
#include "core/finish/commit.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/compose/origin.h"
#include "core/plan/nodes.h"
#include "core/plan/xen_options.h"

#define CPU_SIZE      128U /* bytes that a processor takes in dom0's tree, at most */
#define DOM0_CPUS_MAX 128U

/* Properties that only the loader reads. */
static const char *const own_properties[] = {"uefi,binary",     "uefi,key",
                                             "xen,uefi-binary", "xen,uefi-cfg-load",
                                             ORIGIN_PROPERTY,   FAULTY_PROPERTY};

static int remove_own(struct tree *tree, int node)
{
    for (size_t at = 0; at < sizeof(own_properties) / sizeof(own_properties[0]); at++) {
        int result = tree_remove(tree, node, own_properties[at]);

        if (result != 0)
            return result;
    }
    return 0;
}

static const char *compatible_for(enum module_kind kind)
{
    switch (kind) {
    case MODULE_KERNEL:
        return "multiboot,kernel";
    case MODULE_RAMDISK:
        return "multiboot,ramdisk";
    case MODULE_XSM:
        return "xen,xsm-policy";
    case MODULE_DEVICE_TREE:
        return "multiboot,device-tree";
    case MODULE_UNKNOWN:
        break;
    }
    return NULL;
}

/* Puts what is missing around the compatible texts that the node has: type first, module last. */
static int write_compatible(struct tree *tree, const struct module *module)
{
    static const char last[] = "multiboot,module";
    const char *type = module->is_stated ? NULL : compatible_for(module->kind);
    bool is_module = !module->is_corrected && tree_is_compatible(tree->fdt, module->node, last);
    int old_size = 0;
    const char *old =
        module->is_corrected ? NULL : tree_get(tree->fdt, module->node, "compatible", &old_size);
    size_t size = 0;
    char *value;

    if (type == NULL && is_module)
        return 0;
    value = arena_allocate(tree->arena, sizeof(last) + 64 + (old != NULL ? (size_t)old_size : 0));
    if (value == NULL)
        return -FDT_ERR_NOSPACE;
    if (type != NULL) {
        size = strlen(type) + 1;
        memcpy(value, type, size);
    }
    if (old != NULL && old_size > 0) {
        memcpy(value + size, old, (size_t)old_size);
        size += (size_t)old_size;
        /* A text without its end would swallow the next one. */
        if (value[size - 1] != '\0')
            size++;
    }
    if (!is_module) {
        memcpy(value + size, last, sizeof(last));
        size += sizeof(last);
    }
    return tree_set(tree, module->node, "compatible", value, size);
}

/* Names the node after its address where no sibling has that name. */
static int write_name(struct tree *tree, const struct module *module)
{
    char *name = text_format(tree->arena, "module@%lx", module->binary->address);
    int other;

    if (name == NULL)
        return -FDT_ERR_NOSPACE;
    other = walk_find(tree->fdt, module->domain->node, name);
    return other == -FDT_ERR_NOTFOUND ? tree_rename(tree, module->node, name) : 0;
}

static int write_reg(const struct workspace *workspace, struct tree *tree,
                     const struct module *module)
{
    const struct domain *domain = module->domain;
    const struct binary *binary = module->binary;
    fdt32_t reg[TREE_CELLS_MAX + 2];
    size_t count = domain->address_cells + (size_t)domain->size_cells;

    if (!tree_write_number(reg, domain->address_cells, binary->address) ||
        !tree_write_number(reg + domain->address_cells, domain->size_cells, binary->size)) {
        diagnose(workspace->diagnostics, SEVERITY_ERROR, &module->where,
                 "give the parent more cells",
                 "0x%lx and %lu bytes do not fit into a reg of %u and %u cells", binary->address,
                 binary->size, domain->address_cells, domain->size_cells);
        return 0;
    }
    return tree_set(tree, module->node, "reg", reg, count * sizeof(reg[0]));
}

static int commit_module(const struct workspace *workspace, struct tree *tree,
                         const struct module *module)
{
    int result = 0;

    /* What lies in memory keeps its place, but Xen has to know its kind. */
    if (module->binary == NULL)
        return write_compatible(tree, module);
    if (!module->binary->is_placed)
        return 0;
    result = write_reg(workspace, tree, module);
    if (result == 0)
        result = write_compatible(tree, module);
    if (result == 0)
        result = remove_own(tree, module->node);
    return result == 0 ? write_name(tree, module) : result;
}

/* Modules of a domain from the last to number `first`: edits move only what is behind them. */
static int commit_modules(const struct workspace *workspace, struct tree *tree,
                          const struct domain *domain, size_t first, size_t end)
{
    int result = 0;

    while (end-- > first && result == 0)
        result = commit_module(workspace, tree, &domain->modules[end]);
    return result;
}

static int commit_cells(struct tree *tree, const struct domain *domain)
{
    int result = 0;

    if (domain->module_count == 0)
        return 0;
    if (!tree_has(tree->fdt, domain->node, "#size-cells"))
        result = tree_set_u32(tree, domain->node, "#size-cells", domain->size_cells);
    if (result == 0 && !tree_has(tree->fdt, domain->node, "#address-cells"))
        result = tree_set_u32(tree, domain->node, "#address-cells", domain->address_cells);
    return result;
}

/* A domain and its first modules; those behind are done. */
static int commit_domain(const struct workspace *workspace, struct tree *tree,
                         const struct domain *domain, size_t modules)
{
    int result = commit_modules(workspace, tree, domain, 0, modules);

    if (result == 0)
        result = commit_cells(tree, domain);
    return result == 0 ? remove_own(tree, domain->node) : result;
}

/* From the end of the tree to its start; modules of dom0 stand between the domains. */
static int commit_all(const struct workspace *workspace, const struct plan *plan, struct tree *tree)
{
    const struct domain *dom0 = &plan->domains[0];
    size_t dom0_end = dom0->module_count;
    int result = 0;

    for (size_t at = plan->domain_count - 1; at > 0 && result == 0; at--) {
        const struct domain *domain = &plan->domains[at];
        size_t behind = dom0_end;

        while (behind > 0 && dom0->modules[behind - 1].node > domain->node)
            behind--;
        result = commit_modules(workspace, tree, dom0, behind, dom0_end);
        dom0_end = behind;
        if (result == 0)
            result = commit_domain(workspace, tree, domain, domain->module_count);
    }
    return result == 0 ? commit_domain(workspace, tree, dom0, dom0_end) : result;
}

/*
 * Xen makes dom0's tree of this one, in little more room than this one takes. For more virtual
 * processors than the machine has, that is not enough.
 */
static int make_room(struct tree *tree, const struct plan *plan)
{
    const char *options = xen_options(tree->fdt, plan->domains);
    const char *option = xen_option(options, "dom0_max_vcpus");
    uint64_t cpus = option != NULL ? xen_option_number(option) : 0;

    if (domain_module(plan->domains, MODULE_KERNEL) == NULL || cpus <= 1)
        return 0;
    return tree_pad(tree, CPU_SIZE * (cpus < DOM0_CPUS_MAX ? cpus : DOM0_CPUS_MAX));
}

bool commit(const struct workspace *workspace, struct plan *plan, const struct event_log *log,
            struct tree *tree)
{
    size_t errors = workspace->diagnostics->counts[SEVERITY_ERROR];
    int result = commit_all(workspace, plan, tree);

    if (result == 0)
        result = event_log_describe(tree, log);
    if (result == 0)
        result = tree_finish(tree);
    if (result == 0) {
        nodes_locate(tree, plan);
        result = make_room(tree, plan);
    }
    if (result != 0 && !workspace->arena->failed)
        diagnose(workspace->diagnostics, SEVERITY_ERROR, NULL, NULL,
                 "the device tree cannot be completed: %s", tree_error(result));
    return workspace->diagnostics->counts[SEVERITY_ERROR] == errors && !workspace->arena->failed;
}
