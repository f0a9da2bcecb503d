/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage preflight: everything that Xen would refuse or panic on, checked before it is started. */
#include "preflight.h"

#include <libfdt.h>

#include "text.h"

#define MODULES_MAX 32U /* Xen's MAX_MODULES, itself and the tree counted */
#define MODULES_XEN 2U

/* A check is given all of this. */
struct check {
    const struct workspace *workspace;
    const struct subject *subject;
};

static void report(const struct check *check, enum severity severity, struct location where,
                   const char *hint, const char *what)
{
    diagnose(check->workspace->diagnostics, severity, where, hint, "%s", what);
}

bool domain_cpus(const struct tree *tree, const struct domain *domain, uint32_t *cpus)
{
    int size;
    const fdt32_t *value = fdt_getprop(tree->fdt, domain->node, "cpus", &size);

    if (value == NULL || size != (int)sizeof(*value))
        return false;
    *cpus = fdt32_ld(value);
    return true;
}

bool domain_memory(const struct tree *tree, const struct domain *domain, uint64_t *kib)
{
    int size;
    const void *value = fdt_getprop(tree->fdt, domain->node, "memory", &size);

    return value != NULL && size == 8 && tree_read_number(value, 2, kib);
}

static void check_machine(const struct check *check)
{
    unsigned level = check->subject->exception_level;

    if (level != 0 && level < 2)
        diagnose(check->workspace->diagnostics, SEVERITY_ERROR, (struct location){0},
                 "enable virtualization in the firmware (QEMU: -machine virt,virtualization=on)",
                 "the firmware runs at EL%u, but Xen needs EL2", level);
}

static void check_kernels(const struct check *check, const struct domain *domain)
{
    const struct module *first = domain_kernel(domain);

    if (first == NULL) {
        if (!domain->is_dom0)
            report(check, SEVERITY_ERROR, domain->where,
                   "add a module with compatible \"multiboot,kernel\", \"multiboot,module\"",
                   text_format(check->workspace->arena, "domain %s has no kernel", domain->name));
        return;
    }
    for (const struct module *module = first + 1; module < domain->modules + domain->module_count;
         module++)
        if (module->kind == MODULE_KERNEL)
            report(check, SEVERITY_ERROR, module->where, "leave one of them",
                   text_format(check->workspace->arena, "%s has more than one kernel",
                               domain->is_dom0 ? "dom0" : domain->name));
}

static void check_cpus(const struct check *check, const struct domain *domain)
{
    uint32_t cpus;

    if (!domain_cpus(check->subject->tree, domain, &cpus))
        diagnose(check->workspace->diagnostics, SEVERITY_ERROR, domain->where,
                 "add cpus = <N>, one cell", "domain %s does not say how many cpus it has",
                 domain->name);
    else if (cpus == 0)
        diagnose(check->workspace->diagnostics, SEVERITY_ERROR, domain->where,
                 "a domain has at least one", "domain %s has 0 cpus", domain->name);
}

static void check_memory(const struct check *check, const struct domain *domain)
{
    uint64_t kib;

    if (!domain_memory(check->subject->tree, domain, &kib))
        diagnose(check->workspace->diagnostics, SEVERITY_ERROR, domain->where,
                 "add memory = <0 KIB>, two cells that count KiB: 128 MiB is <0 0x20000>",
                 "domain %s does not say how much memory it has", domain->name);
    else if (kib == 0)
        diagnose(check->workspace->diagnostics, SEVERITY_ERROR, domain->where,
                 "memory counts KiB: 128 MiB is <0 0x20000>", "domain %s has no memory",
                 domain->name);
}

static void check_module_count(const struct check *check)
{
    size_t count = MODULES_XEN;

    for (const struct binary *binary = check->subject->plan->binaries; binary != NULL;
         binary = binary->next)
        if (binary->users != 0)
            count++;
    if (count > MODULES_MAX)
        diagnose(check->workspace->diagnostics, SEVERITY_ERROR,
                 (struct location){.node = "/chosen"},
                 "share binaries between domains: each counts once",
                 "%zu boot modules are needed, but Xen takes %u (itself and the tree counted)",
                 count, MODULES_MAX);
}

static void check_tree(const struct check *check)
{
    size_t size = fdt_totalsize(check->subject->tree->fdt);

    if (size > TREE_SIZE_MAX)
        diagnose(check->workspace->diagnostics, SEVERITY_ERROR, (struct location){0},
                 "Xen takes trees of at most 2 MiB", "the finished device tree has %s",
                 text_size(check->workspace->arena, size));
}

static void check_something_boots(const struct check *check)
{
    const struct plan *plan = check->subject->plan;

    if (plan->domain_count <= 1 && (plan->domain_count == 0 || plan->domains[0].module_count == 0))
        report(check, SEVERITY_ERROR, (struct location){0},
               "give dom0 a kernel=, or describe domains in the device tree or with domains=",
               "there is nothing to boot: no kernel for dom0 and no domain");
}

void preflight(const struct workspace *workspace, const struct subject *subject)
{
    struct check check = {workspace, subject};

    check_machine(&check);
    check_something_boots(&check);
    check_module_count(&check);
    check_tree(&check);
    for (size_t at = 0; at < subject->plan->domain_count; at++) {
        const struct domain *domain = &subject->plan->domains[at];

        check_kernels(&check, domain);
        if (domain->is_dom0)
            continue;
        check_cpus(&check, domain);
        check_memory(&check, domain);
    }
}
