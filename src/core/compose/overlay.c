/* SPDX-License-Identifier: BSD-2-Clause */
/* Part of stage compose: device tree overlays are applied to the base tree. */
#include "core/compose/overlay.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/compose/node.h"
#include "core/tree/walk.h"

#define SIZE_MOST (256U * 1024U)       /* bytes of all overlays */
#define ROOM_MOST (4U * TREE_SIZE_MAX) /* bytes that applying one may take */
#define DEPTH_MAX 64                   /* levels of nodes: libfdt calls itself, on a small stack */

/* The reason for which an overlay does not apply. */
struct blame {
    const char *what;
    const char *hint;
};

/* True if the base tree has a label; `symbols` is its node of labels, or negative. */
static bool has_label(const void *base, int symbols, const char *label)
{
    return symbols >= 0 && tree_get(base, symbols, label, NULL) != NULL;
}

/* The fragment in the first place of a fix-up, "/fragment@0:target:0". */
static const char *fixup_fragment(struct arena *arena, const char *fixup, int size)
{
    const char *end = memchr(fixup, ':', (size_t)size);
    const char *slash;

    if (size < 2 || fixup[0] != '/' || end == NULL)
        return "a fragment";
    slash = memchr(fixup + 1, '/', (size_t)(end - fixup - 1));
    if (slash != NULL)
        end = slash;
    return text_format(arena, "%.*s", (int)(end - fixup - 1), fixup + 1);
}

static const char *nearest_label(struct arena *arena, const void *base, int symbols,
                                 const char *label)
{
    struct nearest nearest = {.wanted = label};
    int property;

    fdt_for_each_property_offset(property, base, symbols)
    {
        const char *name = NULL;

        if (fdt_getprop_by_offset(base, property, &name, NULL) != NULL)
            nearest_offer(&nearest, name);
    }
    return nearest.name != NULL ? text_format(arena, "did you mean &%s?", nearest.name) : NULL;
}

/* A label that the overlay needs and the tree has not. */
static bool blame_label(struct arena *arena, const void *base, const void *overlay,
                        struct blame *blame)
{
    int symbols = fdt_path_offset(base, "/__symbols__");
    int fixups = fdt_path_offset(overlay, "/__fixups__");
    int property;

    if (fixups < 0)
        return false;
    fdt_for_each_property_offset(property, overlay, fixups)
    {
        const char *label = NULL;
        int size;
        const char *value = fdt_getprop_by_offset(overlay, property, &label, &size);

        if (value == NULL || has_label(base, symbols, label))
            continue;
        blame->what = text_format(arena,
                                  "%s needs the label %s, which the device tree does not "
                                  "have",
                                  fixup_fragment(arena, value, size), label);
        blame->hint = symbols < 0
                          ? "the tree has no labels at all: make it with dtc -@, or give the "
                            "fragment a target-path"
                          : nearest_label(arena, base, symbols, label);
        return true;
    }
    return false;
}

/* A path that a fragment is for and the tree has not, or a fragment that is for nothing. */
static bool blame_fragment(struct arena *arena, const void *base, const void *overlay,
                           struct blame *blame)
{
    int fragment;

    fdt_for_each_subnode(fragment, overlay, 0)
    {
        const char *name = fdt_get_name(overlay, fragment, NULL);
        const char *path = tree_string(overlay, fragment, "target-path");

        if (fdt_subnode_offset(overlay, fragment, "__overlay__") < 0 ||
            tree_has(overlay, fragment, "target"))
            continue;
        if (path != NULL && fdt_path_offset(base, path) >= 0)
            continue;
        blame->what = path == NULL
                          ? text_format(arena, "%s has neither target nor target-path", name)
                          : text_format(arena, "%s is for %s, which the device tree does not have",
                                        name, path);
        if (path != NULL)
            blame->hint = "dtc -I dtb -O dts FILE shows its nodes";
        return true;
    }
    return false;
}

static void report(const struct workspace *workspace, const struct config_entry *entry,
                   const void *base, const void *overlay, int result)
{
    struct blame blame = {0};

    if (!blame_label(workspace->arena, base, overlay, &blame) &&
        !blame_fragment(workspace->arena, base, overlay, &blame))
        blame.what = tree_error(result);
    diagnose(workspace->diagnostics, SEVERITY_ERROR, &entry->value_where, blame.hint,
             "%s does not apply: %s", entry->value, blame.what);
}

/* The levels of nodes in a tree that was checked. */
static size_t depth_of(const void *fdt)
{
    struct walk walk = walk_start(fdt);
    size_t depth = 0;

    while (walk_step(&walk) != FDT_END)
        if (walk.depth > depth)
            depth = walk.depth;
    return depth;
}

/* True if there is something to apply, or that has to be there: a fragment, or a label. */
static bool has_fragment(const void *overlay)
{
    int node;

    if (fdt_subnode_offset(overlay, 0, "__fixups__") >= 0)
        return true;
    fdt_for_each_subnode(node, overlay, 0)
    {
        if (fdt_subnode_offset(overlay, node, "__overlay__") >= 0)
            return true;
    }
    return false;
}

/* The reason why the bytes are no overlay that can be applied, or NULL. */
static const char *why_no_overlay(const char *content, size_t size)
{
    int result = tree_check(content, size);

    if (result != 0)
        return tree_error(result);
    if (!has_fragment(content))
        return "it has no fragments";
    return depth_of(content) > DEPTH_MAX ? "its nodes are more than 64 deep" : NULL;
}

/*
 * Reads an overlay; its content, or NULL after reporting what is wrong with it. *left is how large
 * it may be, and becomes what the next one may be.
 */
static char *read_overlay(const struct workspace *workspace, const struct config_entry *entry,
                          size_t *left, size_t *size)
{
    uint64_t bytes = 0;
    char *content;
    const char *why;
    enum platform_status status =
        file_read(workspace, entry->value, *left, arena_bulk, &content, &bytes);

    if (status == PLATFORM_TOO_LARGE)
        diagnose(workspace->diagnostics, SEVERITY_ERROR, &entry->value_where,
                 "apply it to the device tree beforehand, with fdtoverlay",
                 "%s is too large an overlay", entry->value);
    else if (status != PLATFORM_OK)
        file_diagnose(workspace, &entry->value_where, "read overlay", entry->value, status);
    if (status != PLATFORM_OK)
        return NULL;
    *size = (size_t)bytes;
    *left -= *size;
    why = why_no_overlay(content, *size);
    if (why != NULL)
        diagnose(workspace->diagnostics, SEVERITY_ERROR, &entry->value_where,
                 tree_hint(content, *size, "make it with dtc -@ -O dtb"),
                 "%s is not a device tree overlay: %s", entry->value, why);
    return why == NULL ? content : NULL;
}

/* The trees that an overlay is applied to in turn, which change places. */
struct copies {
    struct tree *tree;   /* as it is */
    struct tree applied; /* the room for the next one */
    char *overlay;       /* room for a copy of the overlay */
};

/* Makes room for a tree of `capacity` bytes; false without memory. */
static bool reserve(struct tree *tree, size_t capacity)
{
    if (tree->capacity >= capacity)
        return true;
    tree->fdt = arena_bulk(tree->arena, capacity);
    tree->capacity = tree->fdt != NULL ? capacity : 0;
    if (tree->fdt != NULL)
        memset(tree->fdt, 0, capacity);
    return tree->fdt != NULL;
}

/* Applies an overlay to copies, since a failure damages both trees. 0 or a libfdt error. */
static int try_once(struct copies *copies, const char *overlay, size_t size)
{
    int result =
        fdt_open_into(copies->tree->fdt, copies->applied.fdt, (int)copies->applied.capacity);

    memcpy(copies->overlay, overlay, size);
    return result == 0 ? fdt_overlay_apply(copies->applied.fdt, copies->overlay) : result;
}

/*
 * Applies an overlay, again with twice the room while that was too little: a few KiB can become
 * many, as each label that they give a node is written with its whole path.
 */
static int try_growing(struct copies *copies, const char *overlay, size_t size)
{
    /* Packed, since copying copies the room behind it as well. */
    int result = fdt_pack(copies->tree->fdt);
    size_t capacity = 2 * (fdt_totalsize(copies->tree->fdt) + 2 * size);

    copies->overlay = arena_bulk(copies->tree->arena, size);
    if (copies->overlay == NULL)
        return -FDT_ERR_NOSPACE;
    if (result == 0)
        result = -FDT_ERR_NOSPACE;
    for (; capacity <= ROOM_MOST && result == -FDT_ERR_NOSPACE; capacity *= 2) {
        if (!reserve(&copies->applied, capacity))
            return -FDT_ERR_NOSPACE;
        result = try_once(copies, overlay, size);
    }
    return result;
}

static bool apply(const struct workspace *workspace, const struct config_entry *entry,
                  struct copies *copies, size_t *left)
{
    size_t size = 0;
    char *overlay = read_overlay(workspace, entry, left, &size);
    struct tree before = *copies->tree;
    int result;

    if (overlay == NULL)
        return false;
    result = try_growing(copies, overlay, size);
    if (result != 0) {
        if (!workspace->arena->failed)
            report(workspace, entry, before.fdt, overlay, result);
        return false;
    }
    *copies->tree = copies->applied;
    copies->applied = before;
    return true;
}

bool overlays_apply(const struct workspace *workspace, const struct boot_section *section,
                    struct tree *tree)
{
    struct copies copies = {.tree = tree, .applied = {.arena = workspace->arena}};
    size_t left = SIZE_MOST;
    bool all_apply = true;

    for (size_t at = 0; at < section->overlay_count && !workspace->arena->failed; at++)
        all_apply = apply(workspace, section->overlays[at], &copies, &left) && all_apply;
    return all_apply &&
           (section->overlay_count == 0 || node_edited(workspace, NULL, tree_reread(tree)));
}
