/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of the system and its tree as a whole. */
#include "core/preflight/whole.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/tree/walk.h"

#define LEVELS_MAX 16U /* of nodes, in the path of a stray domain */
#define LETTERS    63  /* of the name of one */

/* Endings of warnings that are the reason where nothing is left to boot. */
static const char *const reasons[] = {
    "is no domain: its compatible is not xen,domain",
    "its node is of no domain",
    "but no domains= names it",
    "Xen does not look for domains here",
};

/* After an error, that is the reason, and it was reported. */
static void check_something_boots(const struct check *check)
{
    const struct plan *plan = check->plan;
    bool is_said = check->to->counts[SEVERITY_ERROR] != 0 || plan->domain_count != 1 ||
                   check_has_kernel(plan->domains) ||
                   domain_module(plan->domains, MODULE_RAMDISK) != NULL ||
                   domain_module(plan->domains, MODULE_UNKNOWN) != NULL;

    for (size_t at = 0; at < sizeof(reasons) / sizeof(reasons[0]) && !is_said; at++)
        is_said = !check->finished->is_forced && diagnostics_raise(check->to, reasons[at]);
    if (!is_said)
        check_error(check, NULL, check->finished->section,
                    "give dom0 a kernel=, or describe domains in the device tree or with domains=",
                    "there is nothing to boot: no kernel for dom0 and no domain");
}

static void check_tree(const struct check *check)
{
    /* The bytes of the packed tree. */
    size_t size = fdt_off_dt_strings(check->fdt) + fdt_size_dt_strings(check->fdt);

    if (size > TREE_SIZE_MAX - PAGE_SIZE)
        check_limit(check, NULL, NULL, "Xen takes 2 MiB, and its EFI stub adds a page",
                    "the finished device tree has %zu bytes, but Xen takes %u", size,
                    (unsigned)(TREE_SIZE_MAX - PAGE_SIZE));
}

/* A walk through the whole tree, and the nodes that it is in: at [2] a child of the root. */
struct survey {
    struct walk walk;
    const char *names[LEVELS_MAX + 1];
};

static const char *survey_path(const struct survey *survey, struct arena *arena)
{
    const char *path = survey->walk.depth > 1 ? "" : "/";

    if (survey->walk.depth > LEVELS_MAX)
        return "(a node too deep to name)";
    for (size_t level = 2; level <= survey->walk.depth; level++)
        path = text_format(arena, "%s/%.*s", path, LETTERS, survey->names[level]);
    return path;
}

/* True if the walk is at what makes a node a domain, and that is not right below /chosen. */
static bool is_stray(const struct survey *survey)
{
    size_t size;
    const char *value = walk_value(&survey->walk, &size);

    return strcmp(walk_name(&survey->walk), "compatible") == 0 &&
           fdt_stringlist_contains(value, (int)size, "xen,domain") == 1 &&
           (survey->walk.depth != 3 || strcmp(survey->names[2], "chosen") != 0);
}

/* True for a domain in a child of the root that Xen takes for /chosen, with modules of no place. */
static bool is_trap(const struct check *check, const struct survey *survey, int node)
{
    int module;

    if (survey->walk.depth != 3 || !text_starts(survey->names[2], "chosen"))
        return false;
    for (module = walk_child(check->fdt, node); module >= 0;
         module = walk_sibling(check->fdt, module)) {
        if (tree_is_compatible(check->fdt, module, "multiboot,module") &&
            !tree_has(check->fdt, module, "reg"))
            return true;
    }
    return false;
}

/* True if the walk is at a compatible of which Xen reads on behind its end. */
static bool is_unended(const struct survey *survey)
{
    size_t size;
    const char *value = walk_value(&survey->walk, &size);

    return strcmp(walk_name(&survey->walk), "compatible") == 0 && size != 0 &&
           value[size - 1] != '\0';
}

/* Finds domains where Xen looks for none, and what is no compatible. */
static void check_compatibles(const struct check *check)
{
    struct survey survey = {.walk = walk_start(check->fdt)};
    struct location where = {0};
    uint32_t tag;

    while ((tag = walk_step(&survey.walk)) != FDT_END)
        if (tag == FDT_BEGIN_NODE) {
            where.order = (unsigned)survey.walk.at;
            if (survey.walk.depth <= LEVELS_MAX)
                survey.names[survey.walk.depth] = walk_name(&survey.walk);
        } else if (tag == FDT_PROP && is_unended(&survey)) {
            where.node = survey_path(&survey, check->arena);
            check_error(check, NULL, &where, "write compatible = \"TEXT\"",
                        "compatible is no text, and Xen reads on behind it");
        } else if (tag == FDT_PROP && is_stray(&survey)) {
            where.node = survey_path(&survey, check->arena);
            (is_trap(check, &survey, (int)where.order) ? check_error : check_warning)(
                check, NULL, &where, "move it right below /chosen",
                "Xen does not look for domains here");
        }
}

void check_whole_system(const struct check *check)
{
    const struct traits *traits = &check->finished->tree->traits;

    if (traits->has_stray || traits->has_unended)
        check_compatibles(check);
    check_something_boots(check);
    check_tree(check);
}
