/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of CPU pools. */
#include "core/preflight/pools.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"

/* Takes a CPU into a pool, or says why not. A phandle of nothing ends the list. */
static bool take_cpu(const struct targets *targets, const struct location *where, uint32_t phandle,
                     const struct target *pool)
{
    const struct check *check = targets->check;
    const char *name = fdt_get_name(check->fdt, pool->node, NULL);
    struct target *cpu = target_of(targets, phandle);

    if (cpu == NULL && fdt_node_offset_by_phandle(check->fdt, phandle) < 0)
        return false;
    if (cpu == NULL || cpu->kind != TARGET_CPU)
        check_error(check, NULL, where, "write cpupool-cpus = <&cpu0 &cpu1>",
                    "CPU pool %s: phandle 0x%x in cpupool-cpus is not a CPU", name, phandle);
    else if (cpu->index >= targets->cpus)
        check_error(check, NULL, where, "maxcpus= leaves it off", "CPU pool %s: %s is not started",
                    name, fdt_get_name(check->fdt, cpu->node, NULL));
    else if (cpu->pool != NULL)
        check_error(check, NULL, where, "a CPU is in one pool, once",
                    "CPU pool %s: %s is in a pool already", name,
                    fdt_get_name(check->fdt, cpu->node, NULL));
    else
        cpu->pool = pool;
    return true;
}

static void check_scheduler(const struct targets *targets, const struct location *where, int node)
{
    const struct check *check = targets->check;
    const char *scheduler = check_text(check, node, "cpupool-sched");

    if (scheduler != NULL && !xen_has_scheduler(check->xen, scheduler))
        check_error(check, NULL, where,
                    "they are credit, credit2, null, rtds and arinc653, if built",
                    "CPU pool %s: %s has no scheduler \"%s\"", fdt_get_name(check->fdt, node, NULL),
                    check->plan->xen.name, scheduler);
}

static void check_pool(const struct targets *targets, const struct target *pool)
{
    const struct check *check = targets->check;
    struct location where = check_child(check, &check->plan->domains[0], pool->node);
    int size;
    const fdt32_t *cpus = tree_get(check->fdt, pool->node, "cpupool-cpus", &size);
    const char *name = fdt_get_name(check->fdt, pool->node, NULL);

    check_scheduler(targets, &where, pool->node);
    if (cpus == NULL || size < 4 || !take_cpu(targets, &where, fdt32_ld(cpus), pool)) {
        check_error(check, NULL, &where, "write cpupool-cpus = <&cpu0 &cpu1>",
                    "CPU pool %s has no CPUs", name);
        return;
    }
    for (int at = 1; at < size / 4; at++)
        if (!take_cpu(targets, &where, fdt32_ld(&cpus[at]), pool)) {
            check_warning(check, NULL, &where, "Xen reads no further",
                          "CPU pool %s: phandle 0x%x in cpupool-cpus names no node", name,
                          fdt32_ld(&cpus[at]));
            return;
        }
}

static void check_pool_of(const struct targets *targets, const struct domain *domain)
{
    const struct check *check = targets->check;
    const struct target *pool;
    uint32_t phandle;

    if (!check_cell(check, domain->node, "domain-cpupool", &phandle))
        return;
    pool = target_of(targets, phandle);
    if (pool != NULL && pool->kind == TARGET_POOL)
        return;
    /* A Xen without pools looks for the node all the same. */
    if (fdt_node_offset_by_phandle(check->fdt, phandle) < 0)
        check_warning(check, domain, CHECK_AT(domain, "domain-cpupool"),
                      "Xen puts it into the default pool", ": domain-cpupool names no node");
    else if (xen_has(check->xen, FEATURE_CPUPOOLS))
        check_error(check, domain, CHECK_AT(domain, "domain-cpupool"),
                    check_hint(domain, "write domain-cpupool = <&POOL>",
                               "write domain-cpupool=<&{/chosen/POOL}>"),
                    ": domain-cpupool is not a xen,cpupool node");
}

/* --- the null scheduler ----------------------------------------------------------------------- */

/* True if a pool, or NULL for the CPUs that are in none, has the null scheduler. */
static bool has_null(const struct targets *targets, const struct target *pool)
{
    const struct check *check = targets->check;
    const char *option = xen_option(check->options, "sched");
    const char *scheduler = NULL;

    if (pool != NULL)
        scheduler = check_text(check, pool->node, "cpupool-sched");
    if (scheduler != NULL)
        return strcmp(scheduler, "null") == 0 && xen_has_scheduler(check->xen, "null");
    return option != NULL && text_starts(option, "null") && text_until(option, " ") == 4 &&
           xen_has_scheduler(check->xen, "null");
}

static unsigned count_cpus(const struct targets *targets, const struct target *pool)
{
    unsigned count = 0;

    for (const struct target *each = targets->first; each != NULL; each = each->next)
        if (each->kind == TARGET_CPU && each->index < targets->cpus && each->pool == pool)
            count++;
    return count;
}

/* vCPUs of the domains in a pool; dom0 has as many as there are CPUs, or as it is told. */
static uint64_t count_vcpus(const struct targets *targets, const struct target *pool)
{
    const struct check *check = targets->check;
    const struct plan *plan = check->plan;
    const char *option = xen_option(check->options, "dom0_max_vcpus");
    uint64_t count = 0;

    if (check_has_kernel(plan->domains) && target_pool(targets, plan->domains) == pool) {
        count = option != NULL ? xen_option_number(option) : 0;
        count = count != 0 ? count : count_cpus(targets, pool);
    }
    for (size_t at = 1; at < plan->domain_count; at++) {
        uint32_t cpus = 0;

        if (target_pool(targets, &plan->domains[at]) == pool)
            check_cell(check, plan->domains[at].node, "cpus", &cpus);
        count += cpus;
    }
    return count;
}

/* It gives each vCPU a CPU of its own; those that are left over never run. */
static void check_null(const struct targets *targets, const struct target *pool)
{
    const struct check *check = targets->check;
    struct location where = check->plan->domains[0].where;
    uint64_t vcpus;

    if (targets->cpus == 0 || !has_null(targets, pool))
        return;
    vcpus = count_vcpus(targets, pool);
    if (pool != NULL)
        where = check_child(check, &check->plan->domains[0], pool->node);
    if (vcpus > count_cpus(targets, pool))
        check_warning(check, NULL, &where, "those that are left over never run",
                      "the null scheduler has %u CPUs for %lu vCPUs", count_cpus(targets, pool),
                      vcpus);
}

static void check_schedulers(const struct targets *targets)
{
    check_null(targets, NULL);
    for (const struct target *each = targets->first; each != NULL; each = each->next)
        if (each->kind == TARGET_POOL)
            check_null(targets, each);
}

static bool is_any_pool(const struct targets *targets)
{
    const struct check *check = targets->check;

    if (target_is_any(targets, TARGET_POOL))
        return true;
    for (size_t at = 1; at < check->plan->domain_count; at++)
        if (tree_has(check->fdt, check->plan->domains[at].node, "domain-cpupool"))
            return true;
    return false;
}

void check_pools(const struct targets *targets)
{
    const struct plan *plan = targets->check->plan;

    for (size_t at = 1; at < plan->domain_count; at++)
        check_pool_of(targets, &plan->domains[at]);
    if (!is_any_pool(targets) || !xen_has(targets->check->xen, FEATURE_CPUPOOLS) ||
        !xen_is_from_to(targets->check->xen, XEN(4, 17), 0)) {
        check_null(targets, NULL);
        return;
    }

    for (const struct target *each = targets->first; each != NULL; each = each->next)
        if (each->kind == TARGET_POOL)
            check_pool(targets, each);
    check_schedulers(targets);
}
