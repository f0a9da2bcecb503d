/* SPDX-License-Identifier: BSD-2-Clause */
/* Part of stage compose: sections of the configuration become domain nodes of the tree. */
#include "core/compose/domains.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/compose/node.h"
#include "core/compose/origin.h"
#include "core/config/like.h"
#include "core/tree/value.h"
#include "core/tree/walk.h"

#define DOMAINS_MAX 256U /* names in one domains= */
#define DEPTH_MAX   8U   /* nodes in the key of a property */

/* Characters of node names (Devicetree Specification §2.2.1) and property names (§2.2.4). */
static const char name_characters[] =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ,._+-@?#";

/* The keys that make a module. */
static const struct {
    const char *key;
    const char *type;
} module_keys[] = {
    {"kernel", "multiboot,kernel"},
    {"ramdisk", "multiboot,ramdisk"},
    {"dtb", "multiboot,device-tree"},
};

/* The making of one domain's node: first of all nodes in it, then of their properties. */
struct maker {
    const struct workspace *workspace;
    struct tree *tree;
    const struct config_section *section;
    struct like like; /* without entries if it cannot be made */
    int domain;       /* its node: edits are behind it, but for new phandles of other nodes */
    bool is_faulty;
};

/*
 * Reports a mistake, once if several domains are like the section that has it. Returns whether
 * there is memory to go on with.
 */
static bool report(struct maker *maker, const struct location *where, const char *hint,
                   const char *what)
{
    diagnose_once(maker->workspace->diagnostics, SEVERITY_ERROR, where, hint, "%s", what);
    maker->is_faulty = true;
    return !maker->workspace->arena->failed;
}

/* True if these characters are a name, with at most so many unit addresses. */
static bool is_name(const char *name, size_t length, int addresses)
{
    size_t at = 0;

    for (; at < length && at < NODE_NAME_MAX && strchr(name_characters, name[at]) != NULL; at++)
        addresses -= name[at] == '@';
    return length != 0 && at == length && addresses >= 0;
}

/* The node that the key's part before its last slash means, made when missing. */
static int find_parent(const struct maker *maker, const char *key, const char **property)
{
    int node = maker->domain;
    const char *slash;
    unsigned depth = 0;

    for (; (slash = strchr(key, '/')) != NULL; key = slash + 1) {
        size_t length = (size_t)(slash - key);
        char *name = arena_copy(maker->workspace->arena, key, length);
        int parent = node;

        if (!is_name(key, length, 1) || ++depth > DEPTH_MAX)
            return -FDT_ERR_BADPATH;
        if (name == NULL)
            return -FDT_ERR_NOSPACE;
        node = tree_add_node(maker->tree, parent, name);
        if (node == -FDT_ERR_EXISTS)
            node = fdt_subnode_offset(maker->tree->fdt, parent, name);
    }
    *property = key;
    return node;
}

/* Reads the value of an entry; `memory` has its own form. False as value_parse. */
static bool read_value(struct maker *maker, const struct config_entry *entry, struct value *value)
{
    struct tree *tree = maker->tree;
    uint32_t size = fdt_size_dt_struct(tree->fdt);
    bool is_read = true;

    *value = (struct value){0};
    if (entry->value == NULL || entry->value[0] == '\0')
        return true;
    if (strcmp(entry->key, "memory") == 0 && entry->value[0] != '<')
        return value_parse_memory(maker->workspace->arena, entry->value, value);
    is_read = value_parse(tree, entry->value, value);
    if (fdt_size_dt_struct(tree->fdt) != size)
        maker->domain = fdt_subnode_offset(tree->fdt, tree_chosen(tree), maker->section->name);
    return is_read;
}

/* What was meant by a key that cannot be a property, or how one is written. */
static const char *property_hint(const struct maker *maker, const struct config_entry *entry)
{
    const char *hint = config_meant(maker->workspace->arena, entry);

    return hint != NULL ? hint : "a property is written NAME=VALUE or NODE/NAME=VALUE";
}

static bool add_property(struct maker *maker, const struct config_entry *entry)
{
    struct value value;
    const char *property = NULL;
    struct location where = entry->value_where;
    int node;

    if (!read_value(maker, entry, &value)) {
        if (value.error == NULL)
            return false;
        where.column += (unsigned)value.offset;
        where.width = where.width > value.offset ? where.width - (unsigned)value.offset : 1;
        return report(maker, &where, value.hint,
                      text_format(maker->workspace->arena, "%s: %s", entry->key, value.error));
    }
    node = find_parent(maker, entry->key, &property);
    /* A property "name" would be the node's name to Xen. */
    if (node == -FDT_ERR_BADPATH ||
        (node >= 0 && (!is_name(property, strlen(property), 0) || strcmp(property, "name") == 0)))
        return report(maker, &entry->where, property_hint(maker, entry),
                      text_format(maker->workspace->arena, "%s cannot be the name of a property",
                                  entry->key));
    if (node >= 0)
        node = tree_set(maker->tree, node, property, value.bytes, value.size);
    return node_edited(maker->workspace, &entry->where, node);
}

static bool add_module(struct maker *maker, const struct config_entry *entry, const char *type)
{
    const char *rest = entry->value;
    char *binary = config_word(maker->workspace->arena, &rest);

    if (binary == NULL)
        return report(maker, &entry->where, "it is written KEY=FILE",
                      text_format(maker->workspace->arena, "%s names no file", entry->key));
    if (!node_is_one_file(maker->workspace, entry, type, rest)) {
        maker->is_faulty = true;
        return !maker->workspace->arena->failed;
    }
    return node_edited(maker->workspace, &entry->where,
                       node_add_module(maker->tree, maker->domain, entry->key, type, binary, rest,
                                       &entry->value_where));
}

/* The type of the module that an entry makes, NULL if it makes none. */
static const char *module_type(const struct config_entry *entry)
{
    for (size_t at = 0; at < sizeof(module_keys) / sizeof(module_keys[0]); at++)
        if (strcmp(entry->key, module_keys[at].key) == 0)
            return module_keys[at].type;
    return NULL;
}

/* Makes an entry's module, or the nodes in its key, if that can be a key. */
static bool add_nodes(struct maker *maker, const struct config_entry *entry)
{
    const char *type = module_type(entry);
    const char *property;
    int node;

    if (type != NULL)
        return add_module(maker, entry, type);
    node = find_parent(maker, entry->key, &property);
    return node == -FDT_ERR_BADPATH || node_edited(maker->workspace, &entry->where, node);
}

static bool add_value(struct maker *maker, const struct config_entry *entry)
{
    if (module_type(entry) != NULL)
        return true;
    if (strcmp(entry->key, "compatible") == 0)
        return report(maker, &entry->where, "leave it out",
                      "a domain section is always compatible with xen,domain");
    return add_property(maker, entry);
}

/* Nodes and properties are added in front of their siblings, so the last one comes first. */
static bool add_all(struct maker *maker,
                    bool (*add)(struct maker *maker, const struct config_entry *entry))
{
    for (size_t at = maker->like.count; at-- > 0;)
        if (!add(maker, maker->like.entries[at]))
            return false;
    return true;
}

static bool compose_nodes(struct maker *maker, const struct config *config)
{
    const struct config_section *section = maker->section;
    int result;

    maker->like = like_gather(maker->workspace, config, section);
    if (maker->like.entries == NULL)
        return false;
    maker->is_faulty = maker->like.is_faulty;
    maker->domain = tree_add_node(maker->tree, tree_chosen(maker->tree), section->name);
    if (maker->domain == -FDT_ERR_EXISTS) {
        maker->like.entries = NULL;
        return report(maker, &section->where, "rename one of them",
                      text_format(maker->workspace->arena, "the device tree already has /chosen/%s",
                                  section->name));
    }
    result = origin_set_entries(maker->tree, maker->domain, &section->where, maker->like.entries,
                                maker->like.count);
    return node_edited(maker->workspace, &section->where, result) && add_all(maker, add_nodes);
}

/* Values may refer to nodes of every domain. */
static bool compose_properties(struct maker *maker)
{
    struct tree *tree = maker->tree;
    int result = 0;

    if (maker->like.entries == NULL)
        return true;
    maker->domain = fdt_subnode_offset(tree->fdt, tree_chosen(tree), maker->section->name);
    if (!add_all(maker, add_value))
        return false;
    if (maker->is_faulty)
        result = tree_set(tree, maker->domain, FAULTY_PROPERTY, NULL, 0);
    if (result == 0)
        result = tree_set_string(tree, maker->domain, "compatible", "xen,domain");
    return node_edited(maker->workspace, &maker->section->where, result);
}

/* True if a name that no section has is several of them, with commas or semicolons in between. */
static bool is_list(const struct config *config, const char *name)
{
    const struct config_section *section = config->head.next;
    size_t length = text_until(name, ",;");

    while (name[length] != '\0' && section != NULL &&
           (strncmp(section->name, name, length) != 0 || section->name[length] != '\0'))
        section = section->next;
    return name[length] != '\0' && section != NULL;
}

/* Finds the sections that domains= names, in its order. */
static bool find_sections(const struct workspace *workspace, const struct boot_section *section,
                          struct tree *tree, struct maker *list, size_t *count)
{
    const char *rest = section->domains->value;
    struct maker maker = {.workspace = workspace};
    struct names seen;

    names_init(&seen, workspace->arena, false);
    for (unsigned names = 0; rest != NULL; names++) {
        struct location where = section->domains->value_where;
        const char *before = rest;
        char *name = config_word(workspace->arena, &rest);
        const struct config_section *found;

        if (name == NULL)
            return !workspace->arena->failed;
        where.column += (unsigned)(before - section->domains->value);
        where.width = (unsigned)strlen(name);
        found = config_section(section->config, name);
        if (names == DOMAINS_MAX)
            return report(
                &maker, &where, "Xen takes at most 32 modules",
                text_format(workspace->arena, "%s and what follows are too many domains", name));
        if (names_find(&seen, name) != NULL)
            report(&maker, &where, "name each section once",
                   text_format(workspace->arena, "the domain %s is named twice", name));
        else if (names_add(&seen, name, name) == NULL)
            return false;
        else if (found == NULL && is_list(section->config, name))
            report(&maker, &where, "write domains=NAME NAME",
                   "the names of domains are separated by blanks, not by commas or semicolons");
        else if (found == NULL)
            config_report_no_section(workspace, section->config, &where, name, true);
        else if (!is_name(name, strlen(name), 1))
            report(&maker, &found->where, "use letters, digits and ,._+-, 255 at most",
                   text_format(workspace->arena, "%s cannot be the name of a domain", name));
        else
            list[(*count)++] =
                (struct maker){.workspace = workspace, .tree = tree, .section = found};
    }
    return true;
}

bool domains_compose(const struct workspace *workspace, const struct boot_section *section,
                     struct tree *tree)
{
    struct maker *list;
    size_t count = 0;

    if (section->domains == NULL)
        return true;
    list = arena_array(workspace->arena, DOMAINS_MAX, sizeof(*list));
    if (list == NULL || !find_sections(workspace, section, tree, list, &count))
        return false;
    for (size_t at = count; at-- > 0;)
        if (!compose_nodes(&list[at], section->config))
            return false;
    for (size_t at = count; at-- > 0;)
        if (!compose_properties(&list[at]))
            return false;
    return !workspace->arena->failed;
}
