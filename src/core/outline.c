/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The outline of a flattened tree. libfdt checks the bounds of each letter of each name that it
 * walks over: in a tree of a MiB, one walk of its takes longer than Xen's own loader does in all.
 */
#include "outline.h"

#include <libfdt.h>
#include <stdbool.h>
#include <string.h>

#define BROKEN UINT32_MAX /* no tag has this value */

/* The cell at `at`, by one instruction: a call for each, as of libfdt's fdt32_ld, counts here. */
static inline __attribute__((always_inline)) uint32_t cell(const struct outline_walk *walk,
                                                           size_t at)
{
    const unsigned char *bytes = (const unsigned char *)walk->block + at;

    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* The bytes of the name at `at` with its end, a multiple of 4; beyond the block without an end. */
static size_t name_size(const struct outline_walk *walk, size_t at)
{
    size_t size = 4;

    /* The end is where a byte of the word is zero. */
    while (at + size <= walk->size) {
        uint32_t word = cell(walk, at + size - 4);

        if (((word - 0x01010101U) & ~word & 0x80808080U) != 0)
            return size;
        size += 4;
    }
    return size;
}

/* Reads the next token; its tag, or BROKEN. */
static uint32_t step(struct outline_walk *walk)
{
    size_t left = walk->size - walk->next;
    size_t size = 4;
    uint32_t tag;

    walk->at = walk->next;
    if (left < size)
        return BROKEN;
    tag = cell(walk, walk->at);
    if (tag == FDT_BEGIN_NODE) {
        size += name_size(walk, walk->at + 4);
        walk->depth++;
    } else if (tag == FDT_END_NODE && walk->depth > 0) {
        walk->depth--;
    } else if (tag == FDT_PROP && walk->depth > 0 && left >= sizeof(struct fdt_property)) {
        size = sizeof(struct fdt_property) + (((size_t)cell(walk, walk->at + 4) + 3) & ~(size_t)3);
    } else if (tag != FDT_NOP && tag != FDT_END) {
        return BROKEN;
    }
    if (size > left)
        return BROKEN;
    walk->next += size;
    return tag;
}

/* Whether the node at the walk's token has this name, or has it in front of a unit address. */
static bool is_named(const struct outline_walk *walk, const char *name, size_t length)
{
    const char *own = walk->block + walk->at + 4;

    return walk->next - walk->at - 4 > length && memcmp(own, name, length) == 0 &&
           (own[length] == '\0' || (own[length] == '@' && memchr(name, '@', length) == NULL));
}

/*
 * What the walk has come to, into the outline. False for a second /chosen: Xen would take the one
 * that then comes first, which need not be the one that was edited.
 */
static bool note(const struct outline_walk *walk, uint32_t tag, struct outline *outline)
{
    if (tag == FDT_END_NODE && walk->depth == 0)
        outline->root_end = walk->at;
    if (walk->depth == 1 && tag == FDT_END_NODE && outline->chosen != 0 && outline->chosen_end == 0)
        outline->chosen_end = walk->next;
    if (walk->depth != 2 || tag != FDT_BEGIN_NODE || !is_named(walk, "chosen", 6))
        return true;
    if (outline->chosen != 0)
        return false;
    outline->chosen = walk->at;
    return true;
}

static int read_structure(const void *fdt, struct outline *outline)
{
    struct outline_walk walk = outline_start(fdt);
    uint32_t strings = fdt_size_dt_strings(fdt);
    bool has_root = false;
    uint32_t tag;

    /* With an end to the last name, each name has one. */
    if (strings != 0 && ((const char *)fdt)[fdt_off_dt_strings(fdt) + strings - 1] != '\0')
        return -FDT_ERR_BADSTRUCTURE;
    while ((tag = step(&walk)) != FDT_END) {
        if (tag == BROKEN ||
            (tag == FDT_PROP &&
             cell(&walk, walk.at + offsetof(struct fdt_property, nameoff)) >= strings))
            return -FDT_ERR_BADSTRUCTURE;
        if (tag == FDT_BEGIN_NODE && walk.depth == 1) {
            /* There is one root, and it has no name. */
            if (has_root || *outline_name(&walk) != '\0')
                return -FDT_ERR_BADSTRUCTURE;
            has_root = true;
        }
        if (!note(&walk, tag, outline))
            return -FDT_ERR_BADSTRUCTURE;
    }
    return has_root && walk.depth == 0 ? 0 : -FDT_ERR_BADSTRUCTURE;
}

int outline_read(const void *fdt, size_t size, struct outline *outline)
{
    int result;

    *outline = (struct outline){0};
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
    return fdt_version(fdt) >= 17 ? read_structure(fdt, outline) : -FDT_ERR_BADVERSION;
}

int outline_find(const void *fdt, const char *name)
{
    struct outline_walk walk = outline_start(fdt);
    size_t length = strlen(name);
    uint32_t tag;

    for (tag = step(&walk); tag != FDT_END && tag != BROKEN; tag = step(&walk))
        if (tag == FDT_BEGIN_NODE && walk.depth == 2 && is_named(&walk, name, length))
            return (int)walk.at;
    return -FDT_ERR_NOTFOUND;
}

struct outline_walk outline_start(const void *fdt)
{
    return (struct outline_walk){
        .block = (const char *)fdt + fdt_off_dt_struct(fdt),
        .strings = (const char *)fdt + fdt_off_dt_strings(fdt),
        .size = fdt_size_dt_struct(fdt),
    };
}

uint32_t outline_step(struct outline_walk *walk)
{
    uint32_t tag = step(walk);

    return tag != BROKEN ? tag : FDT_END;
}

const char *outline_name(const struct outline_walk *walk)
{
    if (cell(walk, walk->at) == FDT_BEGIN_NODE)
        return walk->block + walk->at + sizeof(struct fdt_node_header);
    return walk->strings + cell(walk, walk->at + offsetof(struct fdt_property, nameoff));
}

const char *outline_value(const struct outline_walk *walk, size_t *size)
{
    *size = cell(walk, walk->at + offsetof(struct fdt_property, len));
    return walk->block + walk->at + sizeof(struct fdt_property);
}

int outline_end(const void *fdt, int node)
{
    struct outline_walk walk = outline_start(fdt);
    uint32_t tag;

    walk.next = (size_t)node;
    do
        tag = step(&walk);
    while (walk.depth > 0 && tag != BROKEN);
    return (int)walk.next;
}
