/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of roles: the hardware domain and the xenstore domain. */
#include "core/preflight/roles.h"

#include <string.h>

/* Bits of `capabilities`. */
enum { CAPABILITY_HARDWARE = 2, CAPABILITY_XENSTORE = 4, CAPABILITIES = 7 };

/* What is found about all domains together. */
struct roles {
    const struct domain *hardware; /* the one that has the machine's devices, or NULL */
    const struct domain *xenstore; /* the one that serves xenstore, or NULL */
    const struct domain *client;   /* the first that needs it, or NULL */
};

/* True if a domain wants xenstore: "enabled" is also what an empty xen,enhanced means. */
static bool wants_xenstore(const struct check *check, const struct domain *domain)
{
    const char *value = tree_string(check->fdt, domain->node, "xen,enhanced");

    if (value == NULL)
        return tree_has(check->fdt, domain->node, "xen,enhanced");
    return value[0] == '\0' || strcmp(value, "enabled") == 0 || strcmp(value, "legacy") == 0;
}

static void take_role(const struct check *check, const struct domain *domain,
                      const struct domain **holder, const char *role)
{
    if (*holder != NULL)
        check_error(check, domain, NULL, "only one domain can be it",
                    " is a %s domain, but so is %s", role, (*holder)->name);
    else
        *holder = domain;
}

static void check_hardware(const struct check *check, const struct domain *domain)
{
    if (domain_module(domain, MODULE_DEVICE_TREE) != NULL ||
        tree_has(check->fdt, domain->node, "passthrough"))
        check_error(check, domain, NULL, "it has all devices without being told",
                    " is the hardware domain, which takes no passthrough");
}

static void take_roles(const struct check *check, const struct domain *domain, struct roles *roles)
{
    uint32_t capabilities = 0;

    check_cell(check, domain->node, "capabilities", &capabilities);
    if (capabilities > CAPABILITIES)
        return;
    if ((capabilities & CAPABILITY_HARDWARE) != 0) {
        take_role(check, domain, &roles->hardware, "hardware");
        check_hardware(check, domain);
    }
    if ((capabilities & CAPABILITY_XENSTORE) != 0)
        take_role(check, domain, &roles->xenstore, "xenstore");
    if (roles->client == NULL && wants_xenstore(check, domain))
        roles->client = domain;
}

void check_roles(const struct check *check)
{
    const struct plan *plan = check->plan;
    const struct domain *dom0 = check_has_kernel(plan->domains) ? plan->domains : NULL;
    struct roles roles = {.hardware = dom0};

    for (size_t at = 1; at < plan->domain_count; at++)
        take_roles(check, &plan->domains[at], &roles);
    if (roles.client != NULL && roles.xenstore == NULL && dom0 == NULL)
        check_error(check, roles.client, NULL,
                    "start a dom0, or write xen,enhanced = \"no-xenstore\"",
                    " asks for xenstore, which only dom0 can serve");
}
