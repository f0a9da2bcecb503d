/* SPDX-License-Identifier: BSD-2-Clause */
/* The nodes that others link to by phandle: CPUs, CPU pools and event channels. */
#include "core/preflight/targets.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/tree/walk.h"

struct target *target_of(const struct targets *targets, uint32_t phandle)
{
    const char *key = text_format(targets->check->arena, "%x", phandle);

    return key != NULL ? names_find(&targets->by_phandle, key) : NULL;
}

static struct target *add(struct targets *targets, enum target_kind kind, int node)
{
    struct target *target = arena_allocate(targets->check->arena, sizeof(*target));
    const char *key;

    if (target == NULL)
        return NULL;
    *target = (struct target){.kind = kind, .node = node};
    target->phandle = fdt_get_phandle(targets->check->fdt, node);
    key = text_format(targets->check->arena, "%x", target->phandle);
    if (key == NULL)
        return NULL;
    if (target->phandle != 0)
        names_add(&targets->by_phandle, key, target);
    *targets->end = target;
    targets->end = &target->next;
    return target;
}

static void add_channel(struct targets *targets, enum target_kind kind, const struct domain *domain,
                        int node)
{
    struct target *target = add(targets, kind, node);
    int size;
    const fdt32_t *link = tree_get(targets->check->fdt, node, "xen,evtchn", &size);

    if (target == NULL)
        return;
    target->domain = domain;
    target->has_link = link != NULL && size >= 8; /* of more, Xen reads no further */
    if (target->has_link) {
        target->port = fdt32_ld(&link[0]);
        target->remote = fdt32_ld(&link[1]);
    }
}

static void add_children(struct targets *targets, const struct domain *domain)
{
    const void *fdt = targets->check->fdt;
    int node;

    for (node = walk_child(fdt, domain->node); node >= 0; node = walk_sibling(fdt, node)) {
        if (tree_is_compatible(fdt, node, "xen,evtchn-v1"))
            add_channel(targets, TARGET_CHANNEL, domain, node);
        else if (domain->is_dom0 && tree_is_compatible(fdt, node, "xen,cpupool"))
            add(targets, TARGET_POOL, node);
        else if (tree_has(fdt, node, "xen,evtchn"))
            add_channel(targets, TARGET_END, domain, node);
    }
}

/* True if a CPU can be started (Devicetree Specification §3.8.1). */
static bool is_cpu(const void *fdt, int node)
{
    const char *type = tree_string(fdt, node, "device_type");

    return type != NULL && strcmp(type, "cpu") == 0 && !tree_is_off(fdt, node);
}

/* CPUs in the order of the tree, in which Xen counts them; maxcpus= leaves some of them off. */
static void add_cpus(struct targets *targets)
{
    const void *fdt = targets->check->fdt;
    const char *option = xen_option(targets->check->options, "maxcpus");
    uint64_t most = option != NULL ? xen_option_number(option) : 0;
    int cpus = walk_find(fdt, 0, "cpus");
    int node;

    for (node = walk_child(fdt, cpus); node >= 0; node = walk_sibling(fdt, node)) {
        struct target *cpu = is_cpu(fdt, node) ? add(targets, TARGET_CPU, node) : NULL;

        if (cpu != NULL)
            cpu->index = targets->cpus++;
    }
    if (most != 0 && most < targets->cpus)
        targets->cpus = (unsigned)most;
}

bool target_is_any(const struct targets *targets, enum target_kind kind)
{
    const struct target *each = targets->first;

    while (each != NULL && each->kind != kind)
        each = each->next;
    return each != NULL;
}

struct target *target_cpu(const struct targets *targets, unsigned index)
{
    struct target *each = targets->first;

    while (each != NULL && (each->kind != TARGET_CPU || each->index != index))
        each = each->next;
    return each;
}

const struct target *target_pool(const struct targets *targets, const struct domain *domain)
{
    const struct target *pool = NULL;
    const struct target *first;
    uint32_t phandle;

    if (check_cell(targets->check, domain->node, "domain-cpupool", &phandle))
        pool = target_of(targets, phandle);
    if (pool != NULL && pool->kind == TARGET_POOL)
        return pool;
    first = target_cpu(targets, 0);
    return first != NULL ? first->pool : NULL;
}

void targets_find(struct targets *targets, const struct check *check)
{
    *targets = (struct targets){.check = check};
    targets->end = &targets->first;
    names_init(&targets->by_phandle, check->arena, false);
    add_cpus(targets);
    for (size_t at = 0; at < check->plan->domain_count; at++)
        add_children(targets, &check->plan->domains[at]);
}
