/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of what nodes say of each other by phandle: CPU pools and event channels. */
#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/preflight/check.h"
#include "core/tree/outline.h"

#define PORT_MAX 1023U /* of an event channel of a domain other than dom0 */

enum target_kind { TARGET_CPU, TARGET_POOL, TARGET_CHANNEL };

/* A node that others can link to. */
struct target {
    enum target_kind kind;
    int node;
    const struct domain *domain; /* of a channel */
    uint32_t phandle;
    uint32_t port;   /* of a channel */
    uint32_t remote; /* the phandle that a channel links to */
    bool has_link;   /* port and remote are there */
    bool is_used;    /* a CPU that a pool has */
    struct target *next;
};

/* The check's own state. */
struct links {
    struct check *check;
    struct names by_phandle; /* hexadecimal → struct target */
    struct names ports;      /* "DOMAIN/PORT" */
    struct target *first;
    struct target **end;
};

static struct target *find(const struct links *links, uint32_t phandle)
{
    const char *key = text_format(links->check->arena, "%x", phandle);

    return key != NULL ? names_find(&links->by_phandle, key) : NULL;
}

static struct target *add(struct links *links, enum target_kind kind, int node)
{
    struct target *target = arena_allocate(links->check->arena, sizeof(*target));
    const char *key;

    if (target == NULL)
        return NULL;
    *target = (struct target){.kind = kind, .node = node};
    target->phandle = fdt_get_phandle(links->check->fdt, node);
    key = text_format(links->check->arena, "%x", target->phandle);
    if (key == NULL)
        return NULL;
    if (target->phandle != 0)
        names_add(&links->by_phandle, key, target);
    *links->end = target;
    links->end = &target->next;
    return target;
}

static void add_channel(struct links *links, const struct domain *domain, int node)
{
    struct target *target = add(links, TARGET_CHANNEL, node);
    int size;
    const fdt32_t *link = tree_get(links->check->fdt, node, "xen,evtchn", &size);

    if (target == NULL)
        return;
    target->domain = domain;
    target->has_link = link != NULL && size == 8;
    if (target->has_link) {
        target->port = fdt32_ld(&link[0]);
        target->remote = fdt32_ld(&link[1]);
    }
}

static void add_children(struct links *links, const struct domain *domain)
{
    const void *fdt = links->check->fdt;
    int node;

    fdt_for_each_subnode(node, fdt, domain->node)
    {
        if (tree_is_compatible(fdt, node, "xen,evtchn-v1"))
            add_channel(links, domain, node);
        else if (domain->is_dom0 && tree_is_compatible(fdt, node, "xen,cpupool"))
            add(links, TARGET_POOL, node);
    }
}

static void add_cpus(struct links *links)
{
    const void *fdt = links->check->fdt;
    int cpus = outline_find(fdt, "cpus");
    int node;

    if (cpus < 0)
        return;
    fdt_for_each_subnode(node, fdt, cpus)
    {
        const char *type = tree_string(fdt, node, "device_type");

        if (type != NULL && strcmp(type, "cpu") == 0)
            add(links, TARGET_CPU, node);
    }
}

/* --- CPU pools -------------------------------------------------------------------------------- */

static void check_pool_cpu(const struct links *links, const struct location *where,
                           uint32_t phandle, const char *pool)
{
    struct target *cpu = find(links, phandle);

    if (cpu == NULL || cpu->kind != TARGET_CPU)
        check_error(links->check, NULL, where, "write cpupool-cpus = <&cpu0 &cpu1>",
                    "CPU pool %s: phandle 0x%x in cpupool-cpus is no CPU", pool, phandle);
    else if (cpu->is_used)
        check_error(links->check, NULL, where, "a CPU is in one pool, once",
                    "CPU pool %s: %s is in a pool already", pool,
                    fdt_get_name(links->check->fdt, cpu->node, NULL));
    else
        cpu->is_used = true;
}

static void check_pool(const struct links *links, const struct target *pool)
{
    const struct check *check = links->check;
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
        check_pool_cpu(links, &where, fdt32_ld(&cpus[at]), name);
}

static void check_pool_of(const struct links *links, const struct domain *domain)
{
    const struct check *check = links->check;
    const struct target *pool;
    uint32_t phandle;

    if (!check_cell(check, domain->node, "domain-cpupool", &phandle))
        return;
    pool = find(links, phandle);
    if (pool == NULL || pool->kind != TARGET_POOL)
        check_error(check, domain, NULL, "write domain-cpupool = <&POOL>",
                    ": domain-cpupool is no xen,cpupool node");
}

/* --- event channels --------------------------------------------------------------------------- */

static void check_port(struct links *links, struct target *channel, const struct location *where)
{
    const struct check *check = links->check;
    const char *key = text_format(check->arena, "%s/%u", channel->domain->path, channel->port);

    if (channel->port == 0 || (!channel->domain->is_dom0 && channel->port > PORT_MAX))
        check_error(check, channel->domain, where, "ports of a domain go from 1 to 1023",
                    ": an event channel cannot have port %u", channel->port);
    else if (key != NULL && names_add(&links->ports, key, channel) != channel)
        check_error(check, channel->domain, where, "give each its own",
                    ": two event channels have port %u", channel->port);
}

/* What is wrong with the link of a channel, or NULL. */
static const char *wrong_link(const struct target *channel, const struct target *remote)
{
    if (remote == NULL || remote->kind != TARGET_CHANNEL)
        return "is no event channel";
    if (remote->has_link && (remote->remote != channel->phandle || remote == channel))
        return "does not link back";
    if (remote->domain->is_dom0 && !check_has_kernel(remote->domain))
        return "is of dom0, which is not started";
    return NULL;
}

static void check_channel(struct links *links, struct target *channel)
{
    const struct check *check = links->check;
    struct location where = check_child(check, channel->domain, channel->node);
    const char *wrong;

    if (!channel->has_link) {
        check_error(check, channel->domain, &where, NULL, ": xen,evtchn is not <PORT &REMOTE>");
        return;
    }
    check_port(links, channel, &where);
    wrong = wrong_link(channel, find(links, channel->remote));
    if (wrong != NULL)
        check_error(check, channel->domain, &where,
                    "two xen,evtchn-v1 nodes of started domains link to each other",
                    ": what xen,evtchn links to %s", wrong);
}

void check_links(struct check *check)
{
    const struct plan *plan = check->plan;
    struct links links = {.check = check};

    links.end = &links.first;
    names_init(&links.by_phandle, check->arena, false);
    names_init(&links.ports, check->arena, false);
    add_cpus(&links);
    for (size_t at = 0; at < plan->domain_count; at++)
        add_children(&links, &plan->domains[at]);
    for (struct target *each = links.first; each != NULL; each = each->next)
        if (each->kind == TARGET_POOL)
            check_pool(&links, each);
        else if (each->kind == TARGET_CHANNEL)
            check_channel(&links, each);
    for (size_t at = 1; at < plan->domain_count; at++)
        check_pool_of(&links, &plan->domains[at]);
}
