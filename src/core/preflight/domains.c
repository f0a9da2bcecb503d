/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of domains: what each asks for, alone and together with the others. */
#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/preflight/check.h"

#define NAME_LENGTH_MAX 40U   /* of a domain's node, that Xen remembers */
#define SPIS_MAX        988U  /* interrupts that a virtual GIC has, without the first 32 */
#define SVE_BITS_MAX    2048U /* of a vector */

#define VGIC2_CPUS 8U /* vCPUs that Xen's virtual GICv2 and GICv3 can serve */
#define VGIC3_CPUS 128U

/* Bits of `capabilities`. */
enum { CAPABILITY_HARDWARE = 2, CAPABILITY_XENSTORE = 4, CAPABILITIES = 7 };

/* What is found about all domains together. */
struct roles {
    const struct domain *hardware; /* the one that has the machine's devices, or NULL */
    const struct domain *xenstore; /* the one that serves xenstore, or NULL */
    const struct domain *client;   /* the first that needs it, or NULL */
};

static bool has_compatible(const struct check *check, const char *text)
{
    return fdt_node_offset_by_compatible(check->fdt, -1, text) >= 0;
}

/* How many vCPUs a domain may have, by the machine's interrupt controller. */
static unsigned cpus_most(struct check *check)
{
    if (check->cpus_most != 0)
        return check->cpus_most;
    check->cpus_most = VGIC3_CPUS;
    if ((has_compatible(check, "arm,gic-400") || has_compatible(check, "arm,cortex-a15-gic")) &&
        !has_compatible(check, "arm,gic-v3"))
        check->cpus_most = VGIC2_CPUS;
    return check->cpus_most;
}

/* What is there in a wrong shape is said of the property, with the bindings. */
static void check_cpus(struct check *check, const struct domain *domain)
{
    uint32_t cpus = 1;

    if (!tree_has(check->fdt, domain->node, "cpus"))
        check_error(check, domain, NULL, "add cpus = <N>, one cell",
                    " does not say how many cpus it has");
    else if (check_cell(check, domain->node, "cpus", &cpus) && cpus == 0)
        check_error(check, domain, NULL, "a domain has at least one", " has 0 cpus");
    else if (cpus > VGIC2_CPUS && cpus > cpus_most(check))
        check_error(check, domain, NULL, "its interrupt controller sets the limit",
                    " has %u cpus, but Xen takes %u", cpus, check->cpus_most);
}

static void check_amount(const struct check *check, const struct domain *domain)
{
    uint64_t kib;

    if (!tree_has(check->fdt, domain->node, "memory"))
        check_error(check, domain, NULL,
                    "add memory = <0 KIB>, two cells that count KiB: 128 MiB is <0 0x20000>",
                    " does not say how much memory it has");
    else if (domain_memory(check->subject->tree, domain, &kib) && kib == 0)
        check_error(check, domain, NULL, check_memory_hint(check, kib), " has no memory");
}

/* Cells of which Xen takes only some values. */
static void check_numbers(const struct check *check, const struct domain *domain)
{
    static const struct {
        char name[20];
        uint32_t least;
        uint32_t most;
    } ranges[] = {
        {"nr_spis", 0, SPIS_MAX},           {"max_grant_version", 1, 2},
        {"max_grant_frames", 0, INT32_MAX}, {"max_maptrack_frames", 0, INT32_MAX},
        {"capabilities", 0, CAPABILITIES},  {"sve", 0, SVE_BITS_MAX},
    };
    uint32_t value;

    for (size_t at = 0; at < sizeof(ranges) / sizeof(ranges[0]); at++)
        if (check_cell(check, domain->node, ranges[at].name, &value) &&
            (value < ranges[at].least || value > ranges[at].most))
            check_error(check, domain, NULL,
                        text_format(check->arena, "give it a number from %u to %u",
                                    ranges[at].least, ranges[at].most),
                        ": %s cannot be %u", ranges[at].name, value);
}

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

/* A text of which Xen understands only some values; it takes any other as "disabled". */
static void check_word(const struct check *check, const struct domain *domain, const char *property,
                       const char (*words)[12], size_t count)
{
    const char *value = tree_string(check->fdt, domain->node, property);

    if (value == NULL || value[0] == '\0')
        return;
    for (size_t at = 0; at < count; at++)
        if (strcmp(words[at], value) == 0)
            return;
    check_warning(check, domain, NULL, "Xen takes it as disabled", ": %s cannot be \"%s\"",
                  property, value);
}

static void check_words(const struct check *check, const struct domain *domain)
{
    static const char enhanced[][12] = {"enabled", "disabled", "no-xenstore", "legacy"};
    static const char passthrough[][12] = {"enabled", "disabled"};

    check_word(check, domain, "xen,enhanced", enhanced, 4);
    check_word(check, domain, "passthrough", passthrough, 2);
}

/* --- vCPUs ------------------------------------------------------------------------------------ */

static void check_vcpu(const struct check *check, const struct domain *domain, int node,
                       uint32_t cpus)
{
    struct location where = check_child(check, domain, node);
    uint32_t value;

    if (!tree_has(check->fdt, node, "id"))
        check_error(check, domain, &where, "add id = <N>", ": a xen,vcpu node has no id");
    else if (check_cell(check, node, "id", &value) && value >= cpus)
        check_error(check, domain, &where, "the first one is 0", " has no cpu %u", value);
}

static void check_vcpus(const struct check *check, const struct domain *domain)
{
    uint32_t cpus = UINT32_MAX;
    int node;

    check_cell(check, domain->node, "cpus", &cpus);
    fdt_for_each_subnode(node, check->fdt, domain->node)
    {
        if (tree_is_compatible(check->fdt, node, "xen,vcpu"))
            check_vcpu(check, domain, node, cpus);
    }
}

/* --- the console ------------------------------------------------------------------------------ */

/* Devices that a Linux console= may name, and the property that gives a domain such a one. */
static const struct {
    char device[8];
    char property[13];
} consoles[] = {
    {"ttyAMA0", "vpl011"}, {"hvc", "xen,enhanced"}, {"ttyAMA", ""}, {"ttyS", ""},
    {"ttyPS", ""},         {"ttymxc", ""},          {"ttyLP", ""},
};

/* The entry for the console that an option of Linux names, or NULL for others. */
static const char *console_property(const char *device)
{
    for (size_t at = 0; at < sizeof(consoles) / sizeof(consoles[0]); at++)
        if (text_starts(device, consoles[at].device))
            return consoles[at].property;
    return NULL;
}

static bool has_fragment(const struct domain *domain)
{
    return domain_module(domain, MODULE_DEVICE_TREE) != NULL;
}

/* Warns when a domain has none of the consoles that its kernel is told to use. */
static void check_console(const struct check *check, const struct domain *domain)
{
    const struct module *kernel = domain_module(domain, MODULE_KERNEL);
    const char *at = kernel != NULL ? tree_string(check->fdt, kernel->node, "bootargs") : NULL;
    const char *missing = NULL;
    const char *needed = NULL;
    size_t length = 0;

    for (char before = ' '; at != NULL && *at != '\0'; before = *at++) {
        const char *property;

        if (before != ' ' || !text_starts(at, "console="))
            continue;
        property = console_property(at + 8);
        if (property == NULL ||
            (property[0] != '\0' && tree_has(check->fdt, domain->node, property)))
            return;
        missing = at;
        needed = property;
    }
    /* A device of the machine may be passed through. */
    if (missing == NULL || has_fragment(domain))
        return;
    while (missing[length] != '\0' && missing[length] != ' ' && missing[length] != ',')
        length++;
    check_warning(check, NULL, &kernel->where,
                  needed[0] != '\0' ? text_format(check->arena, "add %s to the domain", needed)
                                    : "with vpl011 its console is ttyAMA0",
                  "%.*s: domain %s has no such device", (int)length, missing, domain->name);
}

/* --- all domains together --------------------------------------------------------------------- */

/* Whether a domain wants xenstore: "enabled" is also what an empty xen,enhanced means. */
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
    if (has_fragment(domain) || tree_has(check->fdt, domain->node, "passthrough"))
        check_error(check, domain, NULL, "it has all devices without being told",
                    " is the hardware domain, which takes no passthrough");
}

static void check_roles(const struct check *check, const struct domain *domain, struct roles *roles)
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

void check_domains(struct check *check)
{
    const struct plan *plan = check->plan;
    struct roles roles = {0};

    for (size_t at = 1; at < plan->domain_count; at++) {
        const struct domain *domain = &plan->domains[at];

        if (at == 1 && check_has_kernel(&plan->domains[0]))
            roles.hardware = &plan->domains[0];
        check_length(check, domain, &domain->where, "the name", domain->name, NAME_LENGTH_MAX);
        if (!domain->is_faulty) {
            check_cpus(check, domain);
            check_amount(check, domain);
        }
        check_numbers(check, domain);
        check_direct_map(check, domain);
        check_colors(check, domain);
        check_words(check, domain);
        check_vcpus(check, domain);
        check_console(check, domain);
        check_roles(check, domain, &roles);
    }
    if (roles.client != NULL && roles.xenstore == NULL && !check_has_kernel(&plan->domains[0]))
        check_error(check, roles.client, NULL,
                    "start a dom0, or write xen,enhanced = \"no-xenstore\"",
                    " asks for xenstore, which only dom0 can serve");
}
