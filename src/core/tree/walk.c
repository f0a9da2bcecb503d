/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A walk over a flattened tree. libfdt checks the bounds of each letter of each name that it walks
 * over: in a tree of a MiB, one walk of its takes longer than Xen's own loader does in all.
 */
#include "core/tree/walk.h"

#include <libfdt.h>
#include <stdbool.h>
#include <string.h>

#define UNSEEN        UINT32_MAX
#define NODE_SIZE_MAX (4 + NODE_NAME_MAX + 1) /* bytes of the token of a node */

static const char *block_of(const void *fdt)
{
    return (const char *)fdt + fdt_off_dt_struct(fdt);
}

static const char *strings_of(const void *fdt)
{
    return (const char *)fdt + fdt_off_dt_strings(fdt);
}

/* A size with what is added to it so that the next token is aligned. */
static size_t aligned(size_t size)
{
    return (size + 3) & ~(size_t)3;
}

/* The cell at `at` of the structure block. */
static uint32_t cell(const char *at)
{
    fdt32_t value;

    __builtin_memcpy(&value, at, sizeof(value));
    return fdt32_to_cpu(value);
}

/* The bytes of a token; of a property, the first ones are there. */
static size_t token_size(const char *token, uint32_t tag)
{
    if (tag == FDT_PROP)
        return sizeof(struct fdt_property) + aligned(cell(token + 4));
    /* The block's last token has a zero, which ends any name. */
    return tag == FDT_BEGIN_NODE ? 4 + aligned(strlen(token + 4) + 1) : 4;
}

/* True if a node's own name is this one, or has it in front of a unit address. */
static bool is_named(const char *own, const char *name, size_t length)
{
    return strncmp(own, name, length) == 0 &&
           (own[length] == '\0' || (own[length] == '@' && memchr(name, '@', length) == NULL));
}

/*
 * A child of the root, into the layout. False for a second /chosen: Xen would take the one that
 * then comes first, which need not be the one that was edited.
 */
static bool note_child(const char *name, size_t at, struct layout *layout)
{
    if (is_named(name, "reserved-memory", 15))
        layout->traits.has_reserved = true;
    if (!is_named(name, "chosen", 6))
        return true;
    if (layout->chosen != 0)
        return false;
    layout->chosen = at;
    return true;
}

/* A tree that is checked, up to the token at `at`. */
struct survey {
    struct layout *layout;
    const char *block;
    const char *strings;
    size_t size;         /* bytes of the block */
    uint32_t names;      /* bytes of the strings */
    uint32_t compatible; /* where its name is, which is there once, or UNSEEN */
    size_t at;
    size_t depth;
    bool has_root;
};

/* Notes what a compatible makes of its node. */
static void note_compatible(const struct survey *survey, const char *value, size_t size)
{
    struct layout *layout = survey->layout;

    if (size != 0 && value[size - 1] != '\0')
        layout->traits.has_unended = true;
    /* Its first text with what follows it, as Xen reads it. */
    if (value[0] == 'x' && strcmp(value, "xen,domain") == 0 &&
        (survey->depth != 3 || layout->chosen == 0 || layout->chosen_end != 0))
        layout->traits.has_stray = true;
}

/* A property; its bytes, 0 if it is damaged. As it is for each token, another one follows. */
static size_t check_property(struct survey *survey, const char *token)
{
    size_t room = survey->size - survey->at;
    uint32_t length;
    uint32_t name;

    if (room <= sizeof(struct fdt_property) || survey->depth == 0)
        return 0;
    length = cell(token + offsetof(struct fdt_property, len));
    name = cell(token + offsetof(struct fdt_property, nameoff));
    if (name >= survey->names || aligned(length) > room - sizeof(struct fdt_property) - 4)
        return 0;
    if (survey->compatible == UNSEEN && survey->strings[name] == 'c' &&
        strcmp(survey->strings + name, "compatible") == 0)
        survey->compatible = name;
    if (name == survey->compatible)
        note_compatible(survey, token + sizeof(struct fdt_property), length);
    return sizeof(struct fdt_property) + aligned(length);
}

/* The properties that follow; false if one is damaged. Most tokens are such. */
static bool check_properties(struct survey *survey)
{
    const char *token = survey->block + survey->at;

    while (cell(token) == FDT_PROP) {
        size_t size = check_property(survey, token);

        if (size == 0)
            return false;
        survey->at += size;
        token += size;
    }
    return true;
}

/* A node that begins. There is one root, and it has no name. */
static size_t check_node(struct survey *survey, const char *token)
{
    size_t size = token_size(token, FDT_BEGIN_NODE);
    size_t depth = survey->depth++;

    if (size > NODE_SIZE_MAX || size > survey->size - survey->at - 4 ||
        (depth == 0 && (survey->has_root || token[4] != '\0')) ||
        (depth == 1 && !note_child(token + 4, survey->at, survey->layout)))
        return 0;
    survey->has_root = true;
    if (depth >= NODE_DEPTH_MAX)
        survey->layout->traits.is_deep = true;
    return size;
}

/* The end of a node. */
static size_t check_end(struct survey *survey)
{
    struct layout *layout = survey->layout;

    if (survey->depth == 0)
        return 0;
    survey->depth--;
    if (survey->depth == 0)
        layout->root_end = survey->at;
    else if (survey->depth == 1 && layout->chosen != 0 && layout->chosen_end == 0)
        layout->chosen_end = survey->at + 4;
    return 4;
}

static int read_structure(const void *fdt, struct layout *layout)
{
    struct survey survey = {
        .layout = layout,
        .block = block_of(fdt),
        .strings = strings_of(fdt),
        .size = fdt_size_dt_struct(fdt),
        .names = fdt_size_dt_strings(fdt),
        .compatible = UNSEEN,
    };
    uint32_t tag;

    /* With an end to the last name, each name has one. FDT_END is last (§5.4.1). */
    if ((survey.names != 0 && survey.strings[survey.names - 1] != '\0') || survey.size < 4 ||
        survey.size % 4 != 0 || cell(survey.block + survey.size - 4) != FDT_END)
        return -FDT_ERR_BADSTRUCTURE;
    do {
        const char *token;
        size_t size = 0;

        if (!check_properties(&survey))
            return -FDT_ERR_BADSTRUCTURE;
        token = survey.block + survey.at;
        tag = cell(token);
        if (tag == FDT_BEGIN_NODE)
            size = check_node(&survey, token);
        else if (tag == FDT_END_NODE)
            size = check_end(&survey);
        else if (tag == FDT_NOP || tag == FDT_END)
            size = 4;
        if (size == 0)
            return -FDT_ERR_BADSTRUCTURE;
        survey.at += size;
    } while (tag != FDT_END);
    return survey.has_root && survey.depth == 0 ? 0 : -FDT_ERR_BADSTRUCTURE;
}

int walk_check(const void *fdt, size_t size, struct layout *layout)
{
    int result;

    *layout = (struct layout){0};
    if (size < sizeof(struct fdt_header))
        return -FDT_ERR_TRUNCATED;
    result = fdt_check_header(fdt);
    if (result != 0)
        return result;
    if (size < fdt_totalsize(fdt))
        return -FDT_ERR_TRUNCATED;
    result = fdt_num_mem_rsv(fdt);
    if (result < 0)
        return result;
    /* Before version 17, of 2006, a header does not say how large the structure is. */
    return fdt_version(fdt) >= 17 ? read_structure(fdt, layout) : -FDT_ERR_BADVERSION;
}

struct walk walk_start(const void *fdt)
{
    return (struct walk){.block = block_of(fdt), .strings = strings_of(fdt)};
}

uint32_t walk_step(struct walk *walk)
{
    const char *token = walk->block + walk->next;
    uint32_t tag = cell(token);

    walk->at = walk->next;
    if (tag != FDT_END)
        walk->next += token_size(token, tag);
    if (tag == FDT_BEGIN_NODE)
        walk->depth++;
    else if (tag == FDT_END_NODE)
        walk->depth--;
    return tag;
}

const char *walk_name(const struct walk *walk)
{
    const char *token = walk->block + walk->at;

    return cell(token) == FDT_BEGIN_NODE
               ? token + sizeof(struct fdt_node_header)
               : walk->strings + cell(token + offsetof(struct fdt_property, nameoff));
}

const char *walk_value(const struct walk *walk, size_t *size)
{
    const char *token = walk->block + walk->at;

    *size = cell(token + offsetof(struct fdt_property, len));
    return token + sizeof(struct fdt_property);
}

struct walk walk_enter(const void *fdt, int node)
{
    struct walk walk = walk_start(fdt);

    walk.next = (size_t)node;
    walk_step(&walk);
    return walk;
}

int walk_end(const void *fdt, int node)
{
    const char *block = block_of(fdt);
    const char *token = block + node;
    size_t depth = 0;

    do {
        uint32_t tag = cell(token);

        token += token_size(token, tag);
        if (tag == FDT_BEGIN_NODE)
            depth++;
        else if (tag == FDT_END_NODE)
            depth--;
    } while (depth > 0);
    return (int)(token - block);
}

/* The node that begins at a token or behind the properties that begin there. */
static int following(const char *block, const char *token)
{
    uint32_t tag;

    while ((tag = cell(token)) == FDT_PROP || tag == FDT_NOP)
        token += token_size(token, tag);
    return tag == FDT_BEGIN_NODE ? (int)(token - block) : -FDT_ERR_NOTFOUND;
}

int walk_child(const void *fdt, int parent)
{
    const char *block = block_of(fdt);

    if (parent < 0)
        return -FDT_ERR_NOTFOUND;
    return following(block, block + parent + token_size(block + parent, FDT_BEGIN_NODE));
}

int walk_sibling(const void *fdt, int node)
{
    const char *block = block_of(fdt);

    return node >= 0 ? following(block, block + walk_end(fdt, node)) : -FDT_ERR_NOTFOUND;
}

int walk_next(const void *fdt, int node)
{
    const char *block = block_of(fdt);
    const char *token = block;
    uint32_t tag;

    if (node >= 0)
        token += (size_t)node + token_size(block + node, FDT_BEGIN_NODE);
    while ((tag = cell(token)) != FDT_BEGIN_NODE && tag != FDT_END)
        token += token_size(token, tag);
    return tag == FDT_BEGIN_NODE ? (int)(token - block) : -FDT_ERR_NOTFOUND;
}

int walk_parent(const void *fdt, int node)
{
    int parent = -FDT_ERR_NOTFOUND;
    int child = 0;

    while (child >= 0 && child < node) {
        int end = walk_end(fdt, child);

        if (end > node)
            parent = child;
        child = end > node ? walk_child(fdt, child) : walk_sibling(fdt, child);
    }
    return parent;
}

int walk_find(const void *fdt, int parent, const char *name)
{
    const char *block = block_of(fdt);
    size_t length = strlen(name);
    int node = walk_child(fdt, parent);

    while (node >= 0 && !is_named(block + node + 4, name, length))
        node = walk_sibling(fdt, node);
    return node;
}

const char *walk_property(const void *fdt, int node, const char *name, size_t *size)
{
    const char *strings = strings_of(fdt);
    const char *token = block_of(fdt) + node;
    uint32_t tag = FDT_BEGIN_NODE;

    do {
        token += token_size(token, tag);
        tag = cell(token);
        if (tag == FDT_PROP) {
            const char *own = strings + cell(token + offsetof(struct fdt_property, nameoff));

            if (own[0] == name[0] && strcmp(own, name) == 0) {
                *size = cell(token + offsetof(struct fdt_property, len));
                return token + sizeof(struct fdt_property);
            }
        }
    } while (tag == FDT_PROP || tag == FDT_NOP);
    return NULL;
}
