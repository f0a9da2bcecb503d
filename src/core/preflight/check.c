/* SPDX-License-Identifier: BSD-2-Clause */
/* Functions that the checks of stage preflight share. */
#include "core/preflight/check.h"

#include <libfdt.h>
#include <stdarg.h>
#include <string.h>

#include "core/base/text.h"

#define KIB_MEANT 8192U /* KiB: no domain has so little memory, so MiB was meant */

const struct location check_chosen = {.node = "/chosen"};

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
    if (check->finished->is_forced && severity == SEVERITY_ERROR)
        severity = SEVERITY_WARNING;
    /* Domains may be like one section, whose mistake is one. */
    if (domain == NULL || text == NULL || !diagnostics_say(check->to, severity, where, text))
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

void check_limit(const struct check *check, const struct domain *domain,
                 const struct location *where, const char *hint, const char *what, ...)
{
    unsigned version = check->xen->version;
    enum severity severity = SEVERITY_ERROR;
    va_list arguments;

    if (version > XEN_NEWEST) {
        severity = SEVERITY_WARNING;
        hint = text_format(check->arena,
                           "so it is up to Xen %u.%u, but this is Xen %u.%u, which may take it",
                           XEN_NEWEST / 1000, XEN_NEWEST % 1000, version / 1000, version % 1000);
    }
    va_start(arguments, what);
    say(check, severity, domain, where, hint, what, arguments);
    va_end(arguments);
}

void check_device_error(const struct check *check, const struct module *module, const char *hint,
                        const char *what, ...)
{
    bool is_refused = xen_is_from_to(check->xen, XEN(4, 18), 0);
    va_list arguments;

    va_start(arguments, what);
    say(check, is_refused ? SEVERITY_ERROR : SEVERITY_WARNING, module->domain, &module->where, hint,
        what, arguments);
    va_end(arguments);
}

void check_not_built(const struct check *check, const struct domain *domain,
                     const struct location *where, const char *what, enum xen_feature feature)
{
    check_error(
        check, domain, where,
        text_format(check->arena, "use a Xen that is built with %s", xen_feature_option(feature)),
        " has %s, but %s is built without it", what, check->plan->xen.name);
}

bool check_length(const struct check *check, const struct domain *domain,
                  const struct location *where, const char *what, const char *text, unsigned most)
{
    size_t length = text != NULL ? strlen(text) : 0;

    if (length > most)
        check_limit(check, domain, where, "shorten it", ": %s has %zu characters, but Xen takes %u",
                    what, length, most);
    return length <= most;
}

const struct location *check_options_place(const struct check *check)
{
    return check->finished->options != NULL ? check->finished->options : &check_chosen;
}

struct location check_child(const struct check *check, const struct domain *domain, int node)
{
    return domain_child(check->arena, check->fdt, domain, node);
}

bool check_has_kernel(const struct domain *domain)
{
    return domain_module(domain, MODULE_KERNEL) != NULL;
}

bool check_cell(const struct check *check, int node, const char *property, uint32_t *value)
{
    return tree_cell(check->fdt, node, property, value);
}

const char *check_text(const struct check *check, int node, const char *property)
{
    int size = 0;
    const char *text = tree_get(check->fdt, node, property, &size);

    return text != NULL && memchr(text, '\0', (size_t)size) != NULL ? text : NULL;
}

const char *check_two_cells(const struct check *check, uint64_t value)
{
    uint32_t high = (uint32_t)(value >> 32);

    return text_format(check->arena, "<%s%x 0x%x>", high != 0 ? "0x" : "", high, (uint32_t)value);
}

struct location check_entry(const struct domain *domain, const char *property)
{
    struct location where = domain->where;

    origin_entry(&domain->lines, property, ORIGIN_VALUE, &where);
    return where;
}

const char *check_hint(const struct domain *domain, const char *tree, const char *configuration)
{
    return domain->where.line != 0 ? configuration : tree;
}

/* A number without a unit is KiB; one that is small was meant as MiB, one that is large as bytes.
 */
static const char *memory_hint_of_configuration(const struct check *check, uint64_t kib)
{
    if (kib == 0)
        return "write memory=SIZE, such as memory=128M";
    if (kib < KIB_MEANT)
        return text_format(check->arena, "did you mean memory=%luM? Without a unit, it is KiB",
                           kib);
    if (kib % (1024 * 1024) == 0)
        return text_format(check->arena, "did you mean memory=%luM? Without a unit, it is KiB",
                           kib / (1024 * 1024));
    return "memory=128M is 128 MiB; without a unit, it is KiB";
}

const char *check_memory_hint(const struct check *check, const struct domain *domain, uint64_t kib)
{
    if (domain->where.line != 0)
        return memory_hint_of_configuration(check, kib);
    /* A number that is whole MiB in bytes was most likely meant as bytes. */
    if (kib < 1024 * 1024 || kib % (1024 * 1024) != 0)
        return "memory counts KiB: 128 MiB is <0 0x20000>";
    return text_format(check->arena, "memory counts KiB: %s is %s, %s is %s",
                       check_two_cells(check, kib), text_size(check->arena, kib * 1024),
                       text_size(check->arena, kib), check_two_cells(check, kib / 1024));
}

bool check_meet(uint64_t left, uint64_t left_size, uint64_t right, uint64_t right_size)
{
    return left < right ? right - left < left_size : left - right < right_size;
}

uint64_t check_registers(const struct check *check, int node)
{
    int size = 0;
    const fdt32_t *reg = tree_get(check->fdt, node, "reg", &size);
    int parent = walk_parent(check->fdt, node);
    uint32_t address_cells = tree_cells(check->fdt, parent, "#address-cells", 2);
    uint32_t size_cells = tree_cells(check->fdt, parent, "#size-cells", 1);
    uint64_t sum = 0;

    if (reg == NULL || address_cells > TREE_CELLS_MAX || size_cells - 1 >= TREE_CELLS_MAX)
        return 0;
    for (size_t left = (size_t)size / sizeof(*reg); left >= address_cells + (size_t)size_cells;
         left -= address_cells + (size_t)size_cells) {
        uint64_t bytes = 0;

        tree_read_number(reg + address_cells, size_cells, &bytes);
        sum += bytes;
        reg += address_cells + size_cells;
    }
    return sum;
}

bool check_has_driver(const struct check *check, int node)
{
    int size = 0;
    const char *text = tree_get(check->fdt, node, "compatible", &size);
    const char *end = text != NULL ? text + size : NULL;

    for (; text < end && memchr(text, '\0', (size_t)(end - text)); text += strlen(text) + 1)
        if (xen_holds_word(check->xen, text))
            return true;
    return false;
}
