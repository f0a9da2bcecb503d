/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of properties and nodes against the bindings of Xen, and against the Xen at hand. */
#include <libfdt.h>
#include <string.h>

#include "check.h"
#include "compose.h"
#include "text.h"

#define LOOKUPS_MAX                                                                                \
    64U /* names that are looked up in Xen's binary; further ones count as known                   \
         */

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

/* What the value of a property is. */
enum shape { ANY, EMPTY, CELL, CELLS_2, TEXT };

/* A property of Xen's bindings. Names stand in the table itself, which costs no relocations. */
struct binding {
    char name[22];
    unsigned char nodes;
    unsigned char shape;
};

static const struct binding bindings[] = {
    {"compatible", IN_ANY, ANY},
    {"name", IN_ANY, ANY},
    {"phandle", IN_ANY, CELL},
    {"linux,phandle", IN_ANY, CELL},
    {"status", IN_ANY, TEXT},
    {"reg", IN_ANY, ANY},
    {"#address-cells", IN_ANY, CELL},
    {"#size-cells", IN_ANY, CELL},
    {"cpus", IN_DOMAIN, CELL},
    {"memory", IN_DOMAIN, CELLS_2},
    {"vpl011", IN_DOMAIN, EMPTY},
    {"nr_spis", IN_DOMAIN, CELL},
    {"direct-map", IN_DOMAIN | NOT_IN_ALL, EMPTY},
    {"domain-cpupool", IN_DOMAIN | NOT_IN_ALL, CELL},
    {"sve", IN_DOMAIN | NOT_IN_ALL, ANY},
    {"capabilities", IN_DOMAIN | NOT_IN_ALL, CELL},
    {"passthrough", IN_DOMAIN | NOT_IN_ALL, TEXT},
    {"llc-colors", IN_DOMAIN | NOT_IN_ALL, TEXT},
    {"max_grant_version", IN_DOMAIN | NOT_IN_ALL, CELL},
    {"max_grant_frames", IN_DOMAIN | NOT_IN_ALL, CELL},
    {"max_maptrack_frames", IN_DOMAIN | NOT_IN_ALL, CELL},
    {"xen,enhanced", IN_DOMAIN | NOT_IN_ALL, ANY},
    {"xen,domain-p2m-mem-mb", IN_DOMAIN | NOT_IN_ALL, CELL},
    {"xen,static-mem", IN_DOMAIN | NOT_IN_ALL, ANY}, /* checked with the regions */
    {"xen,sci_type", IN_DOMAIN | NOT_IN_ALL, TEXT},
    {"xen,sci-agent-id", IN_DOMAIN | NOT_IN_ALL, CELL},
    {"bootargs", IN_MODULE | IN_CHOSEN, TEXT},
    {"uefi,binary", IN_MODULE, ANY},
    {"uefi,key", IN_MODULE, ANY},
    {"xen,uefi-binary", IN_MODULE, ANY},
    {ORIGIN_PROPERTY, IN_ANY, ANY},
    {"id", IN_VCPU, CELL},
    {"hard-affinity", IN_VCPU, TEXT},
    {"role", IN_SHARED, TEXT},
    {"xen,shm-id", IN_SHARED, TEXT},
    {"xen,shared-mem", IN_SHARED, ANY},
    {"xen,evtchn", IN_CHANNEL, ANY},
    {"cpupool-cpus", IN_POOL, ANY},
    {"cpupool-sched", IN_POOL, TEXT},
    {"xen,xen-bootargs", IN_CHOSEN, TEXT},
    {"xen,dom0-bootargs", IN_CHOSEN, TEXT},
    {"xen,static-heap", IN_CHOSEN | NOT_IN_ALL, ANY},
    {"xen,uefi-cfg-load", IN_CHOSEN, ANY},
};

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

static const struct binding *find_binding(const char *name, unsigned nodes)
{
    for (size_t at = 0; at < COUNT(bindings); at++)
        if ((bindings[at].nodes & nodes) != 0 && strcmp(bindings[at].name, name) == 0)
            return &bindings[at];
    return NULL;
}

static const char *suggest(const struct check *check, const char *name, unsigned nodes)
{
    struct nearest nearest = {.wanted = name};

    for (size_t at = 0; at < COUNT(bindings); at++)
        if ((bindings[at].nodes & nodes) != 0)
            nearest_offer(&nearest, bindings[at].name);
    return nearest.name != NULL ? text_format(check->arena, "did you mean %s?", nearest.name)
                                : NULL;
}

/* How a property is to be written whose bytes are not as its binding says, or NULL. */
static const char *wrong_shape(const char *value, size_t size, unsigned shape)
{
    switch (shape) {
    case CELL:
        return size != 4 ? "<NUMBER>" : NULL;
    case CELLS_2:
        return size != 8 ? "<0 NUMBER>" : NULL;
    case TEXT:
        return size == 0 || memchr(value, '\0', size) != value + size - 1 ? "\"TEXT\"" : NULL;
    default:
        return NULL;
    }
}

/* Whether a value was written to say no, where Xen only looks whether the property is there. */
static bool means_no(const char *value, size_t size)
{
    return (size == 4 && read_little(value, 4) == 0) ||
           (size == 9 && memcmp(value, "disabled", 9) == 0) ||
           (size == 3 && memcmp(value, "no", 3) == 0);
}

static void check_property(struct check *check, const struct subject_node *node, const char *name,
                           const char *value, size_t size)
{
    const struct binding *binding = find_binding(name, node->kind);
    const char *wrong = binding != NULL ? wrong_shape(value, size, binding->shape) : NULL;

    /* /chosen is full of what the firmware tells others. */
    if (node->kind == IN_CHOSEN && !text_starts(name, "xen,"))
        return;
    if (binding == NULL) {
        if (!xen_knows(check, name, false))
            check_warning(check, node->domain, node->where, suggest(check, name, node->kind),
                          ": no binding of Xen has %s here", name);
        return;
    }
    if (wrong != NULL)
        check_error(check, node->domain, node->where, NULL, ": %s is to be written %s = %s", name,
                    name, wrong);
    if (binding->shape == EMPTY && means_no(value, size))
        check_warning(check, node->domain, node->where, "leave it out to say no",
                      ": %s counts as set whatever its value", name);
    if ((binding->nodes & NOT_IN_ALL) != 0 && !xen_knows(check, name, true))
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

        if (value != NULL)
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
    for (size_t at = 0; at < COUNT(bindings); at++)
        if (bindings[at].nodes == IN_MODULE && tree_has(check->fdt, node->node, bindings[at].name))
            return IN_MODULE;
    return 0;
}

/* The known compatible text that is most like the node's own, or NULL. */
static const char *like(const struct check *check, int node)
{
    struct nearest nearest = {0};
    int size;
    const char *text = fdt_getprop(check->fdt, node, "compatible", &size);
    int left = text != NULL ? size : 0;

    for (; left > 0 && memchr(text, '\0', (size_t)left) != NULL; text += strlen(text) + 1) {
        left -= (int)strlen(text) + 1;
        nearest.wanted = text;
        for (size_t at = 0; at < COUNT(node_kinds); at++) {
            if (strcmp(text, node_kinds[at].compatible) == 0)
                return NULL;
            nearest_offer(&nearest, node_kinds[at].compatible);
        }
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
