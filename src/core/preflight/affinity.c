/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of the CPUs that vCPUs are bound to. */
#include "core/preflight/affinity.h"

#include <libfdt.h>

#include "core/base/text.h"

#define CPUS_MAX 128U /* that Xen counts */

/* The vCPU that is looked at. */
struct vcpu {
    const struct targets *targets;
    const struct domain *domain;
    struct location where;
    bool is_bound[CPUS_MAX];
    unsigned bound; /* how many of them */
};

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

static unsigned read_cpu(const char **at)
{
    unsigned number = (unsigned)xen_option_number(*at);

    while (is_digit(**at))
        ++*at;
    return number;
}

/* True if one of the CPUs is in the domain's pool. */
static bool is_in_pool(const struct vcpu *vcpu)
{
    const struct target *pool = target_pool(vcpu->targets, vcpu->domain);

    for (unsigned at = 0; at < CPUS_MAX; at++) {
        const struct target *cpu = vcpu->is_bound[at] ? target_cpu(vcpu->targets, at) : NULL;

        if (cpu != NULL && cpu->pool == pool)
            return true;
    }
    return false;
}

/* Reads "0-2,5" as Xen does; false after reporting a CPU that is not there. */
static bool read_list(struct vcpu *vcpu, const char *at)
{
    while (is_digit(*at)) {
        unsigned first = read_cpu(&at);
        unsigned last = first;

        if (*at == '-' && at++ != NULL)
            last = read_cpu(&at);
        if (last >= vcpu->targets->cpus || last >= CPUS_MAX) {
            check_error(
                vcpu->targets->check, vcpu->domain, &vcpu->where,
                text_format(vcpu->targets->check->arena, "Xen starts %u", vcpu->targets->cpus),
                ": hard-affinity has CPU %u, which is not there", last);
            return false;
        }
        for (; first <= last; first++, vcpu->bound++)
            vcpu->is_bound[first] = true;
        at += *at == ',';
    }
    if (*at != '\0')
        check_warning(vcpu->targets->check, vcpu->domain, &vcpu->where,
                      "write numbers and ranges: \"0-2,5\"",
                      ": Xen reads hard-affinity up to \"%s\"", at);
    return *at == '\0';
}

static void check_list(struct vcpu *vcpu, const char *list)
{
    const struct check *check = vcpu->targets->check;

    if (!read_list(vcpu, list))
        return;
    if (vcpu->bound == 0)
        check_error(check, vcpu->domain, &vcpu->where, "write numbers and ranges: \"0-2,5\"",
                    ": hard-affinity has no CPU");
    else if (!is_in_pool(vcpu))
        check_error(check, vcpu->domain, &vcpu->where, "bind it to CPUs of the pool",
                    ": hard-affinity has no CPU of the domain's pool");
}

static void check_domain(const struct targets *targets, const struct domain *domain)
{
    int node;

    for (node = walk_child(targets->check->fdt, domain->node); node >= 0;
         node = walk_sibling(targets->check->fdt, node)) {
        const char *list = check_text(targets->check, node, "hard-affinity");
        struct vcpu vcpu = {.targets = targets, .domain = domain};

        if (list == NULL || !tree_is_compatible(targets->check->fdt, node, "xen,vcpu"))
            continue;
        vcpu.where = check_child(targets->check, domain, node);
        check_list(&vcpu, list);
    }
}

void check_affinity(const struct targets *targets)
{
    if (targets->cpus == 0 || !xen_is_from_to(targets->check->xen, XEN(4, 21), 0))
        return;
    for (size_t at = 1; at < targets->check->plan->domain_count; at++)
        check_domain(targets, &targets->check->plan->domains[at]);
}
