/* SPDX-License-Identifier: BSD-2-Clause */
/* The import's passthrough fragments: devices of the board's tree, as a domain gets them. */
#include "host/import/import_fragment.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "host/import/device_address.h"
#include "host/import/device_references.h"
#include "host/import/import_files.h"
#include "host/import/import_tree.h"

#define PARTS_MAX   256U /* devices of a domain, with the nodes that they refer to */
#define DEPTH_MAX   16   /* of nodes in a device */
#define GIC_CELLS   3U   /* of an interrupt */
#define PATH_LENGTH 1024 /* bytes of a path in the board's tree */

/* A node of the board's tree that goes into the fragment. */
struct part {
    int node;
    bool is_top;   /* right below /passthrough, else below another part */
    bool is_whole; /* with all nodes below it: a device, else what a device refers to */
};

/* A fragment while it is made. */
struct fragment {
    struct import *import;
    const struct imagebuilder_variable *paths;
    const void *base; /* the board's tree */
    void *fdt;        /* the fragment, written front to back */
    struct part parts[PARTS_MAX];
    size_t count;
    int controller;         /* the node of the interrupt controller, or negative */
    struct names written;   /* names of nodes right below /passthrough */
    struct names left_out;  /* names of properties */
    const char *left;       /* the same as a list, or NULL */
    const char *unconfined; /* devices that no IOMMU confines, as a list, or NULL */
    bool is_faulty;
};

static const char *path_of(const struct fragment *fragment, int node)
{
    char path[PATH_LENGTH];

    return fdt_get_path(fragment->base, node, path, sizeof(path)) == 0
               ? arena_copy(fragment->import->arena, path, strlen(path))
               : "(a node too deep to name)";
}

/* Reports why a device cannot be given to the domain. */
static void refuse(struct fragment *fragment, const char *hint, const char *what)
{
    struct import *import = fragment->import;

    if (!fragment->is_faulty)
        import_report(import, SEVERITY_ERROR, fragment->paths,
                      hint != NULL
                          ? hint
                          : text_format(import->arena,
                                        "write the fragment, and DOMU_PASSTHROUGH_DTB[%u]=FILE",
                                        fragment->paths->index),
                      what);
    fragment->is_faulty = true;
}

/* Libfdt's result of writing: what fails is the fragment as a whole. */
static void wrote(struct fragment *fragment, int result)
{
    if (result != 0)
        refuse(fragment, NULL, "the fragment for these devices would be too large");
}

static void put(struct fragment *fragment, const char *name, const void *value, int size)
{
    wrote(fragment, fdt_property(fragment->fdt, name, value, size));
}

static void put_cell(struct fragment *fragment, const char *name, uint32_t value)
{
    wrote(fragment, fdt_property_u32(fragment->fdt, name, value));
}

/* "A, B" in the arena; `list` may be NULL. */
static const char *add_to_list(struct fragment *fragment, const char *list, const char *name)
{
    return list == NULL ? arena_copy(fragment->import->arena, name, strlen(name))
                        : text_format(fragment->import->arena, "%s, %s", list, name);
}

static void leave_out(struct fragment *fragment, const char *name)
{
    const char *copy = arena_copy(fragment->import->arena, name, strlen(name));

    if (copy != NULL && names_find(&fragment->left_out, copy) == NULL) {
        names_add(&fragment->left_out, copy, fragment);
        fragment->left = add_to_list(fragment, fragment->left, copy);
    }
}

/* --- what a device refers to ------------------------------------------------------------------ */

static const struct part *find_part(const struct fragment *fragment, int node)
{
    for (size_t at = 0; at < fragment->count; at++)
        if (fragment->parts[at].node == node)
            return &fragment->parts[at];
    return NULL;
}

/* True if a node of the base tree goes into the fragment, by itself or with one above it. */
static bool is_in(const struct fragment *fragment, int node)
{
    const struct part *part = find_part(fragment, node);

    if (part != NULL)
        return true;
    for (; node > 0 && (part == NULL || !part->is_whole);
         node = fdt_parent_offset(fragment->base, node))
        part = find_part(fragment, node);
    return part != NULL && part->is_whole;
}

static void add_part(struct fragment *fragment, struct part part)
{
    if (is_in(fragment, part.node))
        return;
    if (fragment->count == PARTS_MAX)
        refuse(fragment, NULL, "these devices refer to too many nodes");
    else
        fragment->parts[fragment->count++] = part;
}

/* True if processors reach registers of a node: it is part of the machine, not a description. */
static bool is_hardware(const struct fragment *fragment, int node)
{
    struct trail_span range;

    return device_address(fragment->base, node, 0, &range);
}

/* The hardware that a node is, or is below; 0 for none. */
static int hardware_of(const struct fragment *fragment, int node)
{
    while (node > 0 && !is_hardware(fragment, node))
        node = fdt_parent_offset(fragment->base, node);
    return node > 0 ? node : 0;
}

/* The outermost node at or above one that a driver of its own takes, and that is no bus. */
static int outermost(const struct fragment *fragment, int node)
{
    int found = node;

    while ((node = fdt_parent_offset(fragment->base, node)) > 0)
        if (tree_has(fragment->base, node, "compatible") &&
            !tree_has(fragment->base, node, "ranges"))
            found = node;
    return found;
}

/* A node that a device refers to goes into the fragment, unless it is another device's. */
static void follow(struct fragment *fragment, int node, const char *name, int target)
{
    struct arena *arena = fragment->import->arena;
    int hardware = hardware_of(fragment, target);
    int top;

    if (is_in(fragment, target))
        return;
    if (hardware != 0) {
        refuse(fragment,
               text_format(arena,
                           "add %s to it, or write a fragment, and DOMU_PASSTHROUGH_DTB[%u]=FILE",
                           path_of(fragment, hardware), fragment->paths->index),
               text_format(arena, "%s needs %s (%s), which the domain does not get",
                           path_of(fragment, node), path_of(fragment, target), name));
        return;
    }
    top = outermost(fragment, target);
    add_part(fragment, (struct part){.node = top, .is_top = true});
    for (; target != top; target = fdt_parent_offset(fragment->base, target))
        add_part(fragment, (struct part){.node = target});
}

/* The node that serves the interrupts of a node; negative where there is none. */
static int interrupt_parent(const void *fdt, int node)
{
    for (; node >= 0; node = fdt_parent_offset(fdt, node)) {
        int size;
        const fdt32_t *phandle = tree_get(fdt, node, "interrupt-parent", &size);

        if (phandle != NULL && size == (int)sizeof(*phandle))
            return fdt_node_offset_by_phandle(fdt, fdt32_ld(phandle));
    }
    return node;
}

/* True if a node is the interrupt controller that Xen shows to domains as its own. */
static bool is_gic(const void *fdt, int node)
{
    const char *compatible = tree_get(fdt, node, "compatible", NULL);

    return tree_has(fdt, node, "interrupt-controller") && compatible != NULL &&
           strstr(compatible, "gic") != NULL &&
           tree_cells(fdt, node, "#interrupt-cells", 0) == GIC_CELLS;
}

static void check_interrupts(struct fragment *fragment, int node)
{
    int parent = interrupt_parent(fragment->base, node);

    if (parent >= 0 && is_gic(fragment->base, parent)) {
        fragment->controller = parent;
        return;
    }
    if (parent < 0 || !is_in(fragment, parent))
        refuse(fragment, NULL,
               text_format(fragment->import->arena,
                           "the interrupts of %s do not go to the machine's GIC",
                           path_of(fragment, node)));
}

/* Has what the properties of a node refer to go into the fragment, too. */
static void survey_node(struct fragment *fragment, int node)
{
    int property;

    if (tree_has(fragment->base, node, "interrupts"))
        check_interrupts(fragment, node);
    fdt_for_each_property_offset(property, fragment->base, node)
    {
        const char *name = NULL;
        int target;

        if (fdt_getprop_by_offset(fragment->base, property, &name, NULL) == NULL ||
            reference_is_of_machine(name))
            continue;
        for (size_t at = 0; (target = reference_target(fragment->base, node, name, at)) >= 0; at++)
            if (is_gic(fragment->base, target))
                fragment->controller = target;
            else
                follow(fragment, node, name, target);
    }
}

/* The same for all that a part takes along. */
static void survey(struct fragment *fragment, const struct part *part)
{
    int depth = 0;
    int node = part->node;

    do {
        if (depth > DEPTH_MAX)
            refuse(fragment, NULL, "the nodes of a device are too deep");
        survey_node(fragment, node);
        node = fdt_next_node(fragment->base, node, &depth);
    } while (part->is_whole && node >= 0 && depth > 0);
}

/* --- writing ---------------------------------------------------------------------------------- */

/* The registers of a device: as its driver finds them, and in whole pages as Xen maps them. */
static void put_registers(struct fragment *fragment, int node)
{
    struct arena *arena = fragment->import->arena;
    struct trail_span range;
    size_t count = 0;
    fdt64_t *reg;
    fdt64_t *map;

    while (device_address(fragment->base, node, count, &range))
        count++;
    reg = arena_array(arena, count, 2 * sizeof(*reg));
    map = arena_array(arena, count, 3 * sizeof(*map));
    if (reg == NULL || map == NULL)
        return;
    for (size_t at = 0; at < count; at++) {
        uint64_t start;

        device_address(fragment->base, node, at, &range);
        start = page_start(range.start);
        fdt64_st(&reg[2 * at], range.start);
        fdt64_st(&reg[2 * at + 1], range.size);
        fdt64_st(&map[3 * at], start);
        fdt64_st(&map[3 * at + 1], page_end(range.start - start + range.size));
        fdt64_st(&map[3 * at + 2], start);
    }
    put(fragment, "reg", reg, (int)(count * 2 * sizeof(*reg)));
    put(fragment, "xen,reg", map, (int)(count * 3 * sizeof(*map)));
}

/* What Xen needs to know of a device, and what keeps the machine's own system from it. */
static void put_device(struct fragment *fragment, int node)
{
    const char *path = path_of(fragment, node);

    put_registers(fragment, node);
    put(fragment, "xen,path", path, (int)strlen(path) + 1);
    if (!tree_has(fragment->base, node, "iommus")) {
        put(fragment, "xen,force-assign-without-iommu", NULL, 0);
        fragment->unconfined = add_to_list(fragment, fragment->unconfined, path);
    }
    import_tree_mark(fragment->import, path);
}

/* True if a property says something else in the fragment, or nothing. */
static bool is_replaced(const char *name, bool is_device, bool is_bus)
{
    static const char *const always[] = {"status", "xen,passthrough", "linux,phandle",
                                         "interrupt-parent"};

    for (size_t at = 0; at < sizeof(always) / sizeof(always[0]); at++)
        if (strcmp(name, always[at]) == 0)
            return true;
    if (is_device && strcmp(name, "reg") == 0)
        return true;
    return is_bus && (strcmp(name, "ranges") == 0 || strcmp(name, "#address-cells") == 0 ||
                      strcmp(name, "#size-cells") == 0);
}

static void put_properties(struct fragment *fragment, int node, bool is_device, bool is_bus)
{
    int property;

    fdt_for_each_property_offset(property, fragment->base, node)
    {
        const char *name = NULL;
        int size;
        const void *value = fdt_getprop_by_offset(fragment->base, property, &name, &size);

        if (value == NULL || is_replaced(name, is_device, is_bus))
            continue;
        if (reference_is_of_machine(name))
            leave_out(fragment, name);
        else
            put(fragment, name, value, size);
    }
}

static void put_cells(struct fragment *fragment)
{
    put_cell(fragment, "#address-cells", 2);
    put_cell(fragment, "#size-cells", 2);
    put(fragment, "ranges", NULL, 0);
}

/* Writes a node and those below it; what processors reach there has their addresses. */
static void put_node(struct fragment *fragment, int node, const char *name)
{
    bool is_device = is_hardware(fragment, node);
    bool is_bus = device_is_bus(fragment->base, node);
    int child;

    wrote(fragment, fdt_begin_node(fragment->fdt, name));
    put_properties(fragment, node, is_device, is_bus);
    if (tree_has(fragment->base, node, "interrupts"))
        put_cell(fragment, "interrupt-parent",
                 fdt_get_phandle(fragment->base, interrupt_parent(fragment->base, node)));
    if (is_bus)
        put_cells(fragment);
    if (is_device)
        put_device(fragment, node);
    fdt_for_each_subnode(child, fragment->base, node)
    {
        if (is_in(fragment, child))
            put_node(fragment, child, fdt_get_name(fragment->base, child, NULL));
    }
    wrote(fragment, fdt_end_node(fragment->fdt));
}

/* A name right below /passthrough that no node has yet. */
static const char *free_name(struct fragment *fragment, int node)
{
    const char *name = fdt_get_name(fragment->base, node, NULL);
    const char *copy = arena_copy(fragment->import->arena, name, strlen(name));

    if (copy != NULL && names_find(&fragment->written, copy) != NULL)
        copy = text_format(fragment->import->arena, "%.*s-%u", (int)strcspn(copy, "@"), copy,
                           (unsigned)node);
    if (copy != NULL)
        names_add(&fragment->written, copy, fragment);
    return copy;
}

/* The interrupt controller that Xen makes for the domain gets the phandle of the board's. */
static void put_controller(struct fragment *fragment)
{
    if (fragment->controller < 0)
        return;
    wrote(fragment, fdt_begin_node(fragment->fdt, "gic"));
    put_cell(fragment, "#interrupt-cells", GIC_CELLS);
    put(fragment, "interrupt-controller", NULL, 0);
    put_cell(fragment, "phandle", fdt_get_phandle(fragment->base, fragment->controller));
    wrote(fragment, fdt_end_node(fragment->fdt));
}

static void put_all(struct fragment *fragment)
{
    wrote(fragment, fdt_create(fragment->fdt, TREE_SIZE_MAX));
    wrote(fragment, fdt_finish_reservemap(fragment->fdt));
    wrote(fragment, fdt_begin_node(fragment->fdt, ""));
    put_cell(fragment, "#address-cells", 2);
    put_cell(fragment, "#size-cells", 2);
    put_controller(fragment);
    wrote(fragment, fdt_begin_node(fragment->fdt, "passthrough"));
    put(fragment, "compatible", "simple-bus", sizeof("simple-bus"));
    put_cells(fragment);
    for (size_t at = 0; at < fragment->count; at++) {
        const struct part *part = &fragment->parts[at];
        const char *name = part->is_top ? free_name(fragment, part->node) : NULL;

        if (name != NULL)
            put_node(fragment, part->node, name);
    }
    wrote(fragment, fdt_end_node(fragment->fdt));
    wrote(fragment, fdt_end_node(fragment->fdt));
    wrote(fragment, fdt_finish(fragment->fdt));
}

/* --- the whole -------------------------------------------------------------------------------- */

/* True if processors reach a node, or one below it by way of it. */
static bool holds_hardware(const struct fragment *fragment, int node)
{
    int child;

    if (is_hardware(fragment, node))
        return true;
    fdt_for_each_subnode(child, fragment->base, node)
    {
        if (holds_hardware(fragment, child))
            return true;
    }
    return false;
}

/* Finds the devices; those that the tree lacks were reported where they are marked. */
static void find_devices(struct fragment *fragment)
{
    const char *rest = fragment->paths->value;
    char *path;

    while ((path = import_next_word(fragment->import, &rest, " \t\r\n")) != NULL) {
        int node = path[0] == '/' ? fdt_path_offset(fragment->base, path) : -1;

        if (node < 0)
            fragment->is_faulty = true;
        else if (!holds_hardware(fragment, node))
            refuse(fragment, NULL,
                   text_format(fragment->import->arena,
                               "%s has no registers (reg) that processors reach", path));
        else
            add_part(fragment, (struct part){.node = node, .is_top = true, .is_whole = true});
    }
}

static void report(struct fragment *fragment)
{
    struct import *import = fragment->import;

    if (fragment->left != NULL)
        import_report(import, SEVERITY_NOTE, fragment->paths, NULL,
                      text_format(import->arena,
                                  "the domain does not see what only the machine can manage: %s",
                                  fragment->left));
    if (fragment->unconfined != NULL)
        import_report(
            import, SEVERITY_WARNING, fragment->paths,
            text_format(import->arena,
                        "a device that accesses memory by itself needs a domain with "
                        "DOMU_STATIC_MEM[%u], which is mapped 1:1",
                        fragment->paths->index),
            text_format(import->arena, "no IOMMU confines %s to the domain", fragment->unconfined));
}

const char *import_fragment(struct import *import, const struct imagebuilder_variable *paths)
{
    struct fragment fragment = {
        .import = import, .paths = paths, .base = import->tree.base.fdt, .controller = -1};

    if (fragment.base == NULL)
        return NULL; /* reported where the devices are marked */
    names_init(&fragment.written, import->arena, false);
    names_init(&fragment.left_out, import->arena, false);
    find_devices(&fragment);
    for (size_t at = 0; at < fragment.count && !fragment.is_faulty; at++)
        survey(&fragment, &fragment.parts[at]);
    fragment.fdt = arena_allocate(import->arena, TREE_SIZE_MAX);
    if (fragment.fdt == NULL || fragment.is_faulty)
        return NULL;
    put_all(&fragment);
    if (fragment.is_faulty)
        return NULL;
    report(&fragment);
    return import_add_made(import, text_format(import->arena, "domU%u-devices.dtb", paths->index),
                           fragment.fdt, fdt_totalsize(fragment.fdt));
}
