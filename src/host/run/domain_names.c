/* SPDX-License-Identifier: BSD-2-Clause */
/* The system that is run, as its plan tells: the domains' names in the order of Xen's numbers. */
#include "host/run/domain_names.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/output.h"
#include "host/machine/host_system.h"
#include "host/report/report.h"

/* Names come from a tree, and go to a terminal. */
static char *clean_name(const char *name)
{
    char *copy = strdup(name);

    for (char *at = copy; at != NULL && *at != '\0'; at++)
        if ((unsigned char)*at < ' ' || (unsigned char)*at >= 0x7f)
            *at = '?';
    return copy;
}

/* True if the output of a domain comes to Xen's console. */
static bool has_console(const struct host_system *host, const struct domain *domain)
{
    const void *fdt = host->system.tree.fdt;
    int node = fdt_path_offset(fdt, domain->path);

    return node >= 0 && tree_has(fdt, node, "vpl011");
}

static bool take_domains(struct run_system *system, const struct host_system *host)
{
    const struct plan *plan = &host->system.plan;

    system->domains = calloc(plan->domain_count, sizeof(*system->domains));
    if (system->domains == NULL)
        return false;
    system->has_dom0 = plan->domains[0].module_count != 0;
    for (size_t at = 0; at < plan->domain_count; at++) {
        const struct domain *domain = &plan->domains[at];
        char *name = clean_name(domain->name);

        if (name == NULL)
            return false;
        system->domains[system->count].name = name;
        system->domains[system->count].is_awaited =
            at == 0 ? system->has_dom0 : has_console(host, domain);
        system->count++;
    }
    return true;
}

bool run_system_read(struct run_system *system, const char *directory, const char *tree)
{
    const struct host_request request = {.config = directory, .root = directory, .tree = tree};
    struct host_system host;
    bool is_good = host_system_open(&host, &request) == 0;

    *system = (struct run_system){0};
    if (is_good && host.system.config.file != NULL) {
        is_good = host.is_bootable;
        if (!is_good)
            report_print(stdout, &host);
        else if (!take_domains(system, &host))
            is_good = false;
    }
    host_system_close(&host);
    return is_good;
}

void run_system_release(struct run_system *system)
{
    for (size_t at = 0; at < system->count; at++) {
        union {
            const char *shown;
            char *owned;
        } name = {.shown = system->domains[at].name};

        free(name.owned);
    }
    free(system->domains);
    *system = (struct run_system){0};
}
