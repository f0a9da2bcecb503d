/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of roles: the hardware domain and the xenstore domain. */
#include "core/preflight/roles.h"

#include <string.h>

#include "core/preflight/iommu.h"

/* Findings about all domains together. */
struct roles {
    const struct domain *hardware; /* the one that has the machine's devices, or NULL */
    const struct domain *xenstore; /* the one that serves xenstore, or NULL */
    const struct domain *client;   /* the first that needs it, or NULL */
};

bool has_capability(const struct check *check, const struct domain *domain, uint32_t capabilities)
{
    uint32_t value = 0;

    return xen_is_from_to(check->xen, XEN(4, 21), 0) &&
           check_cell(check, domain->node, "capabilities", &value) && value <= CAPABILITIES &&
           (value & capabilities) != 0;
}

bool has_device_owner(const struct check *check)
{
    const struct plan *plan = check->plan;

    for (size_t at = 1; at < plan->domain_count; at++)
        if (has_capability(check, &plan->domains[at], CAPABILITY_HARDWARE))
            return true;
    return check_has_kernel(plan->domains);
}

const char *enhanced_value(const struct check *check, const struct domain *domain)
{
    const char *value = check_text(check, domain->node, "xen,enhanced");

    if (value != NULL)
        return value;
    return tree_has(check->fdt, domain->node, "xen,enhanced") ? "enabled" : "";
}

bool has_xenstore_channel(const struct check *check, const struct domain *domain)
{
    return strcmp(enhanced_value(check, domain), "enabled") == 0;
}

/* True if a domain wants xenstore. */
static bool wants_xenstore(const struct check *check, const struct domain *domain)
{
    const char *value = enhanced_value(check, domain);

    return strcmp(value, "enabled") == 0 ||
           (strcmp(value, "legacy") == 0 && xen_is_from_to(check->xen, XEN(4, 21), 0));
}

static void take_role(const struct check *check, const struct domain *domain,
                      const struct domain **holder, const char *role)
{
    if (*holder != NULL)
        check_error(check, domain, CHECK_AT(domain, "capabilities"), "only one domain can be it",
                    " is a %s domain, but so is %s", role, (*holder)->name);
    else
        *holder = domain;
}

static void check_hardware(const struct check *check, const struct domain *domain)
{
    const struct module *fragment = domain_module(domain, MODULE_DEVICE_TREE);

    if (fragment != NULL || check_text(check, domain->node, "passthrough") != NULL)
        check_error(check, domain,
                    fragment != NULL ? &fragment->where : CHECK_AT(domain, "passthrough"),
                    "it has all devices without being told",
                    " is the hardware domain, which takes no passthrough");
    if (tree_has(check->fdt, domain->node, "nr_spis"))
        check_error(check, domain, CHECK_AT(domain, "nr_spis"), "leave it out",
                    " is the hardware domain, which takes no nr_spis");
    if (!tree_has(check->fdt, domain->node, "direct-map") && !iommu_is_used(check))
        check_error(check, domain, CHECK_AT(domain, "capabilities"),
                    "give it direct-map and xen,static-mem",
                    " is the hardware domain, but has no direct-map, and the machine no IOMMU");
}

static void take_roles(const struct check *check, const struct domain *domain, struct roles *roles)
{
    if (has_capability(check, domain, CAPABILITY_HARDWARE)) {
        take_role(check, domain, &roles->hardware, "hardware");
        check_hardware(check, domain);
    }
    if (has_capability(check, domain, CAPABILITY_XENSTORE))
        take_role(check, domain, &roles->xenstore, "xenstore");
    if (roles->client == NULL && wants_xenstore(check, domain))
        roles->client = domain;
}

void check_roles(const struct check *check)
{
    const struct plan *plan = check->plan;
    const struct domain *dom0 = check_has_kernel(plan->domains) ? plan->domains : NULL;
    struct roles roles = {.hardware = dom0, .xenstore = dom0};

    for (size_t at = 1; at < plan->domain_count; at++)
        take_roles(check, &plan->domains[at], &roles);
    if (roles.client != NULL && roles.xenstore == NULL)
        check_error(check, roles.client, CHECK_AT(roles.client, "xen,enhanced"),
                    check_hint(roles.client,
                               "start a dom0, or write xen,enhanced = \"no-xenstore\"",
                               "start a dom0, or write xen,enhanced=no-xenstore"),
                    " asks for xenstore, which only dom0 can serve");
}
