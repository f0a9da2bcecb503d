/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of a plan: domains, their modules, and the binaries that these stand for. */
#include "core/plan/parts.h"

#include <libfdt.h>

#include "core/base/text.h"

uint64_t binary_pages(const struct binary *binary)
{
    /* The pages of the largest sizes would not be countable in bytes; nothing has room for them. */
    bool has_rest = binary->size % PAGE_SIZE != 0 && binary->size <= UINT64_MAX - PAGE_SIZE;

    return binary->size / PAGE_SIZE + has_rest;
}

struct location domain_child(struct arena *arena, const void *fdt, const struct domain *domain,
                             int node)
{
    struct location where = domain->where;

    if (where.file != NULL)
        return where;
    where.order += (unsigned)(node - domain->node);
    where.node = text_format(arena, "%s/%s", domain->path, fdt_get_name(fdt, node, NULL));
    return where;
}

bool domain_cpus(const struct tree *tree, const struct domain *domain, uint32_t *cpus)
{
    return tree_cell(tree->fdt, domain->node, "cpus", cpus);
}

bool domain_memory(const struct tree *tree, const struct domain *domain, uint64_t *kib)
{
    int size;
    const void *value = tree_get(tree->fdt, domain->node, "memory", &size);

    if (value == NULL || size < 8 || text_is_plain(value, (size_t)size))
        return false;
    return tree_read_number(value, 2, kib);
}

const struct module *domain_module(const struct domain *domain, enum module_kind kind)
{
    for (size_t at = 0; at < domain->module_count; at++)
        if (domain->modules[at].kind == kind)
            return &domain->modules[at];
    return NULL;
}

const struct module *domain_taken(const struct domain *domain, enum module_kind kind)
{
    const struct module *taken = NULL;

    for (size_t at = 0; at < domain->module_count; at++)
        if (domain->modules[at].kind == kind && (taken == NULL || !domain->is_dom0))
            taken = &domain->modules[at];
    return taken;
}

const struct module *domain_loaded(const struct domain *domain, enum module_kind kind)
{
    const struct module *taken = domain_taken(domain, kind);

    return taken != NULL && taken->binary != NULL && taken->binary->is_loaded ? taken : NULL;
}

bool module_is_taken(const struct module *module)
{
    return module == domain_loaded(module->domain, module->kind);
}

bool module_is_first(const struct plan *plan, const struct module *module)
{
    const struct module *first = plan->modules;

    while (first->kind != module->kind || first->binary != module->binary ||
           !module_is_taken(first))
        first++;
    return first == module;
}

const struct module *domain_line(const void *fdt, const struct domain *domain)
{
    for (size_t at = 0; at < domain->module_count; at++) {
        const struct module *module = &domain->modules[at];

        if ((module->kind == MODULE_KERNEL || !domain->is_dom0) &&
            tree_has(fdt, module->node, "bootargs"))
            return module;
    }
    return NULL;
}
