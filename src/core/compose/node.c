/* SPDX-License-Identifier: BSD-2-Clause */
/* Nodes that compose makes: a module, and what is said when the tree cannot take an edit. */
#include "core/compose/node.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/compose/origin.h"

int node_add_module(struct tree *tree, int parent, const char *name, const char *type,
                    const char *binary, const char *bootargs, const struct location *origin)
{
    int node = tree_add_node(tree, parent, name);
    int result = node;
    char *compatible = text_format(tree->arena, "%s|multiboot,module", type);

    if (compatible == NULL)
        return -FDT_ERR_NOSPACE;
    if (result >= 0)
        result = origin_set(tree, node, origin);
    if (result >= 0 && bootargs != NULL)
        result = tree_set_string(tree, node, "bootargs", bootargs);
    if (result >= 0)
        result = tree_set_string(tree, node, "uefi,binary", binary);
    if (result >= 0) {
        size_t size = strlen(compatible) + 1;

        compatible[strlen(type)] = '\0';
        result = tree_set(tree, node, "compatible", compatible, size);
    }
    return result >= 0 ? node : result;
}

const char *node_binary_property(const void *fdt, int node)
{
    static const char *const properties[] = {"uefi,binary", "uefi,key", "xen,uefi-binary"};

    for (size_t at = 0; at < sizeof(properties) / sizeof(properties[0]); at++)
        if (tree_has(fdt, node, properties[at]))
            return properties[at];
    return NULL;
}

bool node_names_binary(const void *fdt, int node)
{
    return node_binary_property(fdt, node) != NULL;
}

bool node_has_module_kind(const void *fdt, int node)
{
    return tree_is_compatible(fdt, node, "multiboot,module") ||
           tree_is_compatible(fdt, node, "xen,multiboot-module");
}

bool node_is_module(const void *fdt, int node)
{
    return node_has_module_kind(fdt, node) || node_names_binary(fdt, node);
}

bool node_is_one_file(const struct workspace *workspace, const struct config_entry *entry,
                      const char *type, const char *rest)
{
    if (rest == NULL || strcmp(type, "multiboot,kernel") == 0)
        return true;
    diagnose_once(workspace->diagnostics, SEVERITY_ERROR, &entry->value_where,
                  "it is written KEY=FILE", "%s= has more than a file", entry->key);
    return false;
}

bool node_edited(const struct workspace *workspace, const struct location *where, int result)
{
    if (result >= 0)
        return true;
    if (!workspace->arena->failed)
        diagnose(workspace->diagnostics, SEVERITY_ERROR, where, NULL,
                 "the device tree cannot take it: %s", tree_error(result));
    return false;
}
