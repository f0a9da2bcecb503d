/* SPDX-License-Identifier: BSD-2-Clause */
/* The origin of a node: the line of the configuration that it was made from, kept in the tree. */
#include "core/compose/origin.h"

#include <libfdt.h>
#include <string.h>

#include "core/tree/outline.h"

/* The origin property: line, column and width, a cell each, then the name of the file. */
#define ORIGIN_CELLS 3U

void origin_strip(struct tree *tree)
{
    char *block = (char *)tree->fdt + fdt_off_dt_struct(tree->fdt);
    struct outline_walk walk = outline_start(tree->fdt);
    uint32_t tag;

    while ((tag = outline_step(&walk)) != FDT_END) {
        const char *name = tag == FDT_PROP ? outline_name(&walk) : "";

        if (strcmp(name, ORIGIN_PROPERTY) == 0 || strcmp(name, FAULTY_PROPERTY) == 0)
            for (size_t at = walk.at; at < walk.next; at += sizeof(fdt32_t))
                fdt32_st(block + at, FDT_NOP);
    }
}

int origin_set(struct tree *tree, int node, const struct location *origin)
{
    size_t length = strlen(origin->file) + 1;
    size_t size = ORIGIN_CELLS * sizeof(fdt32_t) + length;
    fdt32_t *value = arena_allocate(tree->arena, size);

    if (value == NULL)
        return -FDT_ERR_NOSPACE;
    fdt32_st(&value[0], origin->line);
    fdt32_st(&value[1], origin->column);
    fdt32_st(&value[2], origin->width);
    memcpy(&value[ORIGIN_CELLS], origin->file, length);
    return tree_set(tree, node, ORIGIN_PROPERTY, value, size);
}

struct location origin_of(struct arena *arena, const void *fdt, int node, const char *path)
{
    struct location where = {.node = path, .order = (unsigned)node};
    int size;
    const fdt32_t *value = tree_get(fdt, node, ORIGIN_PROPERTY, &size);
    size_t header = ORIGIN_CELLS * sizeof(*value);

    if (value == NULL || (size_t)size <= header)
        return where;
    where.file = arena_copy(arena, (const char *)&value[ORIGIN_CELLS], (size_t)size - header);
    if (where.file != NULL) {
        where.line = fdt32_ld(&value[0]);
        where.column = fdt32_ld(&value[1]);
        where.width = fdt32_ld(&value[2]);
    }
    return where;
}
