/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of modules: which ones a domain has, and what is in them. */
#include "core/preflight/modules.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/compose/node.h"
#include "core/preflight/images.h"
#include "core/preflight/kernels.h"
#include "core/preflight/meant.h"

#define MODULES_MAX     32U /* Xen's boot modules, itself and the tree counted, and command lines */
#define MODULES_XEN     2U
#define COMMAND_MAX     1023U /* characters of a module's command line */
#define MODULE_PATH_MAX 91U   /* characters of a module's path that Xen has room for */

static const char *kind_name(enum module_kind kind)
{
    static const char names[][14] = {
        [MODULE_UNKNOWN] = "a module",          [MODULE_KERNEL] = "a kernel",
        [MODULE_RAMDISK] = "a ramdisk",         [MODULE_XSM] = "an XSM policy",
        [MODULE_DEVICE_TREE] = "a device tree",
    };

    return names[kind];
}

static bool is_loaded(const struct module *module)
{
    return module->binary != NULL && module->binary->is_loaded;
}

/* True if two modules are one to Xen: one binary of one kind. */
static bool is_same(const struct module *left, const struct module *right)
{
    return left->kind == right->kind && left->binary == right->binary &&
           (left->binary != NULL || left->address == right->address);
}

/* True if no module before it stands for the same binary as the same kind. */
static bool is_first(const struct check *check, const struct module *module)
{
    const struct module *first = check->plan->modules;

    while (!is_same(first, module))
        first++;
    return first == module;
}

/* --- how many there are ----------------------------------------------------------------------- */

/* Modules of one binary count once, whatever domain they are of. */
static void check_count(const struct check *check)
{
    const struct plan *plan = check->plan;
    size_t count = MODULES_XEN;
    size_t lines = 0;

    for (size_t at = 0; at < plan->module_count; at++) {
        const struct module *module = &plan->modules[at];

        if (is_first(check, module))
            count++;
        if (tree_has(check->fdt, module->node, "bootargs"))
            lines++;
    }
    if (count > MODULES_MAX)
        check_error(check, NULL, &check_chosen, "share binaries between domains: each counts once",
                    "%zu boot modules are needed, but Xen takes %u (itself and the tree counted)",
                    count, MODULES_MAX);
    if (lines > MODULES_MAX)
        check_warning(check, NULL, &check_chosen,
                      "Xen starts the domains of the others without theirs",
                      "%zu modules have a command line, but Xen takes %u", lines, MODULES_MAX);
}

/* Of what is there twice Xen takes one. */
static void check_once(const struct check *check, const struct domain *domain,
                       enum module_kind kind)
{
    bool is_found = false;

    for (size_t at = 0; at < domain->module_count; at++) {
        const struct module *module = &domain->modules[at];

        if (module->kind == kind && is_found)
            check_warning(check, NULL, &module->where,
                          domain->is_dom0 ? "Xen takes the first one" : "Xen takes the last one",
                          "%s has more than one %s", domain->name,
                          strchr(kind_name(kind), ' ') + 1);
        is_found = is_found || module->kind == kind;
    }
}

static void report_no_kernel(const struct check *check, const struct domain *domain)
{
    const char *hint = check_hint(
        domain, "add a module with compatible \"multiboot,kernel\", \"multiboot,module\"",
        "add kernel=FILE");
    struct location where = meant_place(check, domain, "kernel", &hint);

    check_error(check, domain, &where, hint, " has no kernel");
}

static void check_kernels(const struct check *check, const struct domain *domain)
{
    check_once(check, domain, MODULE_KERNEL);
    check_once(check, domain, MODULE_RAMDISK);
    check_once(check, domain, MODULE_DEVICE_TREE);
    /* A module of unknown kind was not read, or it would be the kernel by now. */
    if (check_has_kernel(domain) || domain->is_faulty ||
        domain_module(domain, MODULE_UNKNOWN) != NULL)
        return;
    if (!domain->is_dom0)
        report_no_kernel(check, domain);
    else if (domain_module(domain, MODULE_RAMDISK) != NULL)
        (check->plan->domain_count > 1 ? check_warning : check_error)(
            check, domain, &domain_module(domain, MODULE_RAMDISK)->where,
            "give it a kernel, or leave its ramdisk out", " has a ramdisk but no kernel");
}

/* --- their nodes ------------------------------------------------------------------------------ */

static void check_no_module(const struct check *check)
{
    if (node_has_module_kind(check->fdt, check->plan->domains[0].node))
        check_error(check, NULL, &check_chosen, "give the module a node of its own, below it",
                    "its compatible makes a module of it");
}

/* A kind of x86: until Xen knew it, the first one of /chosen was a kernel to it. */
static void check_microcode(const struct check *check, const struct module *module)
{
    bool is_kernel = module->domain->is_dom0 && !xen_is_from_to(check->xen, XEN(4, 21), 0);
    struct kernel_image image;

    if (!tree_is_compatible(check->fdt, module->node, "multiboot,microcode"))
        return;
    if (is_kernel && is_loaded(module) && image_read(check, module->binary, &image) == NULL)
        is_kernel = false;
    (is_kernel ? check_error : check_warning)(check, module->domain, &module->where, "leave it out",
                                              ": microcode is of no use on Arm");
}

static void check_node(const struct check *check, const struct module *module)
{
    const struct domain *domain = module->domain;
    const char *line = tree_string(check->fdt, module->node, "bootargs");
    const char *name = fdt_get_name(check->fdt, module->node, NULL);

    if (line != NULL && strlen(line) == COMMAND_MAX + 1)
        check_warning(check, domain, &module->where, "shorten it",
                      ": the command line loses the last of its %u characters", COMMAND_MAX + 1);
    else if (line != NULL)
        check_length(check, domain, &module->where, "the command line", line, COMMAND_MAX);
    check_length(check, domain, &module->where, "the module's path",
                 module->binary != NULL ? text_format(check->arena, "%s/%s", domain->path, name)
                                        : module->path,
                 MODULE_PATH_MAX);
    if (tree_is_compatible(check->fdt, module->node, "xen,domain-shared-memory-v1") &&
        xen_has(check->xen, FEATURE_STATIC_SHM))
        check_error(check, domain, &module->where, NULL, ": a module cannot be shared memory");
    if (module->kind == MODULE_UNKNOWN && (is_loaded(module) || module->binary == NULL))
        check_warning(check, domain, &module->where,
                      "say it in compatible, such as \"multiboot,ramdisk\"",
                      ": it is not known what the module is for");
}

/* --- what else content tells ------------------------------------------------------------------ */

static bool is_kernel(enum content content)
{
    return content == CONTENT_IMAGE || content == CONTENT_ZIMAGE || content == CONTENT_ELF ||
           content == CONTENT_ZBOOT;
}

/*
 * Tells of a module that is stated to be one thing but holds another. Without a policy in its
 * module, which is dom0's, Xen goes on until it crashes.
 */
static void check_stated(const struct check *check, const struct module *module)
{
    enum content content = is_loaded(module) ? module->binary->content : CONTENT_UNKNOWN;
    bool is_other = is_kernel(content) || content == CONTENT_DEVICE_TREE;

    if (module->kind == MODULE_RAMDISK)
        is_other = is_other || content == CONTENT_XSM || content == CONTENT_UIMAGE;
    else if (module->kind == MODULE_XSM)
        is_other = is_loaded(module) && module->binary->size != 0 && content != CONTENT_XSM;
    else
        return;
    if (module->is_stated && is_other && is_first(check, module) &&
        !(module->kind == MODULE_RAMDISK && kernels_are_exchanged(check, module->domain)))
        (module->kind == MODULE_XSM && module->domain->is_dom0 && xen_has_option(check->xen, "xsm")
             ? check_error
             : check_warning)(check, module->domain, &module->where,
                              content == CONTENT_UIMAGE
                                  ? "take it out of its wrapping: dumpimage -o FILE"
                                  : "are two files mixed up?",
                              ": %s is stated to be %s, but is %s", module->binary->name,
                              kind_name(module->kind), content_name(content));
}

/*
 * Xen finds a module by its address, and one address has one kind. Returns whether the module is
 * of the same kind as all others of its binary.
 */
static bool check_kinds(const struct check *check, const struct module *module)
{
    const struct module *other = check->plan->modules;
    const struct module *end = other + check->plan->module_count;
    struct kernel_image image;

    if (!is_loaded(module))
        return true;
    while (other < end && (other->binary != module->binary || other->kind == module->kind))
        other++;
    /* That it is not a kernel is the cause then, and was said. */
    if (other == end || ((other->kind == MODULE_KERNEL || module->kind == MODULE_KERNEL) &&
                         image_read(check, module->binary, &image) != NULL))
        return true;
    if (other < module && is_first(check, module))
        (module->kind != MODULE_KERNEL && xen_is_from_to(check->xen, XEN(4, 18), 0)
             ? check_warning
             : check_error)(check, module->domain, &module->where, "give it a copy of the file",
                            ": %s is used as %s, but as %s elsewhere", module->binary->name,
                            kind_name(module->kind), kind_name(other->kind));
    return false;
}

void check_modules(const struct check *check)
{
    const struct plan *plan = check->plan;

    check_count(check);
    check_no_module(check);
    for (size_t at = 0; at < plan->domain_count; at++)
        check_kernels(check, &plan->domains[at]);
    for (size_t at = 0; at < plan->module_count; at++) {
        const struct module *module = &plan->modules[at];

        check_node(check, module);
        check_microcode(check, module);
        if (check_kinds(check, module))
            check_stated(check, module);
        if (module->kind == MODULE_KERNEL && module_is_taken(module))
            check_kernel(check, module);
    }
}
