/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of CPU pools. */
#include "core/preflight/pools.h"

#include <libfdt.h>

static void check_pool_cpu(const struct targets *targets, const struct location *where,
                           uint32_t phandle, const char *pool)
{
    struct target *cpu = target_of(targets, phandle);

    if (cpu == NULL || cpu->kind != TARGET_CPU)
        check_error(targets->check, NULL, where, "write cpupool-cpus = <&cpu0 &cpu1>",
                    "CPU pool %s: phandle 0x%x in cpupool-cpus is no CPU", pool, phandle);
    else if (cpu->is_used)
        check_error(targets->check, NULL, where, "a CPU is in one pool, once",
                    "CPU pool %s: %s is in a pool already", pool,
                    fdt_get_name(targets->check->fdt, cpu->node, NULL));
    else
        cpu->is_used = true;
}

static void check_pool(const struct targets *targets, const struct target *pool)
{
    const struct check *check = targets->check;
    const char *name = fdt_get_name(check->fdt, pool->node, NULL);
    struct location where = check_child(check, &check->plan->domains[0], pool->node);
    int size;
    const fdt32_t *cpus = tree_get(check->fdt, pool->node, "cpupool-cpus", &size);

    if (cpus == NULL || size == 0 || size % 4 != 0) {
        check_error(check, NULL, &where, "write cpupool-cpus = <&cpu0 &cpu1>",
                    "CPU pool %s has no CPUs", name);
        return;
    }
    for (int at = 0; at < size / 4; at++)
        check_pool_cpu(targets, &where, fdt32_ld(&cpus[at]), name);
}

static void check_pool_of(const struct targets *targets, const struct domain *domain)
{
    const struct check *check = targets->check;
    const struct target *pool;
    uint32_t phandle;

    if (!check_cell(check, domain->node, "domain-cpupool", &phandle))
        return;
    pool = target_of(targets, phandle);
    if (pool == NULL || pool->kind != TARGET_POOL)
        check_error(check, domain, NULL, "write domain-cpupool = <&POOL>",
                    ": domain-cpupool is no xen,cpupool node");
}

void check_pools(const struct targets *targets)
{
    const struct plan *plan = targets->check->plan;

    for (const struct target *each = targets->first; each != NULL; each = each->next)
        if (each->kind == TARGET_POOL)
            check_pool(targets, each);
    for (size_t at = 1; at < plan->domain_count; at++)
        check_pool_of(targets, &plan->domains[at]);
}
