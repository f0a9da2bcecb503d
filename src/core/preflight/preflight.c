/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage preflight: everything that Xen would refuse or panic on, checked before it is started. */
#include "core/preflight/preflight.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/preflight/check.h"
#include "core/tree/outline.h"

#define PE_ARM64   0xaa64U /* the machine in the header of an EFI image */
#define LEVELS_MAX 16U     /* of nodes, in the path of a stray domain */
#define LETTERS    63      /* of the name of one */

/* --- what checks share ------------------------------------------------------------------------ */

__attribute__((format(printf, 6, 0))) static void
say(const struct check *check, enum severity severity, const struct domain *domain,
    const struct location *where, const char *hint, const char *what, va_list arguments)
{
    static const struct location nowhere;
    const char *text = text_format_list(check->arena, what, arguments);
    const char *before = "";

    if (domain != NULL)
        before = domain->is_dom0 ? "dom0" : text_format(check->arena, "domain %s", domain->name);
    if (where == NULL)
        where = domain != NULL ? &domain->where : &nowhere;
    if (check->subject->is_forced && severity == SEVERITY_ERROR)
        severity = SEVERITY_WARNING;
    diagnose(check->to, severity, where, hint, "%s%s", before, text);
}

void check_error(const struct check *check, const struct domain *domain,
                 const struct location *where, const char *hint, const char *what, ...)
{
    va_list arguments;

    va_start(arguments, what);
    say(check, SEVERITY_ERROR, domain, where, hint, what, arguments);
    va_end(arguments);
}

void check_warning(const struct check *check, const struct domain *domain,
                   const struct location *where, const char *hint, const char *what, ...)
{
    va_list arguments;

    va_start(arguments, what);
    say(check, SEVERITY_WARNING, domain, where, hint, what, arguments);
    va_end(arguments);
}

struct location check_child(const struct check *check, const struct domain *domain, int node)
{
    return domain_child(check->arena, check->fdt, domain, node);
}

bool check_length(const struct check *check, const struct domain *domain,
                  const struct location *where, const char *what, const char *text, unsigned most)
{
    size_t length = text != NULL ? strlen(text) : 0;

    if (length > most)
        check_error(check, domain, where, "shorten it", ": %s has %zu characters, but Xen takes %u",
                    what, length, most);
    return length <= most;
}

bool check_has_kernel(const struct domain *domain)
{
    return domain_module(domain, MODULE_KERNEL) != NULL;
}

bool check_cell(const struct check *check, int node, const char *property, uint32_t *value)
{
    int size;
    const fdt32_t *cell = tree_get(check->fdt, node, property, &size);

    if (cell == NULL || size != (int)sizeof(*cell))
        return false;
    *value = fdt32_ld(cell);
    return true;
}

bool check_xen_holds(const struct check *check, const char *text, bool is_whole)
{
    const struct binary *xen = &check->plan->xen;
    const char *at = xen->memory;
    size_t length = strlen(text) + (is_whole ? 1 : 0);
    const char *end;

    if (!xen->is_loaded || length > xen->size)
        return false;
    for (end = at + xen->size - length; at <= end; at++)
        if (*at == *text && memcmp(at, text, length) == 0)
            return true;
    return false;
}

bool check_is_xen(struct check *check)
{
    return check_xen_holds(check, "multiboot,module", true);
}

const char *check_two_cells(const struct check *check, uint64_t value)
{
    uint32_t high = (uint32_t)(value >> 32);

    return text_format(check->arena, "<%s%x 0x%x>", high != 0 ? "0x" : "", high, (uint32_t)value);
}

const char *check_memory_hint(const struct check *check, uint64_t kib)
{
    /* A number that is whole MiB in bytes was most likely meant as bytes. */
    if (kib < 1024 * 1024 || kib % (1024 * 1024) != 0)
        return "memory counts KiB: 128 MiB is <0 0x20000>";
    return text_format(check->arena, "memory counts KiB: %s is %s, %s is %s",
                       check_two_cells(check, kib), text_size(check->arena, kib * 1024),
                       text_size(check->arena, kib), check_two_cells(check, kib / 1024));
}

/* --- the machine and the system --------------------------------------------------------------- */

static void check_machine(const struct check *check)
{
    unsigned level = check->subject->exception_level;

    if (level != 0 && level < 2)
        check_error(check, NULL, NULL,
                    "enable virtualization in the firmware (QEMU: -machine virt,virtualization=on)",
                    "the firmware runs at EL%u, but Xen needs EL2", level);
}

/* It has to be an EFI image for arm64 (UEFI 2.10 §2.1.1). */
static void check_hypervisor(const struct check *check)
{
    const struct binary *xen = &check->plan->xen;
    const char *hint = "give the xen.efi that was built with the hypervisor";
    uint64_t header;

    if (!xen->is_loaded)
        return;
    if (check_is_efi(xen, &header) &&
        read_little((const char *)xen->memory + header + 4, 2) == PE_ARM64) {
        check_whole(check, xen);
        return;
    }
    if (xen->content == CONTENT_PE)
        hint = "it is for another processor";
    else if (xen->content != CONTENT_UNKNOWN)
        hint = text_format(check->arena, "it is %s; %s", content_name(xen->content), hint);
    check_error(check, NULL, &xen->where, hint, "%s is no EFI program for arm64", xen->name);
}

static void check_something_boots(const struct check *check)
{
    const struct plan *plan = check->plan;

    if (plan->domain_count == 1 && plan->domains[0].module_count == 0)
        check_error(check, NULL, NULL,
                    "give dom0 a kernel=, or describe domains in the device tree or with domains=",
                    "there is nothing to boot: no kernel for dom0 and no domain");
}

static void check_tree(const struct check *check)
{
    /* What the tree has when it is packed. */
    size_t size = fdt_off_dt_strings(check->fdt) + fdt_size_dt_strings(check->fdt);

    if (size > TREE_SIZE_MAX)
        check_error(check, NULL, NULL, "Xen takes trees of at most 2 MiB",
                    "the finished device tree has %s", text_size(check->arena, size));
}

/* A walk through the whole tree, and the nodes that it is in: at [2] a child of the root. */
struct survey {
    struct outline_walk walk;
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

/* Whether the walk is at what makes a node a domain, and that is not right below /chosen. */
static bool is_stray(const struct survey *survey)
{
    size_t size;
    const char *value = outline_value(&survey->walk, &size);

    return strcmp(outline_name(&survey->walk), "compatible") == 0 &&
           fdt_stringlist_contains(value, (int)size, "xen,domain") == 1 &&
           (survey->walk.depth != 3 || strcmp(survey->names[2], "chosen") != 0);
}

/* Finds domains where Xen looks for none. */
static void check_strays(const struct check *check)
{
    struct survey survey = {.walk = outline_start(check->fdt)};
    struct location where = {0};
    uint32_t tag;

    while ((tag = outline_step(&survey.walk)) != FDT_END &&
           check->to->counts[SEVERITY_WARNING] < DIAGNOSTICS_MAX)
        if (tag == FDT_BEGIN_NODE) {
            where.order = (unsigned)survey.walk.at;
            if (survey.walk.depth <= LEVELS_MAX)
                survey.names[survey.walk.depth] = outline_name(&survey.walk);
        } else if (tag == FDT_PROP && is_stray(&survey)) {
            where.node = survey_path(&survey, check->arena);
            check_warning(check, NULL, &where, "move it right below /chosen",
                          "Xen does not look for domains here");
        }
}

void preflight(const struct workspace *workspace, const struct subject *subject)
{
    struct check check = {
        .subject = subject,
        .plan = subject->plan,
        .fdt = subject->tree->fdt,
        .arena = workspace->arena,
        .to = workspace->diagnostics,
    };

    names_init(&check.known, workspace->arena, false);
    check.options = xen_options(check.fdt, check.plan->domains);
    if (subject->tree->traits.has_stray)
        check_strays(&check);
    check_machine(&check);
    check_hypervisor(&check);
    check_something_boots(&check);
    check_tree(&check);
    check_modules(&check);
    check_bindings(&check);
    check_domains(&check);
    check_memory(&check);
    check_links(&check);
}
