/* SPDX-License-Identifier: BSD-2-Clause */
/* Part of stage compose: the working tree gets the form that every Xen reads. */
#include "core/compose/normalise.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/compose/node.h"
#include "core/compose/origin.h"

#define CELLS_WANTED 2U /* of an address; since 4.21 Xen reads no more */

#define SHARED_MEMORY "xen,domain-shared-memory-v1"
#define EVENT_CHANNEL "xen,evtchn-v1"

/* The compatible text of nodes that have none: Xen's EFI stub gives up at a node without one. */
#define NO_KIND "muster,none"

/* --- what another boot left behind ------------------------------------------------------------ */

/* Xen would take it for dom0's ramdisk; ranges makes the stub of 4.17 give up. */
static int remove_left_over(const struct workspace *workspace, struct tree *tree, int chosen)
{
    int result;

    if (tree_has(tree->fdt, chosen, "linux,initrd-start"))
        diagnose(workspace->diagnostics, SEVERITY_NOTE, &(struct location){.node = "/chosen"}, NULL,
                 "linux,initrd-start of another boot is left out");
    result = tree_remove(tree, chosen, "linux,initrd-start");
    if (result == 0)
        result = tree_remove(tree, chosen, "linux,initrd-end");
    return result == 0 ? tree_remove(tree, chosen, "ranges") : result;
}

/* --- what is switched off --------------------------------------------------------------------- */

/*
 * True if Xen would see shared memory in a node that lies deeper than its own, an event channel of
 * no domain, or a module that nobody has loaded.
 */
static bool is_loose(const void *fdt, int node)
{
    if (node_has_module_kind(fdt, node))
        return node_names_binary(fdt, node) || !tree_has(fdt, node, "reg");
    return tree_is_compatible(fdt, node, SHARED_MEMORY) ||
           tree_is_compatible(fdt, node, EVENT_CHANNEL) || tree_has(fdt, node, "xen,evtchn");
}

bool normalise_is_meant(const void *fdt, int node)
{
    return tree_has(fdt, node, "cpus") || tree_has(fdt, node, "memory");
}

static void report_loose(const struct workspace *workspace, const void *fdt, int parent,
                         const char *path)
{
    const char *name = fdt_get_name(fdt, parent, NULL);
    struct location above = {.node = text_format(workspace->arena, "/chosen/%s", name)};

    if (normalise_is_meant(fdt, parent))
        diagnose(workspace->diagnostics, SEVERITY_WARNING, &above,
                 "write compatible = \"xen,domain\"",
                 "the node %s is no domain: its compatible is not xen,domain", name);
    else
        diagnose(workspace->diagnostics, SEVERITY_WARNING, &(struct location){.node = path},
                 "move it right below /chosen, or below a domain",
                 "the module is left out: its node is of no domain");
}

/* Removes the children that are loose; a module that is to be loaded is in the wrong place. */
static int remove_loose(const struct workspace *workspace, struct tree *tree, int parent)
{
    int node = walk_child(tree->fdt, parent);
    bool is_said = false;

    while (node >= 0) {
        if (is_loose(tree->fdt, node)) {
            const char *path = text_format(workspace->arena, "/chosen/%s/%s",
                                           fdt_get_name(tree->fdt, parent, NULL),
                                           fdt_get_name(tree->fdt, node, NULL));
            int result;

            if (node_names_binary(tree->fdt, node) &&
                !(is_said && normalise_is_meant(tree->fdt, parent)))
                report_loose(workspace, tree->fdt, parent, path);
            is_said = is_said || node_names_binary(tree->fdt, node);
            result = fdt_del_node(tree->fdt, node);
            if (result != 0)
                return result;
            node = walk_child(tree->fdt, parent);
        } else {
            node = walk_sibling(tree->fdt, node);
        }
    }
    return 0;
}

/* Removes the domains that are switched off: Xen does not look at status. */
static int remove_domains(const struct workspace *workspace, struct tree *tree, int chosen)
{
    int node = walk_child(tree->fdt, chosen);

    while (node >= 0) {
        if (tree_is_compatible(tree->fdt, node, "xen,domain") && tree_is_off(tree->fdt, node)) {
            const char *name = fdt_get_name(tree->fdt, node, NULL);
            struct location where = origin_of(workspace->arena, tree->fdt, node,
                                              text_format(workspace->arena, "/chosen/%s", name));
            int result;

            diagnose(workspace->diagnostics, SEVERITY_NOTE, &where, NULL,
                     "domain %s is left out: its status is \"%s\"", name,
                     tree_string(tree->fdt, node, "status"));
            result = fdt_del_node(tree->fdt, node);
            if (result != 0)
                return result;
            node = walk_child(tree->fdt, chosen);
        } else {
            node = walk_sibling(tree->fdt, node);
        }
    }
    return 0;
}

/* --- cells of addresses ----------------------------------------------------------------------- */

/* A property that holds entries of addresses and a size. */
struct entries {
    const char *property;
    uint32_t addresses; /* in an entry */
    uint32_t cells;     /* of an address */
    uint32_t size_cells;
};

/* True if all addresses of a list fit into CELLS_WANTED cells. */
static bool fits(const fdt32_t *list, size_t count, const struct entries *entries)
{
    size_t entry = entries->addresses * entries->cells + entries->size_cells;

    for (size_t at = 0; at < count; at++)
        if (at % entry < entries->addresses * entries->cells &&
            at % entry % entries->cells < entries->cells - CELLS_WANTED && fdt32_ld(&list[at]) != 0)
            return false;
    return true;
}

/*
 * Writes a property anew with addresses of CELLS_WANTED cells, or only tells if that can be
 * (`is_trial`). One that is no such list is left to those who read it. 0, or -FDT_ERR_BADVALUE
 * where an address is too large, or another negative libfdt error.
 */
static int narrow(struct tree *tree, int node, const struct entries *entries, bool is_trial)
{
    int bytes;
    const fdt32_t *old = tree_get(tree->fdt, node, entries->property, &bytes);
    size_t count = old != NULL ? (size_t)bytes / sizeof(*old) : 0;
    size_t entry = entries->addresses * entries->cells + entries->size_cells;
    fdt32_t *list;
    size_t length = 0;

    if (count == 0 || count % entry != 0)
        return 0;
    if (is_trial)
        return fits(old, count, entries) ? 0 : -FDT_ERR_BADVALUE;
    list = arena_array(tree->arena, count, sizeof(*list));
    if (list == NULL)
        return -FDT_ERR_NOSPACE;
    for (size_t at = 0; at < count; at++)
        if (at % entry >= entries->addresses * entries->cells ||
            at % entry % entries->cells >= entries->cells - CELLS_WANTED)
            list[length++] = old[at];
    return tree_set(tree, node, entries->property, list, length * sizeof(*list));
}

/* Narrows what a child of /chosen or of a domain counts by its parent's cells. */
static int narrow_child(struct tree *tree, int node, uint32_t cells, uint32_t size_cells,
                        bool is_trial)
{
    struct entries reg = {"reg", 1, cells, size_cells};
    struct entries shared = {"xen,shared-mem", 2, cells, size_cells};
    int bytes = 0;

    if (node_is_module(tree->fdt, node))
        return narrow(tree, node, &reg, is_trial);
    if (!tree_is_compatible(tree->fdt, node, SHARED_MEMORY))
        return 0;
    tree_get(tree->fdt, node, "xen,shared-mem", &bytes);
    if ((size_t)bytes == (cells + size_cells) * sizeof(fdt32_t))
        shared.addresses = 1;
    return narrow(tree, node, &shared, is_trial);
}

/* The children of a node; below /chosen, static memory of domains counts by the same cells. */
static int narrow_children(struct tree *tree, int parent, uint32_t cells, uint32_t size_cells,
                           bool is_trial)
{
    struct entries static_memory = {"xen,static-mem", 1, cells, size_cells};
    int result = 0;

    for (int node = walk_child(tree->fdt, parent); node >= 0 && result == 0;
         node = walk_sibling(tree->fdt, node))
        if (tree_is_compatible(tree->fdt, node, "xen,domain"))
            result = narrow(tree, node, &static_memory, is_trial);
        else
            result = narrow_child(tree, node, cells, size_cells, is_trial);
    return result;
}

/*
 * Gives /chosen or a domain addresses of two cells if they have more, and if all addresses fit;
 * where one does not, the stage that reads it reports it.
 */
static int narrow_node(struct tree *tree, int node)
{
    uint32_t cells = tree_cells(tree->fdt, node, "#address-cells", 0);
    uint32_t size_cells = tree_cells(tree->fdt, node, "#size-cells", CELLS_WANTED);
    int result;

    if (cells <= CELLS_WANTED || cells > TREE_CELLS_MAX || size_cells > TREE_CELLS_MAX ||
        narrow_children(tree, node, cells, size_cells, true) != 0)
        return 0;
    result = narrow_children(tree, node, cells, size_cells, false);
    return result == 0 ? tree_set_u32(tree, node, "#address-cells", CELLS_WANTED) : result;
}

/* True if a domain has static memory, which counts by the cells of /chosen. */
static bool has_static_memory(const void *fdt, int chosen)
{
    int node;

    for (node = walk_child(fdt, chosen); node >= 0; node = walk_sibling(fdt, node)) {
        if (tree_has(fdt, node, "xen,static-mem"))
            return true;
    }
    return false;
}

/*
 * If /chosen has no cell counts of its own, Xen takes the root's for static memory. Those that
 * commit would add for dom0's modules must not change what is meant.
 */
static int keep_counts(struct tree *tree, int chosen)
{
    static const char *const counts[] = {"#size-cells", "#address-cells"};
    int result = 0;

    if (!has_static_memory(tree->fdt, chosen))
        return 0;
    for (size_t at = 0; at < 2 && result == 0; at++) {
        uint32_t cells = tree_cells(tree->fdt, 0, counts[at], 0);

        if (!tree_has(tree->fdt, chosen, counts[at]) && cells - 1 < CELLS_WANTED)
            result = tree_set_u32(tree, chosen, counts[at], cells);
    }
    return result;
}

/* --- kinds of nodes --------------------------------------------------------------------------- */

/* The compatible texts of old, and those that Xen looks for today, in domains or in its stub. */
static const struct {
    const char *old;
    const char *new;
} kinds[] = {
    {"xen,linux-zimage", "multiboot,kernel"},
    {"xen,linux-initrd", "multiboot,ramdisk"},
    {"xen,multiboot-module", "multiboot,module"},
};

/* Adds a compatible text behind those that a node has. */
static int add_compatible(struct tree *tree, int node, const char *text)
{
    int bytes;
    const char *old = tree_get(tree->fdt, node, "compatible", &bytes);
    size_t size = (size_t)bytes;
    size_t length = strlen(text) + 1;
    char *value = arena_allocate(tree->arena, size + length);

    if (value == NULL)
        return -FDT_ERR_NOSPACE;
    memcpy(value, old, size);
    memcpy(value + size, text, length);
    return tree_set(tree, node, "compatible", value, size + length);
}

/* A module of an old kind becomes one of today's as well. */
static int add_kinds(struct tree *tree, int node)
{
    int result = 0;

    for (size_t at = 0; at < sizeof(kinds) / sizeof(kinds[0]) && result == 0; at++)
        if (tree_is_compatible(tree->fdt, node, kinds[at].old) &&
            !tree_is_compatible(tree->fdt, node, kinds[at].new))
            result = add_compatible(tree, node, kinds[at].new);
    return result;
}

/* True if a node has a list of texts that Xen can read to its end. */
static bool has_kind(const void *fdt, int node)
{
    int bytes = 0;
    const char *list = tree_get(fdt, node, "compatible", &bytes);

    return list != NULL && bytes > 0 && list[bytes - 1] == '\0';
}

static int give_kind(struct tree *tree, int node)
{
    if (has_kind(tree->fdt, node))
        return add_kinds(tree, node);
    /* Commit gives a kind to one that names its binary. */
    return node_names_binary(tree->fdt, node) ? 0
                                              : tree_set_string(tree, node, "compatible", NO_KIND);
}

static int give_kinds(struct tree *tree, int parent)
{
    int result = 0;
    int node;

    for (node = walk_child(tree->fdt, parent); node >= 0 && result == 0;
         node = walk_sibling(tree->fdt, node))
        result = give_kind(tree, node);
    return result;
}

/* --- order ------------------------------------------------------------------------------------ */

/* Swaps two stretches of the structure block that follow each other. */
static int swap(struct tree *tree, int first, int second, int end)
{
    char *block = (char *)tree->fdt + fdt_off_dt_struct(tree->fdt);
    size_t size = (size_t)(end - second);
    char *copy = arena_allocate(tree->arena, size);

    if (copy == NULL)
        return -FDT_ERR_NOSPACE;
    memcpy(copy, block + second, size);
    memmove(block + first + size, block + first, (size_t)(second - first));
    memcpy(block + first, copy, size);
    return 0;
}

/*
 * Moves dom0's modules before the domains. Since 4.18 a binary that dom0 shares with a domain
 * counts as the domain's alone if the domain stands first.
 */
static int order_modules(struct tree *tree, int chosen)
{
    int domain = -1;
    int node = walk_child(tree->fdt, chosen);

    while (node >= 0) {
        bool is_domain = tree_is_compatible(tree->fdt, node, "xen,domain");
        bool is_one = !is_domain && node_is_module(tree->fdt, node);

        if (is_one && domain >= 0) {
            int end = walk_end(tree->fdt, node);
            int result = swap(tree, domain, node, end);

            if (result != 0)
                return result;
            domain = -1;
            node = walk_child(tree->fdt, chosen);
        } else {
            domain = is_domain && domain < 0 ? node : domain;
            node = walk_sibling(tree->fdt, node);
        }
    }
    return 0;
}

/* --- all of it -------------------------------------------------------------------------------- */

/* The modules below another child of /chosen, which are dom0's to Xen. */
static int normalise_others(const struct workspace *workspace, struct tree *tree, int parent)
{
    int result = remove_loose(workspace, tree, parent);
    int node;

    for (node = walk_child(tree->fdt, parent); node >= 0 && result == 0;
         node = walk_sibling(tree->fdt, node))
        if (node_has_module_kind(tree->fdt, node))
            result = add_kinds(tree, node);
    return result;
}

static int normalise_child(const struct workspace *workspace, struct tree *tree, int node)
{
    int result;

    if (!tree_is_compatible(tree->fdt, node, "xen,domain"))
        return node_has_module_kind(tree->fdt, node) ? 0 : normalise_others(workspace, tree, node);
    result = narrow_node(tree, node);
    return result == 0 ? give_kinds(tree, node) : result;
}

static int normalise_chosen(const struct workspace *workspace, struct tree *tree, int chosen)
{
    int result = remove_left_over(workspace, tree, chosen);
    int node;

    if (result == 0)
        result = remove_domains(workspace, tree, chosen);
    if (result == 0)
        result = keep_counts(tree, chosen);
    if (result == 0)
        result = narrow_node(tree, chosen);
    for (node = walk_child(tree->fdt, chosen); node >= 0 && result == 0;
         node = walk_sibling(tree->fdt, node))
        result = normalise_child(workspace, tree, node);
    if (result == 0)
        result = give_kinds(tree, chosen);
    return result == 0 ? order_modules(tree, chosen) : result;
}

bool normalise(const struct workspace *workspace, struct tree *tree)
{
    int chosen = tree_find_chosen(tree);

    return chosen < 0 || node_edited(workspace, NULL, normalise_chosen(workspace, tree, chosen));
}
