/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of properties and nodes against the bindings of Xen, and against the Xen at hand. */
#include "core/preflight/bindings.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/little.h"
#include "core/base/text.h"
#include "core/compose/node.h"
#include "core/compose/normalise.h"
#include "core/preflight/binding_table.h"
#include "core/preflight/meant.h"

#define NOT_IN_XEN 128U /* the kind of a node that the Xen at hand lacks */

/* A node whose properties are looked at. */
struct place {
    int node;
    unsigned kind; /* IN_… */
    const struct domain *domain;
    const struct location *where;
};

/* --- the Xen at hand -------------------------------------------------------------------------- */

/* Which Xen knows what this one does not. */
static const char *other_xen(const struct check *check, unsigned since, enum xen_feature feature)
{
    if (check->xen->version < since)
        return text_format(check->arena, "Xen %u.%u and later do", since / 1000, since % 1000);
    return text_format(check->arena, "one that is built with %s does", xen_feature_option(feature));
}

/* Reports what the Xen at hand lacks; true if it has it. */
static bool check_is_known(const struct check *check, const struct place *place, const char *what,
                           const char *name, unsigned since, enum xen_feature feature)
{
    if (xen_is_from_to(check->xen, since, 0) && xen_has(check->xen, feature))
        return true;
    check_warning(check, place->domain, place->where, other_xen(check, since, feature),
                  ": %s does not know the %s %s and ignores it", check->plan->xen.name, what, name);
    return false;
}

/* True if a Xen that is newer than the bindings here may know a name: it stands in its binary. */
static bool is_newer_name(const struct check *check, const char *name)
{
    return check->xen->version > XEN_NEWEST && xen_holds_word(check->xen, name);
}

/* --- properties ------------------------------------------------------------------------------- */

/* The form in which a property is to be written whose bytes are of another, or NULL. */
static const char *wrong_form(const char *value, size_t size, enum binding_form form,
                              bool is_section)
{
    switch (form) {
    case FORM_CELL_0:
        if (size == 0)
            return NULL;
        __attribute__((fallthrough));
    case FORM_CELL:
        if (size == 4 && !text_is_plain(value, size))
            return NULL;
        return is_section ? "NUMBER" : "<NUMBER>";
    case FORM_CELLS_2:
        if (size == 8 && !text_is_plain(value, size))
            return NULL;
        return is_section ? "SIZE" : "<0 NUMBER>";
    case FORM_REGIONS:
        return text_is_plain(value, size) ? "<0 ADDRESS 0 SIZE>" : NULL;
    case FORM_TEXT:
        return size == 0 || memchr(value, '\0', size) != value + size - 1 ? "\"TEXT\"" : NULL;
    case FORM_ANY:
    case FORM_FLAG:
    default:
        return NULL;
    }
}

/* True if Xen can read the start of a value of another form. */
static bool has_start(const struct binding *binding, const char *value, size_t size)
{
    if (binding->form == FORM_TEXT)
        return memchr(value, '\0', size) != NULL &&
               (binding->otherwise != GIVES_UP || value[0] != '\0');
    return size >= (binding->form == FORM_CELLS_2 ? 8U : 4U) && !text_is_plain(value, size);
}

/* True if Xen does not start with a value of another form. */
static bool is_refused(const struct binding *binding, const char *value, size_t size)
{
    if (binding->otherwise == TOO_MUCH || binding->otherwise == FOUR_BITS)
        return size >= 4 && text_is_plain(value, size) &&
               (binding->otherwise == TOO_MUCH || (value[3] & 15) != 1);
    return binding->otherwise == GIVES_UP && !has_start(binding, value, size);
}

/* A value of that form, as an example. */
static const char *example(enum binding_form form, bool is_section)
{
    switch (form) {
    case FORM_CELL:
    case FORM_CELL_0:
        return is_section ? "1" : "<1>";
    case FORM_CELLS_2:
        return is_section ? "128M" : "<0 0x20000>";
    case FORM_REGIONS:
        return "<0 0x60000000 0 0x8000000>";
    case FORM_TEXT:
    case FORM_ANY:
    case FORM_FLAG:
    default:
        return NULL;
    }
}

/* A hint for a value of another form. */
static const char *form_hint(const struct check *check, const struct binding *binding,
                             bool has_start, bool is_section)
{
    const char *value = example(binding->form, is_section);

    if (has_start)
        return "Xen reads the start of it";
    if (value == NULL)
        return NULL;
    return text_format(check->arena, "such as %s%s%s%s", binding->name, is_section ? "=" : " = ",
                       value, !is_section && binding->form == FORM_CELLS_2 ? ", 128 MiB" : "");
}

/* True for a value of a flag that was to say no. */
static bool is_no(const char *value, size_t size)
{
    static const char *const words[] = {"no", "off", "false", "disabled"};

    if (size == 4 && read_little(value, 4) == 0)
        return true;
    for (size_t at = 0; at < sizeof(words) / sizeof(words[0]); at++)
        if (size == strlen(words[at]) + 1 && memcmp(value, words[at], size) == 0)
            return true;
    return false;
}

/* The place of a property's value: in a section, that of the entry, if it has one. */
static struct location value_place(const struct place *place, const char *name)
{
    struct location where = *place->where;

    if (place->kind == IN_DOMAIN)
        origin_entry(&place->domain->lines, name, ORIGIN_VALUE, &where);
    return where.width != 0 ? where : *place->where;
}

static void check_form(const struct check *check, const struct place *place,
                       const struct binding *binding, const char *value, size_t size)
{
    bool is_section = place->kind == IN_DOMAIN && place->where->file != NULL;
    bool starts = has_start(binding, value, size);
    const char *wrong = wrong_form(value, size, binding->form, is_section);
    struct location where = value_place(place, binding->name);

    /* That there is no memory is said elsewhere. */
    if (wrong != NULL && !(binding->form == FORM_CELLS_2 && size > 8 && read_little(value, 8) == 0))
        (is_refused(binding, value, size) ? check_error : check_warning)(
            check, place->domain, &where, form_hint(check, binding, starts, is_section),
            ": %s is to be written %s%s%s", binding->name, binding->name, is_section ? "=" : " = ",
            wrong);
    if (binding->form == FORM_FLAG && is_no(value, size))
        check_warning(check, place->domain, &where, "leave it out to say no",
                      ": %s counts as set whatever its value", binding->name);
}

static void check_property(const struct check *check, const struct place *place, const char *name,
                           const char *value, size_t size)
{
    const struct binding *binding = binding_find(name, place->kind);

    /* /chosen is full of what the firmware tells others. */
    if (place->kind == IN_CHOSEN && !text_starts(name, "xen,"))
        return;
    /* Xen 4.16 alone reads them; that the list is not in cells of the parent is said. */
    if (name[0] == '#' && text_starts(name + 1, "xen,static-mem"))
        return;
    if (binding == NULL) {
        /* That nobody defines the key was said. */
        if (strcmp(name, "binary") == 0 && check->to->counts[SEVERITY_ERROR] != 0)
            return;
        /* That it was to name the module's binary was said. */
        if (place->kind == IN_MODULE && !tree_has(check->fdt, place->node, "reg") &&
            !node_names_binary(check->fdt, place->node))
            return;
        if (!is_newer_name(check, name) &&
            !(place->kind == IN_DOMAIN && meant_is_lacking(check, place->domain, name)))
            check_warning(check, place->domain, place->where,
                          meant_hint(check, place->kind, place->where, name),
                          ": no binding of Xen has %s here", name);
        return;
    }
    if (check_is_known(check, place, "property", name, binding->since, FEATURE_NONE))
        check_form(check, place, binding, value, size);
}

static void check_properties(const struct check *check, const struct place *place)
{
    struct walk walk = walk_enter(check->fdt, place->node);
    uint32_t tag;

    while ((tag = walk_step(&walk)) == FDT_PROP || tag == FDT_NOP) {
        const char *name = walk_name(&walk);
        size_t size;
        const char *value;
        struct place line = *place;
        struct location where = *place->where;

        if (tag == FDT_NOP)
            continue;
        value = walk_value(&walk, &size);
        if (place->kind == IN_DOMAIN)
            origin_entry(&place->domain->lines, name, ORIGIN_KEY, &where);
        line.where = &where;
        check_property(check, &line, name, value, size);
    }
}

/* --- nodes ------------------------------------------------------------------------------------ */

/* The kind of a node for Xen; 0 for none, NOT_IN_XEN after reporting that this Xen lacks it. */
static unsigned kind_of(const struct check *check, const struct place *place)
{
    for (size_t at = 0; at < node_kind_count; at++) {
        const struct node_kind *kind = &node_kinds[at];

        if (tree_is_compatible(check->fdt, place->node, kind->compatible))
            return check_is_known(check, place, "node", kind->compatible, kind->since,
                                  kind->feature)
                       ? kind->kind
                       : NOT_IN_XEN;
    }
    /* A module that could not be loaded still names its binary, and may have no compatible. */
    return node_names_binary(check->fdt, place->node) ? IN_MODULE : 0;
}

/* The known compatible text that is most like the node's own, or NULL. */
static const char *like(const struct check *check, int node)
{
    struct nearest nearest = {0};
    int size;
    const char *text = tree_get(check->fdt, node, "compatible", &size);
    int left = text != NULL ? size : 0;

    for (; left > 0 && memchr(text, '\0', (size_t)left) != NULL; text += strlen(text) + 1) {
        left -= (int)strlen(text) + 1;
        nearest.wanted = text;
        for (size_t at = 0; at < node_kind_count; at++)
            nearest_offer(&nearest, node_kinds[at].compatible);
    }
    return nearest.name;
}

/*
 * Reports a node that has the kind of a domain's file, though it is no module; false for any other.
 * Xen looks for the reg of a kernel or ramdisk, and for the module of the last kernel.
 */
static bool check_half(const struct check *check, const struct place *place)
{
    const struct module *taken = domain_taken(place->domain, MODULE_KERNEL);
    bool is_kernel = tree_is_compatible(check->fdt, place->node, "multiboot,kernel");
    bool is_tree = tree_is_compatible(check->fdt, place->node, "multiboot,device-tree");
    bool is_refused = !is_tree;

    if (!is_kernel && !is_tree && !tree_is_compatible(check->fdt, place->node, "multiboot,ramdisk"))
        return false;
    /* That the domain has no kernel is said. */
    if (is_kernel && taken == NULL)
        return true;
    if (tree_has(check->fdt, place->node, "reg"))
        is_refused = is_kernel && taken->node < place->node;
    (is_refused ? check_error : check_warning)(
        check, place->domain, place->where, "add uefi,binary, or leave it out",
        ": the node %s is no module", fdt_get_name(check->fdt, place->node, NULL));
    return true;
}

/* A node that Xen has no use for, with what was likely meant. */
static void check_unknown(const struct check *check, const struct place *place)
{
    const char *compatible = tree_string(check->fdt, place->node, "compatible");
    const char *near = like(check, place->node);

    if (!place->domain->is_dom0 && check_half(check, place))
        return;
    /* Under /chosen stands much that is not Xen's; one that was to be a domain was said. */
    if (place->domain->is_dom0 && (near == NULL || normalise_is_meant(check->fdt, place->node)))
        return;
    if (compatible != NULL && is_newer_name(check, compatible))
        return;
    check_warning(
        check, place->domain, place->where,
        near != NULL ? text_format(check->arena, "did you mean compatible = \"%s\"?", near) : NULL,
        ": Xen has no use for the node %s", fdt_get_name(check->fdt, place->node, NULL));
}

static void check_children(const struct check *check, const struct domain *domain)
{
    int child;

    for (child = walk_child(check->fdt, domain->node); child >= 0;
         child = walk_sibling(check->fdt, child)) {
        struct location where = check_child(check, domain, child);
        struct place place = {.node = child, .domain = domain, .where = &where};

        place.kind = kind_of(check, &place);
        if (place.kind == 0)
            check_unknown(check, &place);
        else if ((place.kind & (IN_DOMAIN | IN_MODULE | NOT_IN_XEN)) == 0)
            check_properties(check, &place);
    }
}

void check_bindings(const struct check *check)
{
    for (size_t at = 0; at < check->plan->domain_count; at++) {
        const struct domain *domain = &check->plan->domains[at];
        struct place place = {
            .node = domain->node,
            .kind = domain->is_dom0 ? IN_CHOSEN : IN_DOMAIN,
            .domain = domain,
            .where = &domain->where,
        };

        check_properties(check, &place);
        check_children(check, domain);
    }
    for (size_t at = 0; at < check->plan->module_count; at++) {
        const struct module *module = &check->plan->modules[at];
        struct place place = {module->node, IN_MODULE, module->domain, &module->where};

        check_properties(check, &place);
    }
}
