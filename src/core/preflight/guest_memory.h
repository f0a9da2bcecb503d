/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of addresses in a domain's own memory. */
#ifndef MUSTER_GUEST_MEMORY_H
#define MUSTER_GUEST_MEMORY_H

#include "core/preflight/check.h"

/* Checks where shared memory is to lie in a domain. */
void check_guest_address(const struct check *check, const struct shared_memory *shared);

/* Uses of an address of a domain. */
enum guest_place {
    PLACE_FREE,
    PLACE_MEMORY, /* some of its memory */
    PLACE_KERNEL, /* the part of it that the kernel is written to */
    PLACE_FILES,  /* that for its ramdisk and device tree */
};

/* The use that [start, start + size) meets in a domain that is not mapped 1:1. */
enum guest_place guest_place(const struct check *check, const struct domain *domain, uint64_t start,
                             uint64_t size);

#endif
