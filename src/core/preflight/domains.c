/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of domains: what each asks for, alone and together with the others. */
#include "core/preflight/domains.h"

#include "core/preflight/console.h"
#include "core/preflight/numbers.h"
#include "core/preflight/roles.h"
#include "core/preflight/vcpus.h"
#include "core/preflight/words.h"

#define NAME_LENGTH_MAX 40U /* of a domain's node, that Xen remembers */

static void check_direct_map(const struct check *check, const struct domain *domain)
{
    if (tree_has(check->fdt, domain->node, "direct-map") &&
        !tree_has(check->fdt, domain->node, "xen,static-mem"))
        check_error(check, domain, NULL, "give it xen,static-mem, or no direct-map",
                    " has direct-map, but no static memory");
}

static void check_colors(const struct check *check, const struct domain *domain)
{
    if (tree_has(check->fdt, domain->node, "llc-colors") &&
        !xen_option_is_on(check->options, "llc-coloring"))
        check_error(check, domain, NULL, "add llc-coloring=on to options=",
                    " has llc-colors, but Xen is not told to color");
}

void check_domains(const struct check *check)
{
    for (size_t at = 1; at < check->plan->domain_count; at++) {
        const struct domain *domain = &check->plan->domains[at];

        check_length(check, domain, &domain->where, "the name", domain->name, NAME_LENGTH_MAX);
        check_vcpus(check, domain);
        check_numbers(check, domain);
        check_words(check, domain);
        check_direct_map(check, domain);
        check_colors(check, domain);
        check_console(check, domain);
    }
    check_roles(check);
}
