/* SPDX-License-Identifier: BSD-2-Clause */
/* Properties that a person meant: one that is misspelt, or has the name that another tool uses. */
#include "core/preflight/meant.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/preflight/binding_table.h"

/* Keys of a domain's section that are no properties. */
static const char *const section_keys[] = {"kernel", "ramdisk", "dtb", "like"};

/* Without one of these, Xen makes no domain. */
static const char *const required[] = {"cpus", "memory", "kernel"};

static const char *nearest_name(unsigned kind, bool is_section, const char *name)
{
    struct nearest nearest = {.wanted = name};

    for (size_t at = 0; at < binding_count; at++)
        if ((bindings[at].nodes & kind) != 0)
            nearest_offer(&nearest, bindings[at].name);
    for (size_t at = 0; is_section && at < sizeof(section_keys) / sizeof(section_keys[0]); at++)
        nearest_offer(&nearest, section_keys[at]);
    return nearest.name;
}

const char *meant_hint(const struct check *check, unsigned kind, const struct location *where,
                       const char *name)
{
    bool is_section = kind == IN_DOMAIN && where->file != NULL;
    const struct slip *slip = kind == IN_DOMAIN ? binding_slip(name) : NULL;
    const char *hint = NULL;
    const char *near;

    if (slip != NULL)
        hint = is_section ? slip->in_section : slip->in_tree;
    if (hint != NULL)
        return hint;
    near = nearest_name(kind, is_section, name);
    if (near != NULL)
        return text_format(check->arena, "did you mean %s?", near);
    /* A section's line that starts with blanks was meant to go on with the one before. */
    return is_section && where->column > 1 ? "a line does not go on in the next" : NULL;
}

/* True if a property that no binding has stands for another one. */
static bool is_for(const struct check *check, const struct domain *domain, const char *name,
                   const char *wanted)
{
    const struct slip *slip = binding_slip(name);
    const char *near;

    if (binding_find(name, IN_DOMAIN) != NULL)
        return false;
    /* The hint in a section is "write NAME=VALUE". */
    if (slip != NULL)
        return text_starts(slip->in_section, text_format(check->arena, "write %s=", wanted));
    near = nearest_name(IN_DOMAIN, domain->where.line != 0, name);
    return near != NULL && strcmp(near, wanted) == 0;
}

struct location meant_place(const struct check *check, const struct domain *domain,
                            const char *wanted, const char **hint)
{
    struct location where = domain->where;
    int property;

    fdt_for_each_property_offset(property, check->fdt, domain->node)
    {
        const char *name = NULL;

        if (fdt_getprop_by_offset(check->fdt, property, &name, NULL) == NULL ||
            !is_for(check, domain, name, wanted))
            continue;
        origin_entry(&domain->lines, name, ORIGIN_KEY, &where);
        *hint = meant_hint(check, IN_DOMAIN, &where, name);
        break;
    }
    return where;
}

static bool lacks(const struct check *check, const struct domain *domain, const char *wanted)
{
    if (strcmp(wanted, "kernel") == 0)
        return domain->where.line != 0 && !check_has_kernel(domain) &&
               domain_module(domain, MODULE_UNKNOWN) == NULL;
    return !tree_has(check->fdt, domain->node, wanted);
}

bool meant_is_lacking(const struct check *check, const struct domain *domain, const char *name)
{
    for (size_t at = 0; at < sizeof(required) / sizeof(required[0]); at++)
        if (lacks(check, domain, required[at]) && is_for(check, domain, name, required[at]))
            return true;
    return false;
}
