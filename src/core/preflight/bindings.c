/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of properties and nodes against the bindings of Xen, and against the Xen at hand. */
#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/compose/compose.h"
#include "core/preflight/check.h"

/* Names that are looked up in Xen's binary; further ones count as known. */
#define LOOKUPS_MAX 64U

/* Nodes that a property may be in. */
enum {
    IN_DOMAIN = 1,
    IN_MODULE = 2,
    IN_VCPU = 4,
    IN_SHARED = 8,
    IN_CHANNEL = 16,
    IN_POOL = 32,
    IN_CHOSEN = 64,
    IN_ANY = 127,
    NOT_IN_ALL = 128, /* not every Xen that creates domains knows it, so the one at hand is asked */
};

/* What the value of a property is, as a character. */
#define ANY     "a"
#define EMPTY   "e"
#define CELL    "c"
#define CELLS_2 "d"
#define TEXT    "t"

/* The nodes that a property is of, as a character: a sum of the above. */
#define OF_DOMAIN     "\x01"
#define OF_DOMAIN_NEW "\x81"
#define OF_MODULE     "\x02"
#define OF_VCPU       "\x04"
#define OF_SHARED     "\x08"
#define OF_CHANNEL    "\x10"
#define OF_POOL       "\x20"
#define OF_CHOSEN     "\x40"
#define OF_CHOSEN_NEW "\xc0"
#define OF_COMMAND    "\x42" /* of a module, or of /chosen */
#define EVERYWHERE    "\x7f"

/* The properties of Xen's bindings: nodes, value and name; one text is the smallest table. */
#define ENTRY(nodes, value, name) nodes value name "\0"
#define ENTRY_VALUE               1
#define ENTRY_NAME                2
/* clang-format off */
static const char bindings[] =
    ENTRY(EVERYWHERE, ANY, "compatible")
    ENTRY(EVERYWHERE, ANY, "name")
    ENTRY(EVERYWHERE, CELL, "phandle")
    ENTRY(EVERYWHERE, CELL, "linux,phandle")
    ENTRY(EVERYWHERE, TEXT, "status")
    ENTRY(EVERYWHERE, ANY, "reg")
    ENTRY(EVERYWHERE, CELL, "#address-cells")
    ENTRY(EVERYWHERE, CELL, "#size-cells")
    ENTRY(OF_DOMAIN, CELL, "cpus")
    ENTRY(OF_DOMAIN, CELLS_2, "memory")
    ENTRY(OF_DOMAIN, EMPTY, "vpl011")
    ENTRY(OF_DOMAIN, CELL, "nr_spis")
    ENTRY(OF_DOMAIN_NEW, EMPTY, "direct-map")
    ENTRY(OF_DOMAIN_NEW, CELL, "domain-cpupool")
    ENTRY(OF_DOMAIN_NEW, ANY, "sve")
    ENTRY(OF_DOMAIN_NEW, CELL, "capabilities")
    ENTRY(OF_DOMAIN_NEW, TEXT, "passthrough")
    ENTRY(OF_DOMAIN_NEW, TEXT, "llc-colors")
    ENTRY(OF_DOMAIN_NEW, CELL, "max_grant_version")
    ENTRY(OF_DOMAIN_NEW, CELL, "max_grant_frames")
    ENTRY(OF_DOMAIN_NEW, CELL, "max_maptrack_frames")
    ENTRY(OF_DOMAIN_NEW, ANY, "xen,enhanced")
    ENTRY(OF_DOMAIN_NEW, CELL, "xen,domain-p2m-mem-mb")
    ENTRY(OF_DOMAIN_NEW, ANY, "xen,static-mem")
    ENTRY(OF_DOMAIN_NEW, TEXT, "xen,sci_type")
    ENTRY(OF_DOMAIN_NEW, CELL, "xen,sci-agent-id")
    ENTRY(OF_COMMAND, TEXT, "bootargs")
    ENTRY(OF_MODULE, ANY, "uefi,binary")
    ENTRY(OF_MODULE, ANY, "uefi,key")
    ENTRY(OF_MODULE, ANY, "xen,uefi-binary")
    ENTRY(EVERYWHERE, ANY, ORIGIN_PROPERTY)
    ENTRY(OF_VCPU, CELL, "id")
    ENTRY(OF_VCPU, TEXT, "hard-affinity")
    ENTRY(OF_SHARED, TEXT, "role")
    ENTRY(OF_SHARED, TEXT, "xen,shm-id")
    ENTRY(OF_SHARED, ANY, "xen,shared-mem")
    ENTRY(OF_CHANNEL, ANY, "xen,evtchn")
    ENTRY(OF_POOL, ANY, "cpupool-cpus")
    ENTRY(OF_POOL, TEXT, "cpupool-sched")
    ENTRY(OF_CHOSEN, TEXT, "xen,xen-bootargs")
    ENTRY(OF_CHOSEN, TEXT, "xen,dom0-bootargs")
    ENTRY(OF_CHOSEN_NEW, ANY, "xen,static-heap")
    ENTRY(OF_CHOSEN, ANY, "xen,uefi-cfg-load");
/* clang-format on */

/* The nodes that Xen knows by their compatible text. */
static const struct {
    char compatible[28];
    unsigned char nodes;
} node_kinds[] = {
    {"multiboot,module", IN_MODULE},
    {"xen,multiboot-module", IN_MODULE},
    {"xen,domain", IN_DOMAIN},
    {"xen,vcpu", IN_VCPU | NOT_IN_ALL},
    {"xen,domain-shared-memory-v1", IN_SHARED | NOT_IN_ALL},
    {"xen,evtchn-v1", IN_CHANNEL | NOT_IN_ALL},
    {"xen,cpupool", IN_POOL | NOT_IN_ALL},
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* A node whose properties are looked at. */
struct subject_node {
    int node;
    unsigned char kind; /* IN_… */
    const struct domain *domain;
    const struct location *where;
};

/* --- what the Xen at hand knows --------------------------------------------------------------- */

/*
 * Whether the hypervisor's binary holds a name. Where it cannot be asked, the answer is
 * `otherwise`.
 */
static bool xen_knows(struct check *check, const char *name, bool otherwise)
{
    void *const yes = &check->known;
    void *const no = check;
    void *answer = names_find(&check->known, name);

    if (answer != NULL)
        return answer == yes;
    if (check->known_lookups++ == 0 && !check_is_xen(check))
        check->known_lookups = LOOKUPS_MAX + 1;
    if (check->known_lookups > LOOKUPS_MAX)
        return otherwise;
    answer = check_xen_holds(check, name, true) ? yes : no;
    name = arena_copy(check->arena, name, strlen(name));
    if (name != NULL)
        names_add(&check->known, name, answer);
    return answer == yes;
}

static void report_not_in_xen(const struct check *check, const struct subject_node *node,
                              const char *what, const char *name)
{
    check_warning(check, node->domain, node->where, "another version or build of Xen does",
                  ": %s does not know the %s %s and ignores it", check->plan->xen.name, what, name);
}

/* --- properties ------------------------------------------------------------------------------- */

/* The entry behind this one, or at the start; NULL behind the last. */
static const char *next_entry(const char *entry)
{
    entry = entry != NULL ? entry + strlen(entry) + 1 : bindings;
    return *entry != '\0' ? entry : NULL;
}

/* Whether an entry is of nodes of this kind. */
static bool is_of(const char *entry, unsigned kind)
{
    return ((unsigned char)*entry & kind) != 0;
}

static const char *find_entry(const char *name, unsigned kind)
{
    const char *entry = NULL;

    while ((entry = next_entry(entry)) != NULL &&
           !(is_of(entry, kind) && strcmp(entry + ENTRY_NAME, name) == 0))
        continue;
    return entry;
}

static const char *suggest(const struct check *check, const char *name, unsigned kind)
{
    struct nearest nearest = {.wanted = name};

    for (const char *entry = NULL; (entry = next_entry(entry)) != NULL;)
        if (is_of(entry, kind))
            nearest_offer(&nearest, entry + ENTRY_NAME);
    return nearest.name != NULL ? text_format(check->arena, "did you mean %s?", nearest.name)
                                : NULL;
}

/* How a property is to be written whose bytes are not as its binding says, or NULL. */
static const char *wrong_shape(const char *value, size_t size, char shape)
{
    if (shape == CELL[0])
        return size != 4 ? "<NUMBER>" : NULL;
    if (shape == CELLS_2[0])
        return size != 8 ? "<0 NUMBER>" : NULL;
    if (shape == TEXT[0] && (size == 0 || memchr(value, '\0', size) != value + size - 1))
        return "\"TEXT\"";
    return NULL;
}

static void check_property(struct check *check, const struct subject_node *node, const char *name,
                           const char *value, size_t size)
{
    const char *entry = find_entry(name, node->kind);
    const char *wrong = entry != NULL ? wrong_shape(value, size, entry[ENTRY_VALUE]) : NULL;

    /* /chosen is full of what the firmware tells others. */
    if (node->kind == IN_CHOSEN && !text_starts(name, "xen,"))
        return;
    if (entry == NULL) {
        if (!xen_knows(check, name, false))
            check_warning(check, node->domain, node->where, suggest(check, name, node->kind),
                          ": no binding of Xen has %s here", name);
        return;
    }
    if (wrong != NULL)
        check_error(check, node->domain, node->where, NULL, ": %s is to be written %s = %s", name,
                    name, wrong);
    if (entry[ENTRY_VALUE] == EMPTY[0] && size == 4 && read_little(value, 4) == 0)
        check_warning(check, node->domain, node->where, "leave it out to say no",
                      ": %s counts as set whatever its value", name);
    if (is_of(entry, NOT_IN_ALL) && !xen_knows(check, name, true))
        report_not_in_xen(check, node, "property", name);
}

static void check_properties(struct check *check, const struct subject_node *node)
{
    int property;

    fdt_for_each_property_offset(property, check->fdt, node->node)
    {
        const char *name;
        int size;
        const char *value = fdt_getprop_by_offset(check->fdt, property, &name, &size);

        check_property(check, node, name, value, (size_t)size);
    }
}

/* --- nodes ------------------------------------------------------------------------------------ */

/*
 * What Xen takes a node for; 0 for nothing, NOT_IN_ALL after reporting that the Xen at hand lacks
 * it.
 */
static unsigned char kind_of(struct check *check, const struct subject_node *node)
{
    for (size_t at = 0; at < COUNT(node_kinds); at++) {
        const char *compatible = node_kinds[at].compatible;

        if (!tree_is_compatible(check->fdt, node->node, compatible))
            continue;
        if ((node_kinds[at].nodes & NOT_IN_ALL) != 0 && !xen_knows(check, compatible, true)) {
            report_not_in_xen(check, node, "node", compatible);
            return NOT_IN_ALL;
        }
        return node_kinds[at].nodes & IN_ANY;
    }
    /* A module that could not be loaded still names its binary, and may have no compatible. */
    for (const char *entry = NULL; (entry = next_entry(entry)) != NULL;)
        if (*entry == OF_MODULE[0] && tree_has(check->fdt, node->node, entry + ENTRY_NAME))
            return IN_MODULE;
    return 0;
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
        for (size_t at = 0; at < COUNT(node_kinds); at++)
            nearest_offer(&nearest, node_kinds[at].compatible);
    }
    return nearest.name;
}

/* A node that Xen has no use for, with what was likely meant. */
static void check_unknown(struct check *check, const struct subject_node *node)
{
    const char *compatible = tree_string(check->fdt, node->node, "compatible");
    const char *near = like(check, node->node);

    /* Under /chosen stands much that is not Xen's. */
    if (near == NULL && node->domain->is_dom0)
        return;
    if (compatible != NULL && xen_knows(check, compatible, false))
        return;
    check_warning(
        check, node->domain, node->where,
        near != NULL ? text_format(check->arena, "did you mean compatible = \"%s\"?", near) : NULL,
        ": Xen has no use for the node %s", fdt_get_name(check->fdt, node->node, NULL));
}

static void check_children(struct check *check, const struct domain *domain)
{
    int child;

    fdt_for_each_subnode(child, check->fdt, domain->node)
    {
        struct location where = check_child(check, domain, child);
        struct subject_node node = {.node = child, .domain = domain, .where = &where};

        if (check->to->counts[SEVERITY_WARNING] > DIAGNOSTICS_MAX)
            return;
        node.kind = kind_of(check, &node);
        if (node.kind == 0)
            check_unknown(check, &node);
        else if ((node.kind & (IN_DOMAIN | IN_MODULE | NOT_IN_ALL)) == 0)
            check_properties(check, &node);
    }
}

void check_bindings(struct check *check)
{
    for (size_t at = 0; at < check->plan->domain_count; at++) {
        const struct domain *domain = &check->plan->domains[at];
        struct subject_node node = {
            .node = domain->node,
            .kind = domain->is_dom0 ? IN_CHOSEN : IN_DOMAIN,
            .domain = domain,
            .where = &domain->where,
        };

        check_properties(check, &node);
        check_children(check, domain);
    }
    for (size_t at = 0; at < check->plan->module_count; at++) {
        const struct module *module = &check->plan->modules[at];
        struct subject_node node = {module->node, IN_MODULE, module->domain, &module->where};

        check_properties(check, &node);
    }
}
