/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of static memory. */
#include "core/preflight/static_memory.h"

#include "core/base/text.h"

#define FIRST_BANK ((uint64_t)3 << 30) /* bytes of a domain that is not mapped 1:1 */

/* The static memory of a domain is all the memory that it has. */
static void check_static_sum(const struct check *check, const struct domain *domain)
{
    uint64_t sum = 0;
    uint64_t kib;
    const struct region *each = check->finished->regions->first;

    for (; each != NULL; each = each->next)
        if (each->kind == REGION_STATIC_MEMORY && each->domain == domain->name)
            sum = each->size > UINT64_MAX - sum ? UINT64_MAX : sum + each->size;
    if (sum == 0 || !domain_memory(check->finished->tree, domain, &kib) || kib == 0 ||
        sum / 1024 == kib)
        return;
    check_error(check, domain, CHECK_AT(domain, "memory"),
                text_format(check->arena, "write %s, or change xen,static-mem",
                            check_hint(domain,
                                       text_format(check->arena, "memory = %s",
                                                   check_two_cells(check, sum / 1024)),
                                       text_format(check->arena, "memory=%luK", sum / 1024))),
                " has a memory of %lu KiB, but static memory of %lu KiB", kib, sum / 1024);
}

/* Up to 4.21 an entry must not reach over the end of the first bank of the domain's memory. */
static void check_banks(const struct check *check, const struct domain *domain)
{
    const struct region *each = check->finished->regions->first;
    uint64_t filled = 0;

    if (check->xen->version == 0 || check->xen->version > XEN(4, 21) ||
        tree_has(check->fdt, domain->node, "direct-map"))
        return;
    for (; each != NULL; each = each->next) {
        if (each->kind != REGION_STATIC_MEMORY || each->domain != domain->name)
            continue;
        if (filled < FIRST_BANK && each->size > FIRST_BANK - filled) {
            check_error(check, domain, CHECK_AT(domain, "xen,static-mem"),
                        "divide the entry of xen,static-mem there",
                        " has static memory that reaches over the first 3 GiB in one piece");
            return;
        }
        filled += each->size;
    }
}

/* Built without it, Xen reads the property, and then gives the domain no memory at all. */
static void check_support(const struct check *check, const struct domain *domain)
{
    if (tree_has(check->fdt, domain->node, "xen,static-mem") &&
        !xen_has(check->xen, FEATURE_STATIC_MEMORY))
        check_not_built(check, domain, CHECK_AT(domain, "xen,static-mem"), "static memory",
                        FEATURE_STATIC_MEMORY);
}

void check_static_memory(const struct check *check)
{
    for (size_t at = 1; at < check->plan->domain_count; at++) {
        check_static_sum(check, &check->plan->domains[at]);
        check_support(check, &check->plan->domains[at]);
        check_banks(check, &check->plan->domains[at]);
    }
}
