/* SPDX-License-Identifier: BSD-2-Clause */
/* The working tree: a flattened device tree that grows in the arena as it is edited. */
#ifndef MUSTER_TREE_H
#define MUSTER_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/tree/walk.h"

#define TREE_SIZE_MAX  (2U * 1024U * 1024U) /* bytes; what Xen maps of a tree */
#define TREE_CELLS_MAX 4U                   /* cells that an address or size may have here */

struct tree {
    struct arena *arena;
    void *fdt;            /* libfdt's blob; moves when it grows */
    size_t capacity;      /* bytes of the buffer, at least fdt_totalsize */
    int chosen;           /* the offset of /chosen; 0 when not known, as after edits before it */
    struct traits traits; /* what it had when it was opened or checked last */
};

/*
 * Checks that `size` bytes hold a valid flattened tree (Devicetree Specification §5), by
 * walk_check. Returns 0 or a negative libfdt error, -FDT_ERR_BADMAGIC for what is none at all.
 */
int tree_check(const void *fdt, size_t size);

/*
 * Checks a tree that somebody else has edited, and knows it anew. Returns 0 or a negative libfdt
 * error; then the tree is not to be used.
 */
int tree_reread(struct tree *tree);

/* True if a tree is an overlay, as dtc makes them: the first child of the root is a fragment. */
bool tree_is_overlay(const void *fdt);

/* The hint for what is no tree: to compile it if it is source, else `otherwise`. */
const char *tree_hint(const void *content, size_t size, const char *otherwise);

/* The meaning of a negative libfdt error to a person, such as "it is cut off"; static. */
const char *tree_error(int error);

/*
 * Copies a flattened tree of at most `size` bytes into the arena, with room to edit; /chosen
 * becomes the last child of the root, so that edits in it move little. Returns 0 or a negative
 * libfdt error: -FDT_ERR_BADMAGIC and others for what is not a valid tree, judged by tree_check;
 * -FDT_ERR_NOSPACE without memory or when it exceeds TREE_SIZE_MAX; so for /chosen, or the names of
 * properties, of more than 256 KiB.
 */
int tree_open(struct tree *tree, struct arena *arena, const void *fdt, size_t size);

/* Makes an empty tree with only a root. Returns as tree_open. */
int tree_create(struct tree *tree, struct arena *arena);

/*
 * As fdt_setprop, fdt_add_subnode and fdt_set_name of libfdt, growing the buffer as
 * needed: all return what those return; -FDT_ERR_NOSPACE only without memory.
 */
int tree_set(struct tree *tree, int node, const char *name, const void *value, size_t size);
int tree_set_string(struct tree *tree, int node, const char *name, const char *value);
int tree_set_u32(struct tree *tree, int node, const char *name, uint32_t value);
int tree_add_node(struct tree *tree, int parent, const char *name);
int tree_rename(struct tree *tree, int node, const char *name);

/* As fdt_delprop; 0 also where there is no such property. */
int tree_remove(struct tree *tree, int node, const char *name);

/* Makes room for `bytes` more at least. Returns 0 or -FDT_ERR_NOSPACE. */
int tree_grow(struct tree *tree, size_t bytes);

/*
 * Ends editing: /chosen becomes the first child of the root, because Xen looks for it again and
 * again, and the slack is removed. Offsets change. Returns 0 or a negative libfdt error.
 */
int tree_finish(struct tree *tree);

/*
 * Gives a finished tree this many bytes behind its parts, counted in its size. Returns 0 or
 * -FDT_ERR_NOSPACE without memory.
 */
int tree_pad(struct tree *tree, size_t bytes);

/* The offset of /chosen or a negative libfdt error. */
int tree_find_chosen(const struct tree *tree);

/* The same; the node is made when it is missing. */
int tree_chosen(struct tree *tree);

/*
 * As fdt_getprop for a tree that was checked, and several times as fast: the value of a property of
 * `node`, with its bytes in *size unless that is NULL. NULL where there is none, or node is
 * negative.
 */
const void *tree_get(const void *fdt, int node, const char *name, int *size);

/* A property that is a text: NUL-terminated, its NUL counted and the only one. NULL if not so. */
const char *tree_string(const void *fdt, int node, const char *name);

/* True if `node` has a property of that name. */
bool tree_has(const void *fdt, int node, const char *name);

/* True if `node` has `compatible` among its compatible texts (Devicetree Specification §2.3.1). */
bool tree_is_compatible(const void *fdt, int node, const char *compatible);

/* The first node of a tree that is, or -FDT_ERR_NOTFOUND. */
int tree_find_compatible(const void *fdt, const char *compatible);

/* True if a node is switched off by its status (Devicetree Specification §2.3.4). */
bool tree_is_off(const void *fdt, int node);

/*
 * #address-cells or #size-cells of a node (`name`): the value, or `missing` where there is none;
 * a value that is not one cell gives UINT32_MAX. Devicetree Specification §2.3.5.
 */
uint32_t tree_cells(const void *fdt, int node, const char *name, uint32_t missing);

/*
 * The first cell of a property, which is all that Xen reads of one; false when it is missing,
 * shorter, or a text.
 */
bool tree_cell(const void *fdt, int node, const char *name, uint32_t *value);

/*
 * Reads a number of `cells` cells at `data` (big endian). False when its value needs more than 64
 * bits.
 */
bool tree_read_number(const void *data, unsigned cells, uint64_t *number);

/* Writes a number as `cells` cells, high cells zero; false when it does not fit. */
bool tree_write_number(void *data, unsigned cells, uint64_t number);

#endif
