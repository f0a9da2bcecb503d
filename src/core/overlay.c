/* SPDX-License-Identifier: BSD-2-Clause */
/* Part of stage compose: device tree overlays are applied to the base tree. */
#include "overlay.h"

#include <libfdt.h>
#include <string.h>

#include "compose.h"
#include "file.h"
#include "text.h"

#define OVERLAYS_MAX 64U            /* that one section may have */
#define SIZE_MOST    (256U * 1024U) /* bytes of them all: each node is looked up in the tree */
#define DEPTH_MAX    64 /* levels of nodes: libfdt calls itself for each, on a small stack */

/* What an overlay is blamed for. */
struct blame {
    const char *what;
    const char *hint;
};

/* Whether the base tree has a label; NULL when it has no labels at all. */
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

/* Why the bytes are no overlay that can be applied, or NULL when they may be one. */
static const char *why_no_overlay(const char *content, size_t size)
{
    int result = tree_check(content, size);
    int depth = 0;
    int node = 0;

    if (result != 0)
        return tree_error(result);
    while (node >= 0 && depth <= DEPTH_MAX)
        node = fdt_next_node(content, node, &depth);
    return depth > DEPTH_MAX ? "its nodes are more than 64 deep" : NULL;
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
    enum platform_status status =
        file_read(workspace, entry->value, *left, arena_bulk, &content, &bytes);
    const char *why;

    if (status == PLATFORM_TOO_LARGE) {
        diagnose(workspace->diagnostics, SEVERITY_ERROR, &entry->value_where,
                 "all overlays together have at most 256 KiB", "%s is too large an overlay",
                 entry->value);
        return NULL;
    }
    if (status != PLATFORM_OK) {
        file_diagnose(workspace, &entry->value_where, "read overlay", entry->value, status);
        return NULL;
    }
    *size = (size_t)bytes;
    *left -= *size;
    why = why_no_overlay(content, *size);
    if (why == NULL)
        return content;
    diagnose(workspace->diagnostics, SEVERITY_ERROR, &entry->value_where,
             "make it with dtc -@ -O dtb", "%s is no device tree overlay: %s", entry->value, why);
    return NULL;
}

/* Applies to a copy: a failure damages both trees. `spare` holds buffers for the copies. */
static bool apply(const struct workspace *workspace, const struct config_entry *entry,
                  struct tree *tree, struct tree *spare, size_t *left)
{
    size_t size = 0;
    char *overlay = read_overlay(workspace, entry, left, &size);
    /* Packed, since copying copies the room behind it as well. */
    int result = fdt_pack(tree->fdt);
    size_t needed = fdt_totalsize(tree->fdt) + 2 * size;
    char *copy = overlay != NULL ? arena_bulk(workspace->arena, size) : NULL;
    struct tree applied = *spare;

    if (copy == NULL)
        return false;
    if (applied.capacity < needed) {
        applied = (struct tree){.arena = workspace->arena, .capacity = 2 * needed};
        applied.fdt = arena_bulk(workspace->arena, applied.capacity);
        if (applied.fdt == NULL)
            return false;
        memset(applied.fdt, 0, applied.capacity);
    }
    memcpy(copy, overlay, size);
    if (result == 0)
        result = fdt_open_into(tree->fdt, applied.fdt, (int)applied.capacity);
    if (result == 0)
        result = fdt_overlay_apply(applied.fdt, copy);
    if (result != 0) {
        report(workspace, entry, tree->fdt, overlay, result);
        *spare = applied;
        return false;
    }
    *spare = *tree;
    *tree = applied;
    tree->chosen = 0;
    return true;
}

bool overlays_apply(const struct workspace *workspace, const struct boot_section *section,
                    struct tree *tree)
{
    struct tree spare = {.arena = workspace->arena};
    size_t left = SIZE_MOST;
    bool all_apply = section->overlay_count <= OVERLAYS_MAX;

    if (!all_apply)
        diagnose(workspace->diagnostics, SEVERITY_ERROR, &section->overlays[OVERLAYS_MAX]->where,
                 "merge some of them", "more than %u overlays", OVERLAYS_MAX);
    for (size_t at = 0; at < section->overlay_count && at < OVERLAYS_MAX; at++)
        all_apply = apply(workspace, section->overlays[at], tree, &spare, &left) && all_apply;
    return all_apply &&
           (section->overlay_count == 0 || compose_edited(workspace, NULL, tree_reread(tree)));
}
