/* SPDX-License-Identifier: BSD-2-Clause */
/* A node with those above it, and its addresses as the processors see them. */
#ifndef MUSTER_TRAIL_H
#define MUSTER_TRAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/tree/walk.h"

struct trail {
    const void *fdt;
    int nodes[NODE_DEPTH_MAX]; /* [0] is the root, [depth] the node */
    int depth;
};

/* A stretch of addresses, in bytes. */
struct trail_span {
    uint64_t start;
    uint64_t size;
};

/*
 * Moves to a node that a walk down the tree has come to, at a depth below the root. False, and
 * nothing moved, for one that is too deep.
 */
bool trail_enter(struct trail *trail, int node, int depth);

/* True if the bus that the node is on says which addresses are behind it, the root as well. */
bool trail_is_mapped(const struct trail *trail);

/*
 * Entry `at` of the reg of the node, as it stands there: an address on its bus. False where there
 * is no such entry, or its numbers need more than 64 bits.
 */
bool trail_reg(const struct trail *trail, size_t at, struct trail_span *span);

/*
 * Entry `at` of the ranges of the node: the addresses that it has on the bus above. As trail_reg.
 */
bool trail_window(const struct trail *trail, size_t at, struct trail_span *span);

/*
 * Moves an address on the node's bus to where processors have it, by the ranges of all buses above
 * (Devicetree Specification §2.3.8). Cells that a bus does not give are those of the nearest node
 * above that does, as Xen reads them. Returns 0, or the depth of the node whose ranges do not have
 * the address.
 */
int trail_translate(const struct trail *trail, uint64_t *address);

#endif
