/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of domains: what each asks for, alone and together with the others. */
#include "core/preflight/domains.h"

#include "core/preflight/command_lines.h"
#include "core/preflight/console.h"
#include "core/preflight/guest_tree.h"
#include "core/preflight/machine.h"
#include "core/preflight/numbers.h"
#include "core/preflight/roles.h"
#include "core/preflight/vcpus.h"
#include "core/preflight/words.h"

static void check_direct_map(const struct check *check, const struct domain *domain)
{
    if (tree_has(check->fdt, domain->node, "direct-map") &&
        !tree_has(check->fdt, domain->node, "xen,static-mem"))
        check_error(check, domain, CHECK_AT(domain, "direct-map"),
                    "give it xen,static-mem, or no direct-map",
                    " has direct-map, but no static memory");
    /* The interrupt of its vpl011 is that of Xen's console. */
    else if (tree_has(check->fdt, domain->node, "direct-map") && check->xen->version != 0 &&
             !has_console(check) &&
             (tree_has(check->fdt, domain->node, "vpl011") ||
              !tree_has(check->fdt, domain->node, "nr_spis")))
        check_error(check, domain, CHECK_AT(domain, "direct-map"),
                    "add dtuart=PATH, or give it nr_spis and no vpl011",
                    " has direct-map, for which Xen needs a console of its own");
}

void check_domains(const struct check *check)
{
    for (size_t at = 1; at < check->plan->domain_count; at++) {
        const struct domain *domain = &check->plan->domains[at];

        check_command_lines(check, domain);
        check_vcpus(check, domain);
        check_numbers(check, domain);
        check_words(check, domain);
        check_direct_map(check, domain);
        if (!has_capability(check, domain, CAPABILITY_HARDWARE))
            check_console(check, domain);
        check_guest_tree(check, domain);
    }
    check_dom0_vcpus(check);
    check_roles(check);
}
