/* SPDX-License-Identifier: BSD-2-Clause */
/* The import's overlay: what lies outside of domain nodes, for the board's own device tree. */
#include "host/import/import_tree.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

#define REGIONS_MAX 64U /* addresses and sizes of a static heap */

/* All nodes of the overlay lie below this one, whose target is the root of the base tree. */
#define OVERLAY_ROOT "/fragment@0/__overlay__"
#define FIXUPS_ROOT  "/__local_fixups__" OVERLAY_ROOT

/* Reads a tree of any size that core can take; NULL when that fails, which is reported. */
static void *read_tree(struct import *import, const struct imagebuilder_variable *variable)
{
    const char *path = variable->value[0] == '/' ? variable->value
                                                 : text_format(import->arena, "%s/%s",
                                                               import->directory, variable->value);
    FILE *file = path != NULL ? fopen(path, "rbe") : NULL;
    char *bytes = arena_allocate(import->arena, TREE_SIZE_MAX);
    size_t size = file != NULL && bytes != NULL ? fread(bytes, 1, TREE_SIZE_MAX, file) : 0;

    if (file == NULL)
        return NULL; /* reported where it is copied */
    fclose(file);
    if (size < sizeof(struct fdt_header) || fdt_check_full(bytes, size) != 0) {
        import_report(import, SEVERITY_ERROR, variable, "compile it with dtc",
                      text_format(import->arena, "%s is not a device tree blob", variable->value));
        return NULL;
    }
    return bytes;
}

void import_tree_open(struct import *import, const struct imagebuilder_variable *variable)
{
    const void *fdt = read_tree(import, variable);
    int result = 0;

    if (fdt != NULL)
        result = tree_open(&import->tree.base, import->arena, fdt, TREE_SIZE_MAX);
    if (result != 0)
        import_report(import, SEVERITY_ERROR, variable, NULL,
                      text_format(import->arena, "%s cannot be used: %s", variable->value,
                                  tree_error(result)));
}

void import_tree_apply(struct import *import, const struct imagebuilder_variable *variable)
{
    struct tree *base = &import->tree.base;
    void *overlay = read_tree(import, variable);
    struct tree trial;
    int result;

    if (overlay == NULL || base->fdt == NULL)
        return;
    result = tree_open(&trial, import->arena, base->fdt, base->capacity);
    if (result == 0)
        result = tree_grow(&trial, fdt_totalsize(overlay));
    if (result == 0)
        result = fdt_overlay_apply(trial.fdt, overlay);
    if (result == 0)
        *base = trial;
    else
        import_report(import, SEVERITY_ERROR, variable,
                      "trees that overlays refer to by label are made with dtc -@",
                      text_format(import->arena, "%s cannot be applied to DEVICE_TREE: %s",
                                  variable->value, fdt_strerror(result)));
}

/* The node at `path` below `node`, made when missing; a negative libfdt error. */
static int make_path(struct tree *tree, const char *path)
{
    int node = 0;

    while (*path == '/' && node >= 0) {
        size_t length = strcspn(++path, "/");
        char *name = arena_copy(tree->arena, path, length);
        int child;

        if (name == NULL)
            return -FDT_ERR_NOSPACE;
        child = fdt_subnode_offset(tree->fdt, node, name);
        node = child == -FDT_ERR_NOTFOUND ? tree_add_node(tree, node, name) : child;
        path += length;
    }
    return node;
}

/* Sets a property of the overlay's node at `path` below `root`; starts the overlay. */
static void set(struct import *import, const char *root, const char *path, const char *name,
                const void *value, size_t size)
{
    struct tree *overlay = &import->tree.overlay;
    int node;

    if (overlay->fdt == NULL) {
        if (tree_create(overlay, import->arena) != 0)
            return;
        tree_set_string(overlay, make_path(overlay, "/fragment@0"), "target-path", "/");
    }
    path = text_format(import->arena, "%s%s", root, path);
    node = path != NULL ? make_path(overlay, path) : -FDT_ERR_NOSPACE;
    if (node < 0 || tree_set(overlay, node, name, value, size) != 0)
        import->arena->failed = true;
}

static void set_text(struct import *import, const char *path, const char *name, const char *value)
{
    set(import, OVERLAY_ROOT, path, name, value, strlen(value) + 1);
}

static void set_cell(struct import *import, const char *path, const char *name, uint32_t value)
{
    fdt32_t cell = cpu_to_fdt32(value);

    set(import, OVERLAY_ROOT, path, name, &cell, sizeof(cell));
}

/* A hint for a path that the base tree lacks: what is there in its place. */
static const char *path_hint(struct import *import, const char *path)
{
    struct nearest nearest = {0};
    size_t length = strlen(path);
    int parent = -1;
    int node;

    while (length > 1 && parent < 0) {
        while (path[--length] != '/')
            continue;
        parent =
            fdt_path_offset_namelen(import->tree.base.fdt, path, length != 0 ? (int)length : 1);
    }
    nearest.wanted = path + length + 1;
    fdt_for_each_subnode(node, import->tree.base.fdt, parent)
    {
        nearest_offer(&nearest, fdt_get_name(import->tree.base.fdt, node, NULL));
    }
    if (nearest.name == NULL)
        return text_format(import->arena, "look for it: fdtget -l TREE %.*s",
                           length != 0 ? (int)length : 1, path);
    return text_format(import->arena, "did you mean %.*s/%s?", (int)length, path, nearest.name);
}

/* The node of the base tree that a variable means, or a negative number after a report. */
static int find_node(struct import *import, const struct imagebuilder_variable *variable,
                     const char *path)
{
    int node;

    if (import->tree.base.fdt == NULL) {
        import_report(import, SEVERITY_ERROR, variable, "set DEVICE_TREE",
                      text_format(import->arena, "%s needs the device tree that has %s",
                                  variable->name, path));
        return -1;
    }
    node = path[0] == '/' ? fdt_path_offset(import->tree.base.fdt, path) : -1;
    if (node < 0)
        import_report(import, SEVERITY_ERROR, variable,
                      path[0] == '/' ? path_hint(import, path) : "a path starts with /",
                      text_format(import->arena, "the device tree has no node %s", path));
    return node;
}

void import_tree_mark(struct import *import, const char *path)
{
    set(import, OVERLAY_ROOT, path, "xen,passthrough", NULL, 0);
}

void import_tree_passthrough(struct import *import, const struct imagebuilder_variable *variable)
{
    const char *rest = variable->value;
    char *path;

    while ((path = import_next_word(import, &rest, " \t\r\n")) != NULL)
        if (find_node(import, variable, path) >= 0)
            import_tree_mark(import, path);
}

/*
 * Writes the phandle of a CPU and returns whether it is the overlay's own: such a phandle is only
 * known when the overlay is applied, and the property that holds it has to be listed.
 */
static bool take_phandle(struct import *import, int node, const char *path, fdt32_t *phandle)
{
    uint32_t number = fdt_get_phandle(import->tree.base.fdt, node);

    if (number == 0) {
        set_cell(import, path, "phandle", ++import->tree.phandles);
        number = import->tree.phandles;
        *phandle = cpu_to_fdt32(number);
        return true;
    }
    *phandle = cpu_to_fdt32(number);
    return false;
}

/* Fills in cpupool-cpus from "cpu@0,cpu@1". */
static void set_cpus(struct import *import, const struct imagebuilder_variable *variable,
                     const char *pool, const char *list)
{
    size_t most = strlen(list);
    fdt32_t *cpus = arena_array(import->arena, most + 1, sizeof(*cpus));
    fdt32_t *fixups = arena_array(import->arena, most + 1, sizeof(*fixups));
    size_t count = 0;
    size_t fixup_count = 0;
    char *name;

    if (cpus == NULL || fixups == NULL)
        return;
    while ((name = import_next_word(import, &list, ",")) != NULL) {
        const char *path = text_format(import->arena, "/cpus/%s", name);
        int node = path != NULL ? find_node(import, variable, path) : -1;

        if (node < 0)
            return;
        if (names_add(&import->tree.cpus, path, fixups) != fixups) {
            import_report(import, SEVERITY_ERROR, variable, "a CPU is in one cpupool",
                          text_format(import->arena, "%s is named twice", path));
            return;
        }
        if (take_phandle(import, node, path, &cpus[count]))
            fixups[fixup_count++] = cpu_to_fdt32((uint32_t)(count * sizeof(*cpus)));
        count++;
    }
    set(import, OVERLAY_ROOT, pool, "cpupool-cpus", cpus, count * sizeof(*cpus));
    if (fixup_count != 0)
        set(import, FIXUPS_ROOT, pool, "cpupool-cpus", fixups, fixup_count * sizeof(*fixups));
}

void import_tree_cpupool(struct import *import, const struct imagebuilder_variable *variable)
{
    const char *rest = variable->value;
    char *cpus = import_next_word(import, &rest, " \t\r\n");
    char *scheduler = import_next_word(import, &rest, " \t\r\n");
    const char *pool = text_format(import->arena, "/chosen/cpupool_%u", variable->index);

    if (cpus == NULL || pool == NULL)
        return;
    set_text(import, pool, "compatible", "xen,cpupool");
    set_cpus(import, variable, pool, cpus);
    if (scheduler != NULL)
        set_text(import, pool, "cpupool-sched", scheduler);
}

void import_tree_static_heap(struct import *import, const struct imagebuilder_variable *variable)
{
    uint64_t numbers[REGIONS_MAX];
    fdt64_t cells[REGIONS_MAX];
    int count =
        import_numbers(import, variable, variable->value, numbers, REGIONS_MAX, IMPORT_PAIRS_HINT);

    if (count < 0)
        return;
    if (count == 0 || count % 2 != 0 || count > (int)REGIONS_MAX) {
        import_report(import, SEVERITY_ERROR, variable, IMPORT_PAIRS_HINT,
                      "these are not pairs of an address and a size");
        return;
    }
    for (int at = 0; at < count; at++)
        cells[at] = cpu_to_fdt64(numbers[at]);
    set_cell(import, "/chosen", "#xen,static-heap-address-cells", 2);
    set_cell(import, "/chosen", "#xen,static-heap-size-cells", 2);
    set(import, OVERLAY_ROOT, "/chosen", "xen,static-heap", cells,
        (size_t)count * sizeof(cells[0]));
}

void import_tree_chosen_cells(struct import *import)
{
    set_cell(import, "/chosen", "#address-cells", 2);
    set_cell(import, "/chosen", "#size-cells", 2);
}
