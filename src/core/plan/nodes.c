/* SPDX-License-Identifier: BSD-2-Clause */
/* Part of stage plan: finding the nodes of domains and modules in the working tree. */
#include "core/plan/nodes.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/compose/node.h"
#include "core/compose/origin.h"

#define CELLS_MISSING 2U /* what a node without cells properties will get */

/* The state of filling in the plan. */
struct finder {
    const struct workspace *workspace;
    const void *fdt; /* of the tree */
    struct plan *plan;
};

static bool is_domain(const void *fdt, int node)
{
    return tree_is_compatible(fdt, node, "xen,domain");
}

/* Calls `each` for the modules right below a node; deeper than usual, only for those in memory. */
static void walk_modules(const void *fdt, int parent, bool is_deep,
                         void (*each)(void *data, int parent, int module), void *data)
{
    int node;

    for (node = walk_child(fdt, parent); node >= 0; node = walk_sibling(fdt, node)) {
        if (is_deep ? tree_is_compatible(fdt, node, "multiboot,module") : node_is_module(fdt, node))
            each(data, parent, node);
    }
}

/*
 * Calls `each` for /chosen and every domain under it, then for their modules: `module` is -1 for
 * the former. Xen takes modules below any other child of /chosen for dom0's, too. Both nodes_find
 * and nodes_locate walk this way, so that their orders agree.
 */
static void walk(const struct tree *tree, void (*each)(void *data, int parent, int module),
                 void *data)
{
    const void *fdt = tree->fdt;
    int chosen = tree_find_chosen(tree);
    int node;

    each(data, chosen, -1);
    for (node = walk_child(fdt, chosen); node >= 0; node = walk_sibling(fdt, node)) {
        if (is_domain(fdt, node))
            continue;
        if (node_is_module(fdt, node))
            each(data, chosen, node);
        else
            walk_modules(fdt, node, true, each, data);
    }
    for (node = walk_child(fdt, chosen); node >= 0; node = walk_sibling(fdt, node)) {
        if (!is_domain(fdt, node))
            continue;
        each(data, node, -1);
        walk_modules(fdt, node, false, each, data);
    }
}

/* The number of domains and modules; /chosen counts as a domain. */
struct counts {
    size_t domains;
    size_t modules;
};

static void count(void *data, int parent, int module)
{
    struct counts *counts = data;

    (void)parent;
    if (module < 0)
        counts->domains++;
    else
        counts->modules++;
}

static enum module_kind stated_kind(const void *fdt, int node)
{
    static const struct {
        const char *compatible;
        enum module_kind kind;
    } kinds[] = {
        {"multiboot,kernel", MODULE_KERNEL},           {"xen,linux-zimage", MODULE_KERNEL},
        {"multiboot,ramdisk", MODULE_RAMDISK},         {"xen,linux-initrd", MODULE_RAMDISK},
        {"multiboot,device-tree", MODULE_DEVICE_TREE}, {"xen,xsm-policy", MODULE_XSM},
    };

    for (size_t at = 0; at < sizeof(kinds) / sizeof(kinds[0]); at++)
        if (tree_is_compatible(fdt, node, kinds[at].compatible))
            return kinds[at].kind;
    return MODULE_UNKNOWN;
}

static uint32_t cells(const struct finder *finder, int node, const struct location *where,
                      const char *name, uint32_t missing, uint32_t most)
{
    uint32_t value = tree_cells(finder->fdt, node, name, missing);

    if (value >= 1 && value <= most)
        return value;
    diagnose(finder->workspace->diagnostics, SEVERITY_ERROR, where,
             text_format(finder->workspace->arena, "it is one cell, from 1 to %u", most),
             "%s cannot be used for the reg of modules", name);
    return CELLS_MISSING;
}

static void add_domain(struct finder *finder, int node)
{
    struct arena *arena = finder->workspace->arena;
    struct plan *plan = finder->plan;
    struct domain *domain = &plan->domains[plan->domain_count++];
    const char *name = fdt_get_name(finder->fdt, node, NULL);

    domain->node = node;
    domain->is_dom0 = plan->domain_count == 1;
    domain->name = domain->is_dom0 ? "dom0" : arena_copy(arena, name, strlen(name));
    domain->path = domain->is_dom0 ? "/chosen" : text_format(arena, "/chosen/%s", name);
    domain->where = origin_of(arena, finder->fdt, node, domain->path);
    domain->lines = origin_lines_of(arena, finder->fdt, node);
    domain->is_faulty = tree_has(finder->fdt, node, FAULTY_PROPERTY);
    domain->modules = &plan->modules[plan->module_count];
    domain->address_cells =
        cells(finder, node, &domain->where, "#address-cells", CELLS_MISSING, TREE_CELLS_MAX);
    domain->size_cells = cells(finder, node, &domain->where, "#size-cells", CELLS_MISSING, 2);
}

static void add_module(struct finder *finder, int parent, int node)
{
    struct arena *arena = finder->workspace->arena;
    struct plan *plan = finder->plan;
    struct domain *domain = &plan->domains[plan->domain_count - 1];
    struct module *module = &plan->modules[plan->module_count++];
    const char *name = fdt_get_name(finder->fdt, node, NULL);

    domain->module_count++;
    module->node = node;
    module->domain = domain;
    module->path = parent == domain->node
                       ? text_format(arena, "%s/%s", domain->path, name)
                       : text_format(arena, "%s/%s/%s", domain->path,
                                     fdt_get_name(finder->fdt, parent, NULL), name);
    module->where = origin_of(arena, finder->fdt, node, module->path);
    module->kind = stated_kind(finder->fdt, node);
    module->is_stated = module->kind != MODULE_UNKNOWN;
    module->address_cells = domain->address_cells;
    module->size_cells = domain->size_cells;
    if (parent == domain->node)
        return;
    module->address_cells = cells(finder, parent, &module->where, "#address-cells",
                                  domain->address_cells, TREE_CELLS_MAX);
    module->size_cells =
        cells(finder, parent, &module->where, "#size-cells", domain->size_cells, 2);
}

static void add_node(void *data, int parent, int module)
{
    if (module < 0)
        add_domain(data, parent);
    else
        add_module(data, parent, module);
}

bool nodes_find(const struct workspace *workspace, const struct tree *tree, struct plan *plan)
{
    struct finder finder = {.workspace = workspace, .fdt = tree->fdt, .plan = plan};
    struct counts counts = {0};

    walk(tree, count, &counts);
    if (counts.domains > PLAN_NODES_MAX || counts.modules > PLAN_NODES_MAX) {
        diagnose(workspace->diagnostics, SEVERITY_ERROR, &(struct location){.node = "/chosen"},
                 "Xen takes at most 32 modules, itself and the tree counted",
                 "%zu domains with %zu modules are too many", counts.domains - 1, counts.modules);
        return false;
    }
    plan->domains = arena_array(workspace->arena, counts.domains, sizeof(*plan->domains));
    plan->modules = arena_array(workspace->arena, counts.modules, sizeof(*plan->modules));
    if (plan->domains == NULL || plan->modules == NULL)
        return false;
    walk(tree, add_node, &finder);
    return !workspace->arena->failed;
}

/* The next parts of the plan that nodes_locate comes to. */
struct locator {
    struct plan *plan;
    size_t domains;
    size_t modules;
};

static void locate_node(void *data, int parent, int module)
{
    struct locator *locator = data;

    if (module < 0 && locator->domains < locator->plan->domain_count)
        locator->plan->domains[locator->domains++].node = parent;
    else if (module >= 0 && locator->modules < locator->plan->module_count)
        locator->plan->modules[locator->modules++].node = module;
}

void nodes_locate(const struct tree *tree, struct plan *plan)
{
    struct locator locator = {.plan = plan};

    walk(tree, locate_node, &locator);
}
