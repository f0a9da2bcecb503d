/* SPDX-License-Identifier: BSD-2-Clause */
/* Regions of memory that the tree gives to somebody, and that must stay free of binaries. */
#ifndef MUSTER_REGIONS_H
#define MUSTER_REGIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tree.h"
#include "workspace.h"

/* What a region of the tree is for. */
enum region_kind {
    REGION_STATIC_MEMORY, /* xen,static-mem of a domain */
    REGION_STATIC_HEAP,   /* xen,static-heap of /chosen */
    REGION_SHARED_MEMORY, /* xen,shared-mem of a child of a domain */
    REGION_RESERVED,      /* a child of /reserved-memory with reg */
    REGION_RESERVE_ENTRY, /* /memreserve/ */
};

struct region {
    enum region_kind kind;
    uint64_t start; /* bytes */
    uint64_t size;
    struct location where; /* the node; nothing for /memreserve/ */
    const char *domain;    /* its name for static and shared memory, else NULL */
    const char *name;      /* xen,shm-id of shared memory, else NULL */
    struct region *next;
};

/* A property of regions that cannot be read as its binding says. */
struct bad_region {
    enum region_kind kind;
    struct location where;
    const char *property;
    const char *why; /* what is wrong with it */
    struct bad_region *next;
};

struct regions {
    struct region *first; /* in tree order */
    struct bad_region *bad;
    size_t count;
};

/*
 * Collects the regions. Cell counts are those of Xen's bindings: static memory and shared memory
 * take those of the parent of the node that has the property's node (/chosen, the domain), the
 * static heap has its own two properties in /chosen, reserved memory those of /reserved-memory.
 * False without memory.
 */
bool regions_collect(struct arena *arena, const struct tree *tree, struct regions *regions);

/* The words for a kind, such as "static memory"; static. */
const char *region_kind_name(enum region_kind kind);

#endif
