/* SPDX-License-Identifier: BSD-2-Clause */
/* The working tree: libfdt's read-write functions over a buffer that doubles when it is full. */
#include "core/tree/tree.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/tree/walk.h"

#define FIRST_ROOM  4096U          /* bytes for edits in a tree that was just opened */
#define STRINGS_MAX (256U * 1024U) /* bytes of the names of properties */
#define CHOSEN_MAX  (256U * 1024U) /* bytes of /chosen, whose parts are looked up often */
#define NAME_SIZE   256U           /* of a property, with its end */

/* True if every property name fits: libfdt measures names at each comparison. */
static bool check_names(const void *fdt)
{
    const char *name = (const char *)fdt + fdt_off_dt_strings(fdt);
    size_t length = 0;

    for (size_t left = fdt_size_dt_strings(fdt); left > 0 && length < NAME_SIZE; left--)
        length = *name++ != '\0' ? length + 1 : 0;
    return length == 0;
}

static int read_layout(const void *fdt, size_t size, struct layout *layout)
{
    int result;

    if (size < sizeof(fdt32_t) || fdt32_ld(fdt) != FDT_MAGIC)
        return -FDT_ERR_BADMAGIC;
    result = walk_check(fdt, size, layout);
    return result == 0 && !check_names(fdt) ? -FDT_ERR_BADSTRUCTURE : result;
}

int tree_check(const void *fdt, size_t size)
{
    struct layout layout;

    return read_layout(fdt, size, &layout);
}

bool tree_is_overlay(const void *fdt)
{
    int node = walk_child(fdt, 0);
    const char *name = node >= 0 ? fdt_get_name(fdt, node, NULL) : NULL;

    return name != NULL && text_starts(name, "fragment") &&
           fdt_subnode_offset(fdt, node, "__overlay__") >= 0;
}

const char *tree_hint(const void *content, size_t size, const char *otherwise)
{
    return size >= 8 && memcmp(content, "/dts-v1/", 8) == 0
               ? "it is source text: compile it with dtc"
               : otherwise;
}

const char *tree_error(int error)
{
    switch (-error) {
    case FDT_ERR_BADMAGIC:
        return "it does not start with d0 0d fe ed";
    case FDT_ERR_TRUNCATED:
        return "it is cut off";
    case FDT_ERR_BADVERSION:
        return "its version is not supported";
    case FDT_ERR_BADSTRUCTURE:
    case FDT_ERR_BADLAYOUT:
    case FDT_ERR_BADSTATE:
        return "it is damaged";
    case FDT_ERR_NOSPACE:
        return "it is too large";
    case FDT_ERR_EXISTS:
        return "such a node is there already";
    case FDT_ERR_NOTFOUND:
        return "a node or property is missing";
    default:
        return fdt_strerror(error);
    }
}

/* Bytes of the memory reservation block of a checked tree, with its end. */
static size_t reserved_size(const void *fdt)
{
    return ((size_t)fdt_num_mem_rsv(fdt) + 1) * sizeof(struct fdt_reserve_entry);
}

/* Bytes that the parts of a checked tree take; its totalsize may have any slack behind them. */
static size_t used_size(const void *fdt)
{
    return sizeof(struct fdt_header) + reserved_size(fdt) + fdt_size_dt_struct(fdt) +
           fdt_size_dt_strings(fdt);
}

/* Copies the structure block with /chosen as the last child; the offset of /chosen, 0 for none. */
static int copy_structure(char *to, const void *fdt, const struct layout *layout)
{
    const char *from = (const char *)fdt + fdt_off_dt_struct(fdt);
    size_t size = layout->chosen_end - layout->chosen;
    size_t others_end = layout->root_end - size;

    memcpy(to, from, layout->chosen);
    memcpy(to + layout->chosen, from + layout->chosen_end, layout->root_end - layout->chosen_end);
    memcpy(to + others_end, from + layout->chosen, size);
    memcpy(to + layout->root_end, from + layout->root_end,
           fdt_size_dt_struct(fdt) - layout->root_end);
    return size != 0 ? (int)others_end : 0;
}

/*
 * Copies a tree without its slack, which fdt_open_into would copy too: firmware hands over trees of
 * a few KiB in a MiB of it. Puts the parts into the order that editing needs.
 */
static void copy_parts(struct tree *tree, const void *fdt, const struct layout *layout)
{
    char *to = tree->fdt;
    const char *from = fdt;
    uint32_t structure = (uint32_t)(sizeof(struct fdt_header) + reserved_size(fdt));
    uint32_t strings = structure + fdt_size_dt_struct(fdt);

    memcpy(to, from, sizeof(struct fdt_header));
    memcpy(to + sizeof(struct fdt_header), from + fdt_off_mem_rsvmap(fdt), reserved_size(fdt));
    tree->chosen = copy_structure(to + structure, fdt, layout);
    memcpy(to + strings, from + fdt_off_dt_strings(fdt), fdt_size_dt_strings(fdt));
    memset(to + tree->capacity - FIRST_ROOM, 0, FIRST_ROOM);
    fdt_set_off_mem_rsvmap(to, sizeof(struct fdt_header));
    fdt_set_off_dt_struct(to, structure);
    fdt_set_off_dt_strings(to, strings);
    fdt_set_totalsize(to, (uint32_t)tree->capacity);
    fdt_set_version(to, 17);
    fdt_set_last_comp_version(to, 16);
}

int tree_open(struct tree *tree, struct arena *arena, const void *fdt, size_t size)
{
    struct layout layout;
    int result = read_layout(fdt, size, &layout);
    size_t used;

    *tree = (struct tree){.arena = arena};
    if (result != 0)
        return result;
    used = used_size(fdt);
    if (used > TREE_SIZE_MAX || fdt_size_dt_strings(fdt) > STRINGS_MAX ||
        layout.chosen_end - layout.chosen > CHOSEN_MAX)
        return -FDT_ERR_NOSPACE;
    tree->capacity = used + FIRST_ROOM;
    tree->fdt = arena_bulk(arena, tree->capacity);
    if (tree->fdt == NULL)
        return -FDT_ERR_NOSPACE;
    copy_parts(tree, fdt, &layout);
    tree->traits = layout.traits;
    return 0;
}

int tree_reread(struct tree *tree)
{
    struct layout layout = {0};
    int result = read_layout(tree->fdt, tree->capacity, &layout);

    tree->chosen = 0;
    tree->traits = layout.traits;
    return result;
}

int tree_create(struct tree *tree, struct arena *arena)
{
    *tree = (struct tree){.arena = arena, .capacity = FIRST_ROOM};
    tree->fdt = arena_allocate(arena, tree->capacity);
    return tree->fdt != NULL ? fdt_create_empty_tree(tree->fdt, (int)tree->capacity)
                             : -FDT_ERR_NOSPACE;
}

int tree_grow(struct tree *tree, size_t bytes)
{
    size_t capacity = 2 * tree->capacity + bytes;
    void *larger;

    if (capacity > INT32_MAX)
        return -FDT_ERR_NOSPACE;
    larger = arena_bulk(tree->arena, capacity);
    if (larger == NULL)
        return -FDT_ERR_NOSPACE;
    memcpy(larger, tree->fdt, tree->capacity);
    memset((char *)larger + tree->capacity, 0, capacity - tree->capacity);
    tree->capacity = capacity;
    tree->fdt = larger;
    return fdt_open_into(tree->fdt, tree->fdt, (int)capacity);
}

/* To be called before an edit of a node or below it: edits before /chosen move it. */
static void begin_edit(struct tree *tree, int node)
{
    if (node < tree->chosen)
        tree->chosen = 0;
}

int tree_set(struct tree *tree, int node, const char *name, const void *value, size_t size)
{
    int result;

    if (size > INT32_MAX)
        return -FDT_ERR_NOSPACE;
    begin_edit(tree, node);
    do
        result = fdt_setprop(tree->fdt, node, name, value, (int)size);
    while (result == -FDT_ERR_NOSPACE && tree_grow(tree, size + strlen(name)) == 0);
    return result;
}

int tree_set_string(struct tree *tree, int node, const char *name, const char *value)
{
    return tree_set(tree, node, name, value, strlen(value) + 1);
}

int tree_set_u32(struct tree *tree, int node, const char *name, uint32_t value)
{
    fdt32_t cell = cpu_to_fdt32(value);

    return tree_set(tree, node, name, &cell, sizeof(cell));
}

int tree_remove(struct tree *tree, int node, const char *name)
{
    if (!tree_has(tree->fdt, node, name))
        return 0;
    begin_edit(tree, node);
    return fdt_delprop(tree->fdt, node, name);
}

int tree_add_node(struct tree *tree, int parent, const char *name)
{
    int result;

    begin_edit(tree, parent);
    do
        result = fdt_add_subnode(tree->fdt, parent, name);
    while (result == -FDT_ERR_NOSPACE && tree_grow(tree, strlen(name)) == 0);
    return result;
}

int tree_rename(struct tree *tree, int node, const char *name)
{
    int result;

    begin_edit(tree, node);
    do
        result = fdt_set_name(tree->fdt, node, name);
    while (result == -FDT_ERR_NOSPACE && tree_grow(tree, strlen(name)) == 0);
    return result;
}

int tree_find_chosen(const struct tree *tree)
{
    return tree->chosen != 0 ? tree->chosen : walk_find(tree->fdt, 0, "chosen");
}

int tree_chosen(struct tree *tree)
{
    int chosen = tree_find_chosen(tree);

    if (chosen == -FDT_ERR_NOTFOUND)
        chosen = tree_add_node(tree, 0, "chosen");
    tree->chosen = chosen > 0 ? chosen : 0;
    return chosen;
}

int tree_finish(struct tree *tree)
{
    char *block = (char *)tree->fdt + fdt_off_dt_struct(tree->fdt);
    int chosen = tree_find_chosen(tree);
    int first = walk_child(tree->fdt, 0);

    if (chosen > first) {
        size_t size = (size_t)(walk_end(tree->fdt, chosen) - chosen);
        char *copy = arena_allocate(tree->arena, size);

        if (copy == NULL)
            return -FDT_ERR_NOSPACE;
        memcpy(copy, block + chosen, size);
        memmove(block + first + size, block + first, (size_t)(chosen - first));
        memcpy(block + first, copy, size);
        tree->chosen = first;
    }
    return fdt_pack(tree->fdt);
}

int tree_pad(struct tree *tree, size_t bytes)
{
    size_t used = fdt_totalsize(tree->fdt);

    if (tree->capacity - used < bytes && tree_grow(tree, bytes) != 0)
        return -FDT_ERR_NOSPACE;
    memset((char *)tree->fdt + used, 0, bytes);
    fdt_set_totalsize(tree->fdt, (uint32_t)(used + bytes));
    return 0;
}

const void *tree_get(const void *fdt, int node, const char *name, int *size)
{
    size_t bytes = 0;
    const char *value = node >= 0 ? walk_property(fdt, node, name, &bytes) : NULL;

    if (value != NULL && size != NULL)
        *size = (int)bytes;
    return value;
}

const char *tree_string(const void *fdt, int node, const char *name)
{
    int size;
    const char *value = tree_get(fdt, node, name, &size);

    if (value == NULL || size < 1 || memchr(value, '\0', (size_t)size) != value + size - 1)
        return NULL;
    return value;
}

bool tree_has(const void *fdt, int node, const char *name)
{
    return tree_get(fdt, node, name, NULL) != NULL;
}

bool tree_is_compatible(const void *fdt, int node, const char *compatible)
{
    int size;
    const char *list = tree_get(fdt, node, "compatible", &size);

    return list != NULL && fdt_stringlist_contains(list, size, compatible);
}

int tree_find_compatible(const void *fdt, const char *compatible)
{
    int node = 0;

    while (node >= 0 && !tree_is_compatible(fdt, node, compatible))
        node = walk_next(fdt, node);
    return node;
}

bool tree_is_off(const void *fdt, int node)
{
    const char *status = tree_string(fdt, node, "status");

    return status != NULL && strcmp(status, "okay") != 0 && strcmp(status, "ok") != 0;
}

uint32_t tree_cells(const void *fdt, int node, const char *name, uint32_t missing)
{
    int size;
    const fdt32_t *value = tree_get(fdt, node, name, &size);

    if (value == NULL)
        return missing;
    return size == (int)sizeof(*value) ? fdt32_ld(value) : UINT32_MAX;
}

bool tree_cell(const void *fdt, int node, const char *name, uint32_t *value)
{
    int size;
    const fdt32_t *cell = tree_get(fdt, node, name, &size);

    if (cell == NULL || (size_t)size < sizeof(*cell) ||
        text_is_plain((const char *)cell, (size_t)size))
        return false;
    *value = fdt32_ld(cell);
    return true;
}

bool tree_read_number(const void *data, unsigned cells, uint64_t *number)
{
    const fdt32_t *cell = data;

    *number = 0;
    for (unsigned at = 0; at < cells; at++) {
        if (*number >> 32 != 0)
            return false;
        *number = *number << 32 | fdt32_ld(cell + at);
    }
    return true;
}

bool tree_write_number(void *data, unsigned cells, uint64_t number)
{
    fdt32_t *cell = data;

    for (unsigned at = cells; at-- > 0; number >>= 32)
        fdt32_st(cell + at, (uint32_t)number);
    return number == 0;
}
