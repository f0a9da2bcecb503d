/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory of the pretended machine: its RAM, and the pages of it that core holds. */
#ifndef MUSTER_HOST_MEMORY_H
#define MUSTER_HOST_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/platform.h"

#define HOST_BANKS_MAX 64U

/* Pages that core holds. */
struct host_claim {
    uint64_t address; /* in the pretended machine, bytes */
    uint64_t size;    /* bytes */
    enum memory_kind kind;
    void *memory; /* where they are in this process */
    struct host_claim *next;
};

struct host_bank {
    uint64_t start; /* bytes, page aligned */
    uint64_t size;  /* bytes, whole pages */
};

struct host_memory {
    struct host_bank banks[HOST_BANKS_MAX]; /* by address */
    size_t bank_count;
    struct host_claim *claims;
};

/*
 * Takes the machine's RAM from the memory nodes of a tree (Devicetree Specification §3.4) that
 * libfdt accepts. Returns how many banks there are; banks without size, as trees have that a
 * firmware is to complete, do not count.
 */
size_t host_memory_from_tree(struct host_memory *memory, const void *fdt);

/*
 * The first address of the first memory node of a tree, also of one without size. False, and *start
 * is as it was, where there is none.
 */
bool host_memory_start(const void *fdt, uint64_t *start);

/* Makes RAM of one bank; start and size in bytes, widened to whole pages. */
void host_memory_set(struct host_memory *memory, uint64_t start, uint64_t size);

/* The bank that an address is in; the number of banks when it is in none. */
size_t host_memory_bank(const struct host_memory *memory, uint64_t address);

/* The functions of struct platform with the same names; see core/base/platform.h. */
enum platform_status host_memory_map(const struct host_memory *memory,
                                     struct memory_region *regions, size_t *count);
enum platform_status host_memory_claim(struct host_memory *memory, uint64_t address, uint64_t pages,
                                       enum memory_kind kind, void **pages_here);
void host_memory_release(struct host_memory *memory, uint64_t address, uint64_t pages);

/* Releases every claim. */
void host_memory_release_all(struct host_memory *memory);

/* True if [buffer, buffer + bytes) lies in pages that core holds. */
bool host_memory_is_claimed(const struct host_memory *memory, const void *buffer, size_t bytes);

#endif
