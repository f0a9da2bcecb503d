/* SPDX-License-Identifier: BSD-2-Clause */
/* A walk over a flattened tree, token by token; one checks it and tells what is in it. */
#ifndef MUSTER_WALK_H
#define MUSTER_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NODE_NAME_MAX  255U /* characters of the name of a node */
#define NODE_DEPTH_MAX 16U  /* of nodes that Xen has room for, the root counted */

/* Features seen in the tree, so that later stages can skip searches. */
struct traits {
    bool has_reserved; /* the root has a child reserved-memory */
    bool has_stray;    /* a node elsewhere than right below /chosen that starts as a domain does */
    bool has_unended;  /* a compatible that does not end as a text does */
    bool is_deep;      /* a node is deeper than Xen has room for; compose makes none */
};

/* Offsets of parts of a structure block, as libfdt's node offsets are. */
struct layout {
    size_t chosen;     /* the node /chosen; 0 when there is none */
    size_t chosen_end; /* behind it */
    size_t root_end;   /* the token that ends the root */
    struct traits traits;
};

/*
 * Checks a tree of version 17 in `size` bytes as fdt_check_full does, and fills in its layout. 0
 * or a negative libfdt error. Devicetree Specification §5.
 */
int walk_check(const void *fdt, size_t size, struct layout *layout);

/*
 * A walk over the structure block of a tree that was checked, a token at a time. After a step, the
 * token is at `at`: for a node, that is its offset as libfdt has it. `depth` counts the nodes that
 * it is in, a node that begins included and one that ends not: the root's children begin at 2.
 */
struct walk {
    const char *block;
    const char *strings;
    size_t at;
    size_t next; /* the token behind it */
    size_t depth;
};

/* A walk before its first step. */
struct walk walk_start(const void *fdt);

/* A walk in a node: its next steps are to the node's properties, and to what else is in it. */
struct walk walk_enter(const void *fdt, int node);

/* Takes a step; FDT_BEGIN_NODE, FDT_PROP, FDT_END_NODE, FDT_NOP, or FDT_END when there is none. */
uint32_t walk_step(struct walk *walk);

/* The name of the node or property that the walk is at. */
const char *walk_name(const struct walk *walk);

/* The value of the property that the walk is at, `*size` bytes. */
const char *walk_value(const struct walk *walk, size_t *size);

/* The offset behind a node of a tree that was checked. */
int walk_end(const void *fdt, int node);

/*
 * As fdt_first_subnode, fdt_next_subnode, fdt_next_node without a depth, and fdt_parent_offset,
 * for a tree that was checked, and several times as fast: the offset of a node, or
 * -FDT_ERR_NOTFOUND. There is none below or behind a negative one, but walk_next then begins at the
 * root.
 */
int walk_child(const void *fdt, int parent);
int walk_sibling(const void *fdt, int node);
int walk_next(const void *fdt, int node);
int walk_parent(const void *fdt, int node);

/*
 * As fdt_subnode_offset for a tree that was checked: the offset of a child `name`, whose unit
 * address may be left out, or -FDT_ERR_NOTFOUND.
 */
int walk_find(const void *fdt, int parent, const char *name);

/*
 * As fdt_getprop for a tree that was checked: the value of a property of a node, `*size` bytes, or
 * NULL.
 */
const char *walk_property(const void *fdt, int node, const char *name, size_t *size);

#endif
