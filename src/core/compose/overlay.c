/* SPDX-License-Identifier: BSD-2-Clause */
/* Part of stage compose: device tree overlays are applied to the base tree. */
#include "core/compose/overlay.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/compose/node.h"
#include "core/tree/outline.h"

#define SIZE_MOST (256U * 1024U) /* bytes of all overlays */
#define DEPTH_MAX 64             /* levels of nodes: libfdt calls itself, on a small stack */

/*
 * How often libfdt searches through the tree at most, as measured. What refers to nodes by their
 * paths is in __symbols__, __fixups__ and __local_fixups__.
 */
#define SEARCHES       4U  /* for an overlay */
#define SEARCHES_NODE  2U  /* for each of its nodes; one for a property */
#define REFERENCE_SIZE 4U  /* bytes of references that take a search */
#define COPY           16U /* a byte is copied so many times faster */
#define PROPERTY_SIZE  24U /* bytes that a property counts for: it takes as long as two nodes */

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

/* What it takes to apply a tree as an overlay, and to search through it. */
struct effort {
    size_t searches;
    size_t bytes; /* that each search walks over: values are skipped */
    size_t depth; /* of nodes */
};

static struct effort measure(const void *fdt)
{
    struct outline_walk walk = outline_start(fdt);
    struct effort effort = {SEARCHES, fdt_totalsize(fdt) / COPY + fdt_size_dt_strings(fdt) / 2, 0};
    bool has_references = false;
    uint32_t tag;

    while ((tag = outline_step(&walk)) != FDT_END) {
        size_t size = walk.next - walk.at;

        if (tag == FDT_BEGIN_NODE) {
            effort.searches += SEARCHES_NODE;
            effort.bytes += size;
            if (walk.depth == 2)
                has_references = *outline_name(&walk) == '_';
            if (walk.depth > effort.depth)
                effort.depth = walk.depth;
        } else if (tag == FDT_PROP) {
            effort.searches += has_references ? size / REFERENCE_SIZE : 1;
            effort.bytes += PROPERTY_SIZE;
        }
    }
    return effort;
}

/* Why the bytes are no overlay that can be applied, or NULL; *effort is what applying it takes. */
static const char *why_no_overlay(const char *content, size_t size, struct effort *effort)
{
    int result = tree_check(content, size);

    if (result != 0)
        return tree_error(result);
    *effort = measure(content);
    return effort->depth > DEPTH_MAX ? "its nodes are more than 64 deep" : NULL;
}

/*
 * Reads an overlay for the tree; its content, or NULL after reporting what is wrong with it. *left
 * is how large it may be, and becomes what the next one may be.
 */
static char *read_overlay(const struct workspace *workspace, const struct config_entry *entry,
                          struct tree *tree, size_t *left, size_t *size)
{
    uint64_t bytes = 0;
    char *content;
    enum platform_status status =
        file_read(workspace, entry->value, *left, arena_bulk, &content, &bytes);

    if (status == PLATFORM_OK) {
        struct effort effort = {0};
        const char *why = why_no_overlay(content, (size_t)bytes, &effort);

        if (why != NULL) {
            diagnose(workspace->diagnostics, SEVERITY_ERROR, &entry->value_where,
                     "make it with dtc -@ -O dtb", "%s is no device tree overlay: %s", entry->value,
                     why);
            return NULL;
        }
        *size = (size_t)bytes;
        *left -= *size;
        if (tree_search(tree, effort.searches * (effort.bytes + measure(tree->fdt).bytes)))
            return content;
        status = PLATFORM_TOO_LARGE;
    }
    if (status == PLATFORM_TOO_LARGE)
        diagnose(workspace->diagnostics, SEVERITY_ERROR, &entry->value_where,
                 "apply it to the device tree beforehand, with fdtoverlay",
                 "%s is too large an overlay", entry->value);
    else
        file_diagnose(workspace, &entry->value_where, "read overlay", entry->value, status);
    return NULL;
}

/* Applies to a copy: a failure damages both trees. `spare` holds buffers for the copies. */
static bool apply(const struct workspace *workspace, const struct config_entry *entry,
                  struct tree *tree, struct tree *spare, size_t *left)
{
    size_t size = 0;
    char *overlay = read_overlay(workspace, entry, tree, left, &size);
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
    applied.searched = tree->searched;
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
    bool all_apply = true;

    for (size_t at = 0; at < section->overlay_count && tree_search(tree, 0); at++)
        all_apply = apply(workspace, section->overlays[at], tree, &spare, &left) && all_apply;
    return all_apply &&
           (section->overlay_count == 0 || node_edited(workspace, NULL, tree_reread(tree)));
}
