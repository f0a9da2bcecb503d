/* SPDX-License-Identifier: BSD-2-Clause */
/* The origin of a node: the line of the configuration that it was made from, kept in the tree. */
#include "core/compose/origin.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/search.h"
#include "core/tree/walk.h"

#define OWN "muster," /* the start of the names of both properties */

/*
 * The origin property: line, column and width, a cell each, then the name of the file; then for
 * each entry the name of the property and three such cells. Nothing is aligned behind the first
 * name.
 */
#define ORIGIN_CELLS 3U
#define ORIGIN_PLACE (ORIGIN_CELLS * sizeof(fdt32_t))

static char *put_place(char *to, const struct location *where)
{
    fdt32_st(to, where->line);
    fdt32_st(to + sizeof(fdt32_t), where->column);
    fdt32_st(to + 2 * sizeof(fdt32_t), where->width);
    return to + ORIGIN_PLACE;
}

static void get_place(const char *from, struct location *where)
{
    where->line = fdt32_ld((const fdt32_t *)(const void *)from);
    where->column = fdt32_ld((const fdt32_t *)(const void *)(from + sizeof(fdt32_t)));
    where->width = fdt32_ld((const fdt32_t *)(const void *)(from + 2 * sizeof(fdt32_t)));
}

static char *put_text(char *to, const char *text)
{
    size_t size = strlen(text) + 1;

    memcpy(to, text, size);
    return to + size;
}

int origin_set_entries(struct tree *tree, int node, const struct location *origin,
                       struct config_entry *const *entries, size_t count)
{
    size_t size = ORIGIN_PLACE + strlen(origin->file) + 1;
    char *value;
    char *to;

    for (size_t at = 0; at < count; at++)
        size += strlen(entries[at]->key) + 1 + 2 * ORIGIN_PLACE;
    value = arena_allocate(tree->arena, size);
    if (value == NULL)
        return -FDT_ERR_NOSPACE;
    to = put_text(put_place(value, origin), origin->file);
    for (size_t at = 0; at < count; at++) {
        to = put_place(put_text(to, entries[at]->key), &entries[at]->where);
        to = put_place(to, &entries[at]->value_where);
    }
    return tree_set(tree, node, ORIGIN_PROPERTY, value, size);
}

/* True if a property of a tree may be Muster's own. */
static bool has_own(const void *fdt)
{
    struct search search;

    search_start(&search, (const char *)fdt + fdt_off_dt_strings(fdt), fdt_size_dt_strings(fdt), 0,
                 OWN, strlen(OWN));
    return search_next(&search) != NULL;
}

void origin_strip(struct tree *tree)
{
    char *block = (char *)tree->fdt + fdt_off_dt_struct(tree->fdt);
    struct walk walk = walk_start(tree->fdt);
    uint32_t tag;

    if (!has_own(tree->fdt))
        return;
    while ((tag = walk_step(&walk)) != FDT_END) {
        const char *name = tag == FDT_PROP ? walk_name(&walk) : "";

        if (strcmp(name, ORIGIN_PROPERTY) == 0 || strcmp(name, FAULTY_PROPERTY) == 0)
            for (size_t at = walk.at; at < walk.next; at += sizeof(fdt32_t))
                fdt32_st(block + at, FDT_NOP);
    }
}

int origin_set(struct tree *tree, int node, const struct location *origin)
{
    return origin_set_entries(tree, node, origin, NULL, 0);
}

struct origin_lines origin_lines_of(struct arena *arena, const void *fdt, int node)
{
    struct origin_lines lines = {0};
    int size;
    const char *value = tree_get(fdt, node, ORIGIN_PROPERTY, &size);
    size_t header;

    if (value == NULL || (size_t)size <= ORIGIN_PLACE)
        return lines;
    header = ORIGIN_PLACE + strnlen(value + ORIGIN_PLACE, (size_t)size - ORIGIN_PLACE) + 1;
    if (header >= (size_t)size)
        return lines;
    lines.bytes = arena_copy(arena, value + header, (size_t)size - header);
    lines.size = lines.bytes != NULL ? (size_t)size - header : 0;
    return lines;
}

bool origin_entry(const struct origin_lines *lines, const char *name, enum origin_part part,
                  struct location *where)
{
    size_t left = lines->size;

    for (const char *at = lines->bytes; left != 0;) {
        size_t size = strnlen(at, left) + 1 + 2 * ORIGIN_PLACE;

        if (size > left)
            return false;
        if (strcmp(at, name) == 0) {
            get_place(at + size - (part == ORIGIN_KEY ? 2 : 1) * ORIGIN_PLACE, where);
            return true;
        }
        at += size;
        left -= size;
    }
    return false;
}

struct location origin_of(struct arena *arena, const void *fdt, int node, const char *path)
{
    struct location where = {.node = path, .order = (unsigned)node};
    int size;
    const char *value = tree_get(fdt, node, ORIGIN_PROPERTY, &size);

    if (value == NULL || (size_t)size <= ORIGIN_PLACE)
        return where;
    where.file = arena_copy(arena, value + ORIGIN_PLACE, (size_t)size - ORIGIN_PLACE);
    if (where.file != NULL)
        get_place(value, &where);
    return where;
}
