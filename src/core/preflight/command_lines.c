/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of the command line of a domain: whether Xen finds it again. */
#include "core/preflight/command_lines.h"

#include <libfdt.h>
#include <string.h>

#define NAME_LENGTH_MAX 40U /* of a domain's node, that Xen records with the command line */

/* Xen records the line with the node's name, and looks for it with what it takes for the name. */
static void check_name(const struct check *check, const struct domain *domain)
{
    if (strlen(domain->name) > NAME_LENGTH_MAX)
        check_warning(check, domain, NULL, "shorten the name to 40 characters",
                      ": its name has %zu characters, so Xen does not find its command line",
                      strlen(domain->name));
    else if (strchr(domain->name, '@') != NULL)
        check_warning(check, domain, NULL, "rename the node",
                      ": its name has an @, so Xen does not find its command line");
}

void check_command_lines(const struct check *check, const struct domain *domain)
{
    const struct module *line = domain_line(check->fdt, domain);

    if (line == NULL)
        return;
    check_name(check, domain);
    /* That there is more than one kernel is said elsewhere. */
    if (line->kind != MODULE_KERNEL && check_has_kernel(domain))
        check_warning(check, domain, &line->where, "put it into the module of the kernel",
                      ": the first bootargs counts, which is not the kernel's");
}
