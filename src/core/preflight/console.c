/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of the console that the kernel of a domain is told to use. */
#include "core/preflight/console.h"

#include <string.h>

#include "core/base/text.h"

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

void check_console(const struct check *check, const struct domain *domain)
{
    const struct module *line = domain_line(check->fdt, domain);
    const char *at = line != NULL ? tree_string(check->fdt, line->node, "bootargs") : NULL;
    const char *missing = NULL;
    const char *needed = NULL;

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
    if (missing == NULL || domain_module(domain, MODULE_DEVICE_TREE) != NULL)
        return;
    check_warning(check, NULL, &line->where,
                  needed[0] != '\0' ? text_format(check->arena, "add %s to the domain", needed)
                                    : "with vpl011 its console is ttyAMA0",
                  "%.*s: domain %s has no such device", (int)text_until(missing, " ,"), missing,
                  domain->name);
}
