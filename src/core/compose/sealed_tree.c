/* SPDX-License-Identifier: BSD-2-Clause */
/* Under a seal, a tree of the firmware describes the machine, and not what is started on it. */
#include "core/compose/sealed_tree.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"

/* True for a property of /chosen that tells Xen what to start, or how. */
static bool is_instruction(const char *name)
{
    return text_starts(name, "xen,") || strcmp(name, "bootargs") == 0 ||
           text_starts(name, "linux,initrd-");
}

/* True if a text of `compatible` is one of Xen's bindings. */
static bool is_of_xen(const void *fdt, int node)
{
    int size;
    const char *kinds = tree_get(fdt, node, "compatible", &size);

    for (int at = 0; kinds != NULL && at < size;
         at += (int)strnlen(kinds + at, (size_t)(size - at)) + 1)
        if (text_starts(kinds + at, "xen,") || text_starts(kinds + at, "multiboot,"))
            return true;
    return false;
}

/*
 * True for a child of /chosen that is a module or a domain or has one below it, or that may be
 * taken for one, as it does not say what it is.
 */
static bool is_instruction_node(const void *fdt, int node)
{
    int depth = 0;

    if (!tree_has(fdt, node, "compatible"))
        return true;
    do {
        if (is_of_xen(fdt, node))
            return true;
        node = fdt_next_node(fdt, node, &depth);
    } while (node >= 0 && depth > 0);
    return false;
}

static struct location location_of(const struct workspace *workspace, const char *child)
{
    return (struct location){.node = text_format(workspace->arena, "/chosen/%s", child)};
}

static void warn_of_property(const struct workspace *workspace, const char *name)
{
    const struct location where = {.node = "/chosen"};

    diagnose(workspace->diagnostics, SEVERITY_WARNING, &where, NULL,
             "%s is not taken from the firmware, as the loader is sealed", name);
}

static void warn_of_node(const struct workspace *workspace, const char *name)
{
    const struct location where = location_of(workspace, name);

    diagnose(workspace->diagnostics, SEVERITY_WARNING, &where, NULL,
             "this node is not taken from the firmware, as the loader is sealed");
}

static void report_change(const struct workspace *workspace, const char *name)
{
    const struct location where = location_of(workspace, name);

    diagnose(workspace->diagnostics, SEVERITY_ERROR, &where,
             "keep the firmware from editing /chosen, or leave dtb= out",
             "the firmware's fix-ups changed this node, which is sealed");
}

/* The tag at *next that is no NOP; *at becomes its offset, and *next the one behind it. */
static uint32_t next_tag(const void *fdt, int *at, int *next)
{
    uint32_t tag;

    do {
        *at = *next;
        tag = fdt_next_tag(fdt, *at, next);
    } while (tag == FDT_NOP);
    return tag;
}

static bool is_same_property(const void *left, int at, const void *right, int other)
{
    const char *name;
    const char *other_name;
    int size;
    int other_size;
    const void *value = fdt_getprop_by_offset(left, at, &name, &size);
    const void *other_value = fdt_getprop_by_offset(right, other, &other_name, &other_size);

    return value != NULL && other_value != NULL && strcmp(name, other_name) == 0 &&
           size == other_size && memcmp(value, other_value, (size_t)size) == 0;
}

static bool is_same_token(uint32_t tag, const void *left, int at, const void *right, int other)
{
    if (tag == FDT_PROP)
        return is_same_property(left, at, right, other);
    return tag != FDT_BEGIN_NODE ||
           strcmp(fdt_get_name(left, at, NULL), fdt_get_name(right, other, NULL)) == 0;
}

/* True if two nodes have the same properties and children, in the same order. */
static bool is_same_node(const void *left, int at, const void *right, int other)
{
    int next = at;
    int other_next = other;
    int depth = 0;

    do {
        uint32_t tag = next_tag(left, &at, &next);

        if (tag != next_tag(right, &other, &other_next) || tag == FDT_END ||
            !is_same_token(tag, left, at, right, other))
            return false;
        depth += tag == FDT_BEGIN_NODE ? 1 : tag == FDT_END_NODE ? -1 : 0;
    } while (depth > 0);
    return true;
}

/* True if the sealed tree, which may be NULL, has the property with that value. */
static bool is_sealed_property(const void *sealed, const char *name, const void *value, int size)
{
    int sealed_size;
    const void *sealed_value;

    if (sealed == NULL)
        return false;
    sealed_value = tree_get(sealed, fdt_path_offset(sealed, "/chosen"), name, &sealed_size);
    return sealed_value != NULL && sealed_size == size &&
           memcmp(sealed_value, value, (size_t)size) == 0;
}

/* The next property of /chosen at `at` or behind it that is not sealed as it is; *name is its. */
static int foreign_property(const void *fdt, int at, const void *sealed, const char **name)
{
    for (; at >= 0; at = fdt_next_property_offset(fdt, at)) {
        int size;
        const void *value = fdt_getprop_by_offset(fdt, at, name, &size);

        if (value == NULL ||
            (is_instruction(*name) && !is_sealed_property(sealed, *name, value, size)))
            break;
    }
    return at;
}

static int drop_properties(const struct workspace *workspace, const void *sealed, struct tree *tree,
                           int chosen)
{
    const char *name;
    int result = 0;

    while (result == 0 && foreign_property(tree->fdt, fdt_first_property_offset(tree->fdt, chosen),
                                           sealed, &name) >= 0) {
        warn_of_property(workspace, name);
        result = tree_remove(tree, chosen, name);
    }
    return result;
}

/* The node of the same name in the sealed tree's /chosen, or a negative libfdt error. */
static int sealed_node(const void *sealed, const char *name)
{
    int chosen = sealed != NULL ? fdt_path_offset(sealed, "/chosen") : -FDT_ERR_NOTFOUND;

    return chosen >= 0 ? fdt_subnode_offset(sealed, chosen, name) : chosen;
}

/* Drops children that are foreign, and reports those that are not as they were sealed. */
static int drop_nodes(const struct workspace *workspace, const void *sealed, struct tree *tree,
                      int chosen)
{
    int node = fdt_first_subnode(tree->fdt, chosen);

    while (node >= 0) {
        const char *name = fdt_get_name(tree->fdt, node, NULL);
        int original = sealed_node(sealed, name);
        int result;

        if (original >= 0 && !is_same_node(sealed, original, tree->fdt, node))
            report_change(workspace, name);
        if (original >= 0 || !is_instruction_node(tree->fdt, node)) {
            node = fdt_next_subnode(tree->fdt, node);
            continue;
        }
        warn_of_node(workspace, name);
        result = fdt_del_node(tree->fdt, node);
        if (result != 0)
            return result;
        node = fdt_first_subnode(tree->fdt, chosen);
    }
    return 0;
}

/* Removes from /chosen what is foreign; `sealed` is NULL where all of it is. */
static int drop(const struct workspace *workspace, const void *sealed, struct tree *tree)
{
    int chosen = tree_find_chosen(tree);
    int result;

    if (chosen == -FDT_ERR_NOTFOUND)
        return 0;
    result = chosen < 0 ? chosen : drop_properties(workspace, sealed, tree, chosen);
    return result == 0 ? drop_nodes(workspace, sealed, tree, chosen) : result;
}

int sealed_tree_strip(const struct workspace *workspace, struct tree *tree)
{
    return drop(workspace, NULL, tree);
}

/* Sets the properties that were sealed and are missing now. */
static int put_properties_back(const void *sealed, int sealed_chosen, struct tree *tree)
{
    int chosen = tree_chosen(tree);
    int result = chosen < 0 ? chosen : 0;
    int at;

    fdt_for_each_property_offset(at, sealed, sealed_chosen)
    {
        const char *name;
        int size;
        const void *value = fdt_getprop_by_offset(sealed, at, &name, &size);

        if (result == 0 && value != NULL && is_instruction(name) &&
            !tree_has(tree->fdt, chosen, name))
            result = tree_set(tree, chosen, name, value, (size_t)size);
    }
    return result;
}

static void report_missing_nodes(const struct workspace *workspace, const void *sealed,
                                 int sealed_chosen, const struct tree *tree)
{
    int chosen = tree_find_chosen(tree);
    int node;

    fdt_for_each_subnode(node, sealed, sealed_chosen)
    {
        const char *name = fdt_get_name(sealed, node, NULL);

        if (chosen < 0 || fdt_subnode_offset(tree->fdt, chosen, name) < 0)
            report_change(workspace, name);
    }
}

int sealed_tree_restore(const struct workspace *workspace, const void *sealed, struct tree *tree)
{
    int chosen = fdt_path_offset(sealed, "/chosen");
    int result = drop(workspace, sealed, tree);

    if (chosen < 0 || result != 0)
        return result;
    result = put_properties_back(sealed, chosen, tree);
    report_missing_nodes(workspace, sealed, chosen, tree);
    return result;
}
