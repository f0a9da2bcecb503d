/* SPDX-License-Identifier: BSD-2-Clause */
/* Regions of memory that the tree gives to somebody, and that must stay free of binaries. */
#ifndef MUSTER_REGIONS_H
#define MUSTER_REGIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/workspace.h"
#include "core/plan/plan.h"
#include "core/tree/tree.h"

#define REGIONS_MAX 1024U /* kept; Xen has room for fewer */

/* The uses of a region of the tree. */
enum region_kind {
    REGION_STATIC_MEMORY, /* xen,static-mem of a domain */
    REGION_STATIC_HEAP,   /* xen,static-heap of /chosen */
    REGION_SHARED_MEMORY, /* xen,shared-mem of a child of a domain */
    REGION_RESERVED,      /* a child of /reserved-memory with reg */
    REGION_RESERVE_ENTRY, /* /memreserve/ */
    REGION_MODULE,        /* a module that someone loaded earlier */
};

struct region {
    enum region_kind kind;
    uint64_t start; /* bytes */
    uint64_t size;
    struct location where; /* the node; nothing for /memreserve/ */
    const char *domain;    /* whose it is, for static memory, shared memory and modules */
    const char *name;      /* xen,shm-id of shared memory, else NULL */
    bool is_ramdisk;       /* a module that Xen copies without a look at it */
    struct region *next;
};

/* A node of shared memory whose xen,shared-mem can be read. */
struct shared_memory {
    const struct domain *domain;
    struct location where;
    const char *id;   /* xen,shm-id, or NULL when it is not a text */
    bool has_id;      /* it has such a property */
    const char *role; /* or NULL */
    bool has_host;    /* it says where in the machine's memory; there is a region for it then */
    uint64_t host;
    uint64_t guest;
    uint64_t size;
    struct shared_memory *next;
};

/* A property of regions that cannot be read as its binding says. */
struct bad_region {
    enum region_kind kind;
    struct location where;
    const char *domain; /* as in struct region */
    const char *property;
    const char *why;  /* what is wrong with it */
    bool is_harmless; /* Xen reads it in its own way, and goes on */
    struct bad_region *next;
};

struct regions {
    struct region *first; /* in tree order */
    struct shared_memory *shared;
    struct bad_region *bad;
    size_t count;
    size_t banks;  /* of them, those that Xen has a bank for */
    bool too_many; /* more than REGIONS_MAX; the rest are left out */
};

/*
 * Collects the regions of a tree that was planned and not edited since. Cell counts are those of
 * Xen's bindings: static memory takes those of /chosen, shared memory those of its domain's node,
 * the static heap those of the root, reserved memory those of /reserved-memory, and where these
 * have none, those of the node above. The plan's texts are shared. False without memory.
 */
bool regions_collect(struct arena *arena, const struct tree *tree, const struct plan *plan,
                     struct regions *regions);

#endif
