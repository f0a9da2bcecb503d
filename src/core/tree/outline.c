/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The outline of a flattened tree. libfdt checks the bounds of each letter of each name that it
 * walks over: in a tree of a MiB, one walk of its takes longer than Xen's own loader does in all.
 */
#include "core/tree/outline.h"

#include <libfdt.h>
#include <stdbool.h>
#include <string.h>

#define BROKEN        UINT32_MAX                 /* no tag has this value */
#define NODE_SIZE_MAX (4 + OUTLINE_NAME_MAX + 1) /* bytes of the token of a node */

/* The cell at `at`, by one instruction: a call for each, as of libfdt's fdt32_ld, counts here. */
static inline __attribute__((always_inline)) uint32_t cell(const struct outline_walk *walk,
                                                           size_t at)
{
    const unsigned char *bytes = (const unsigned char *)walk->block + at;

    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/*
 * The bytes of the name at `at` with its end, a multiple of 4. The block's last token ends any
 * name.
 */
static inline __attribute__((always_inline)) size_t name_size(const struct outline_walk *walk,
                                                              size_t at)
{
    size_t end = at;
    uint32_t word;

    /* The end is where a byte of the word is zero. */
    do {
        word = cell(walk, end);
        end += 4;
    } while (((word - 0x01010101U) & ~word & 0x80808080U) == 0);
    return end - at;
}

/*
 * Reads the next token; its tag, or BROKEN, which a node of more bytes than `node_size` is, too.
 * Another token follows each that is not FDT_END.
 */
static inline __attribute__((always_inline)) uint32_t step(struct outline_walk *walk,
                                                           size_t node_size)
{
    size_t size = 4;
    uint32_t tag;

    walk->at = walk->next;
    tag = cell(walk, walk->at);
    if (tag == FDT_PROP && walk->depth > 0 && walk->size - walk->at > sizeof(struct fdt_property)) {
        size = sizeof(struct fdt_property) + (((size_t)cell(walk, walk->at + 4) + 3) & ~(size_t)3);
    } else if (tag == FDT_BEGIN_NODE) {
        size += name_size(walk, walk->at + 4);
        if (size > node_size)
            return BROKEN;
        walk->depth++;
    } else if (tag == FDT_END_NODE && walk->depth > 0) {
        walk->depth--;
    } else if (tag == FDT_END) {
        return tag;
    } else if (tag != FDT_NOP) {
        return BROKEN;
    }
    if (size > walk->size - walk->at - 4)
        return BROKEN;
    walk->next += size;
    return tag;
}

/* True if a node's own name is this one, or has it in front of a unit address. */
static bool is_named(const char *own, const char *name, size_t length)
{
    return strncmp(own, name, length) == 0 &&
           (own[length] == '\0' || (own[length] == '@' && memchr(name, '@', length) == NULL));
}

/*
 * A child of the root, into the outline. False for a second /chosen: Xen would take the one that
 * then comes first, which need not be the one that was edited.
 */
static bool note_child(const char *name, size_t at, struct outline *outline)
{
    if (is_named(name, "reserved-memory", 15))
        outline->traits.has_reserved = true;
    if (!is_named(name, "chosen", 6))
        return true;
    if (outline->chosen != 0)
        return false;
    outline->chosen = at;
    return true;
}

/* True if the first text of a compatible, with what follows it, is a domain's. */
static inline __attribute__((always_inline)) bool is_domain(const char *text)
{
    return memcmp(text, "xen,", 4) == 0 && strcmp(text, "xen,domain") == 0;
}

/* The walk itself is not handed to other functions, so that it stays in registers. */
static int read_structure(const void *fdt, struct outline *outline)
{
    struct outline_walk walk = outline_start(fdt);
    uint32_t strings = fdt_size_dt_strings(fdt);
    uint32_t compatible = BROKEN; /* where its name is, which is there once, when it was seen */
    bool has_root = false;
    uint32_t tag;

    /* With an end to the last name, each name has one. FDT_END is last (§5.4.1). */
    if ((strings != 0 && walk.strings[strings - 1] != '\0') || walk.size < 4 ||
        walk.size % 4 != 0 || cell(&walk, walk.size - 4) != FDT_END)
        return -FDT_ERR_BADSTRUCTURE;
    while ((tag = step(&walk, NODE_SIZE_MAX)) != FDT_END) {
        if (tag == FDT_PROP) {
            const char *property = walk.block + walk.at;
            uint32_t name = cell(&walk, walk.at + offsetof(struct fdt_property, nameoff));

            if (name >= strings)
                return -FDT_ERR_BADSTRUCTURE;
            if (compatible == BROKEN && walk.strings[name] == 'c' &&
                strcmp(walk.strings + name, "compatible") == 0)
                compatible = name;
            if (name == compatible && is_domain(property + sizeof(struct fdt_property)) &&
                (walk.depth != 3 || outline->chosen == 0 || outline->chosen_end != 0))
                outline->traits.has_stray = true;
        } else if (tag == BROKEN) {
            return -FDT_ERR_BADSTRUCTURE;
        } else if (walk.depth > 2 || tag == FDT_NOP) {
            continue;
        } else if (tag == FDT_END_NODE && walk.depth == 0) {
            outline->root_end = walk.at;
        } else if (tag == FDT_END_NODE && walk.depth == 1) {
            if (outline->chosen != 0 && outline->chosen_end == 0)
                outline->chosen_end = walk.next;
        } else if (tag == FDT_BEGIN_NODE && walk.depth == 1) {
            /* There is one root, and it has no name. */
            if (has_root || walk.block[walk.at + 4] != '\0')
                return -FDT_ERR_BADSTRUCTURE;
            has_root = true;
        } else if (tag == FDT_BEGIN_NODE) {
            if (!note_child(walk.block + walk.at + 4, walk.at, outline))
                return -FDT_ERR_BADSTRUCTURE;
        }
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

    while ((tag = outline_step(&walk)) != FDT_END)
        if (tag == FDT_BEGIN_NODE && walk.depth == 2 && is_named(outline_name(&walk), name, length))
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
    uint32_t tag = step(walk, SIZE_MAX);

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
    walk.next = (size_t)node;
    while (outline_step(&walk) != FDT_END && walk.depth > 0)
        continue;
    return (int)walk.next;
}
