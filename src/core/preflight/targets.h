/* SPDX-License-Identifier: BSD-2-Clause */
/* The nodes that others link to by phandle: CPUs, CPU pools and event channels. */
#ifndef MUSTER_TARGETS_H
#define MUSTER_TARGETS_H

#include "core/base/names.h"
#include "core/preflight/check.h"

enum target_kind {
    TARGET_CPU,
    TARGET_POOL,
    TARGET_CHANNEL,
    TARGET_END, /* of a channel, in a node that is not compatible with one */
};

/* A node that others can link to. */
struct target {
    enum target_kind kind;
    int node;
    const struct domain *domain; /* of a channel or end */
    unsigned index;              /* of a CPU: the one by which Xen knows it */
    uint32_t phandle;
    uint32_t port;             /* of a channel or end */
    uint32_t remote;           /* the phandle that a channel links to */
    bool has_link;             /* port and remote are there */
    bool is_made;              /* of a channel: Xen makes it with an earlier one */
    const struct target *pool; /* of a CPU: the pool that has it, or NULL */
    struct target *next;
};

/* All of them. */
struct targets {
    const struct check *check;
    struct names by_phandle; /* hexadecimal → struct target */
    struct target *first;
    struct target **end;
    unsigned cpus; /* that Xen starts */
};

/* Finds them in the tree that is checked; their texts are in its arena. */
void targets_find(struct targets *targets, const struct check *check);

/* True if there is a node of that kind. */
bool target_is_any(const struct targets *targets, enum target_kind kind);

/* The CPU of an index, or NULL. */
struct target *target_cpu(const struct targets *targets, unsigned index);

/*
 * The pool of a domain, NULL for that of the CPUs that are in none. Without one of its own, it is
 * in that of the first CPU.
 */
const struct target *target_pool(const struct targets *targets, const struct domain *domain);

/* The target of a phandle, or NULL. */
struct target *target_of(const struct targets *targets, uint32_t phandle);

#endif
