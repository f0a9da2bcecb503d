/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage compose: the base tree, dom0's modules and Xen's command line; see overlay.c, domains.c. */
#include "core/compose/compose.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/compose/domains.h"
#include "core/compose/node.h"
#include "core/compose/normalise.h"
#include "core/compose/origin.h"
#include "core/compose/overlay.h"
#include "core/compose/sealed_tree.h"

static const char hint_for_size[] =
    "Xen takes trees of at most 2 MiB; /chosen, or the names of properties, may be 256 KiB of it";

static bool open_tree(const struct workspace *workspace, const struct location *where,
                      const char *name, const void *content, size_t size, struct tree *tree)
{
    int result = tree_open(tree, workspace->arena, content, size);

    if (workspace->arena->failed || (result == 0 && !tree_is_overlay(tree->fdt)))
        return result == 0;
    if (result == 0)
        diagnose(workspace->diagnostics, SEVERITY_ERROR, where,
                 "name it with dtbo=", "%s is an overlay, not a whole device tree", name);
    else if (result == -FDT_ERR_NOSPACE)
        diagnose(workspace->diagnostics, SEVERITY_ERROR, where, hint_for_size,
                 "%s is too large a device tree", name);
    else
        diagnose(workspace->diagnostics, SEVERITY_ERROR, where,
                 size != TREE_SIZE_MAX ? tree_hint(content, size, "make it with dtc -O dtb") : NULL,
                 "%s is not a device tree: %s", name, tree_error(result));
    return false;
}

/* Lets the firmware complete a tree that a person wrote, where it offers to. */
static bool fix_tree(const struct workspace *workspace, const struct location *where,
                     struct tree *tree)
{
    const struct platform *platform = workspace->platform;
    enum platform_status status = PLATFORM_UNSUPPORTED;
    size_t capacity = tree->capacity;

    if (platform->fix_tree == NULL)
        return true;
    status = platform->fix_tree(platform->context, tree->fdt, &capacity);
    if (status == PLATFORM_NO_MEMORY && capacity > tree->capacity) {
        if (tree_grow(tree, capacity) != 0)
            return false;
        capacity = tree->capacity;
        status = platform->fix_tree(platform->context, tree->fdt, &capacity);
    }
    if (status == PLATFORM_UNSUPPORTED)
        return true;
    if (status == PLATFORM_OK && tree_reread(tree) == 0)
        return fdt_open_into(tree->fdt, tree->fdt, (int)tree->capacity) == 0;
    diagnose(workspace->diagnostics, SEVERITY_ERROR, where,
             "the firmware's own tree is used when dtb= is left out",
             "the firmware could not apply its fix-ups to this device tree: %s",
             platform_status_text(status != PLATFORM_OK ? status : PLATFORM_CORRUPT));
    return false;
}

/* Lets the firmware complete the tree in `content`, and holds the result against it under a seal.
 */
static bool complete_tree(const struct workspace *workspace, const struct location *where,
                          const char *content, bool sealed, struct tree *tree)
{
    return fix_tree(workspace, where, tree) &&
           (!sealed ||
            node_edited(workspace, where, sealed_tree_restore(workspace, content, tree)));
}

static bool read_base(const struct workspace *workspace, const struct config_entry *dtb,
                      bool sealed, struct tree *tree)
{
    const struct location *where = &dtb->value_where;
    uint64_t size = 0;
    char *content;
    enum platform_status status =
        file_read(workspace, dtb->value, TREE_SIZE_MAX, arena_bulk, &content, &size);

    if (status == PLATFORM_TOO_LARGE) {
        diagnose(workspace->diagnostics, SEVERITY_ERROR, where, hint_for_size,
                 "%s is too large a device tree", dtb->value);
        return false;
    }
    if (status != PLATFORM_OK) {
        file_diagnose(workspace, where, "read device tree", dtb->value, status);
        return false;
    }
    return open_tree(workspace, where, dtb->value, content, (size_t)size, tree) &&
           complete_tree(workspace, where, content, sealed, tree);
}

static bool take_base(const struct workspace *workspace, const struct sources *sources,
                      struct tree *tree)
{
    size_t size = sources->firmware_tree_size;

    if (sources->section->dtb != NULL)
        return read_base(workspace, sources->section->dtb, sources->sealed, tree);
    if (sources->firmware_tree == NULL) {
        diagnose(workspace->diagnostics, SEVERITY_ERROR, NULL,
                 "give one with dtb= in the configuration",
                 "the firmware provides no device tree (it may describe the machine by ACPI only)");
        return false;
    }
    return open_tree(workspace, NULL, "the firmware's device tree", sources->firmware_tree,
                     size != 0 ? size : TREE_SIZE_MAX, tree) &&
           (!sources->sealed || node_edited(workspace, NULL, sealed_tree_strip(workspace, tree)));
}

static bool add_dom0_module(const struct workspace *workspace, struct tree *tree, const char *name,
                            const char *type, const struct config_entry *entry)
{
    const char *rest = entry != NULL ? entry->value : NULL;
    char *binary;
    int chosen;

    if (entry == NULL)
        return true;
    binary = config_word(workspace->arena, &rest);
    chosen = tree_chosen(tree);
    if (binary == NULL)
        return false;
    if (!node_is_one_file(workspace, entry, type, rest))
        return !workspace->arena->failed;
    return node_edited(
        workspace, &entry->where,
        chosen < 0 ? chosen
                   : node_add_module(tree, chosen, name, type, binary, rest, &entry->value_where));
}

/* Nodes are added in front of their siblings, so the last one comes first. */
static bool add_dom0(const struct workspace *workspace, const struct boot_section *section,
                     struct tree *tree)
{
    return add_dom0_module(workspace, tree, "muster-xsm", "xen,xsm-policy", section->xsm) &&
           add_dom0_module(workspace, tree, "muster-ramdisk", "multiboot,ramdisk",
                           section->ramdisk) &&
           add_dom0_module(workspace, tree, "muster-kernel", "multiboot,kernel", section->kernel);
}

static bool set_xen_options(const struct workspace *workspace, const struct sources *sources,
                            struct tree *tree)
{
    const struct config_entry *options = sources->section->options;
    int chosen = tree_chosen(tree);
    const char *line = NULL;

    if (chosen < 0)
        return node_edited(workspace, NULL, chosen);
    line = options != NULL ? options->value : tree_string(tree->fdt, chosen, "xen,xen-bootargs");
    if (sources->xen_options != NULL && line != NULL && line[0] != '\0')
        line = text_format(workspace->arena, "%s %s", line, sources->xen_options);
    else if (sources->xen_options != NULL)
        line = sources->xen_options;
    else if (options == NULL)
        return true;
    if (line == NULL)
        return false;
    /* The tree may move while it grows, so what is in it is copied first. */
    line = arena_copy(workspace->arena, line, strlen(line));
    return line != NULL && node_edited(workspace, options != NULL ? &options->where : NULL,
                                       tree_set_string(tree, chosen, "xen,xen-bootargs", line));
}

/* An overlay may be for /chosen, also where the machine's tree has nothing to say there. */
static bool make_chosen(const struct workspace *workspace, struct tree *tree)
{
    int chosen = tree_chosen(tree);

    return chosen > 0 || node_edited(workspace, NULL, chosen);
}

bool compose(const struct workspace *workspace, const struct sources *sources, struct tree *tree)
{
    const struct boot_section *section = sources->section;

    if (!take_base(workspace, sources, tree) || !make_chosen(workspace, tree) ||
        !overlays_apply(workspace, section, tree))
        return false;
    origin_strip(tree);
    return domains_compose(workspace, section, tree) && add_dom0(workspace, section, tree) &&
           set_xen_options(workspace, sources, tree) && normalise(workspace, tree);
}
