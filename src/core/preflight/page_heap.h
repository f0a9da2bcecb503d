/* SPDX-License-Identifier: BSD-2-Clause */
/* A model of Xen's page heap: the gaps of memory, and which block of them Xen takes. */
#ifndef MUSTER_PAGE_HEAP_H
#define MUSTER_PAGE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/memory/gaps.h"

/*
 * Xen has free memory in blocks of powers of two, each at a multiple of its size, which grow
 * together where they can. So the gaps tell which blocks there are.
 */
struct page_heap {
    struct gaps gaps; /* what became free later has a higher turn */
    unsigned turn;    /* the latest */
    /*
     * Xen takes the latest of several blocks that are alike, unless it clears free memory in
     * between: then they go round. The order is not known, so that the lowest bits of a pattern
     * tell for one block after the other if it is the highest or the lowest.
     */
    bool has_pattern;
    unsigned pattern; /* PAGE_HEAP_PATTERN bits, which go round */
};

#define PAGE_HEAP_PATTERN 4U

/* Adds memory from `start` up to `end`, which is in no gap yet: the whole pages of it. */
void page_heap_add(struct page_heap *heap, uint64_t start, uint64_t end);

/*
 * Takes `bytes` where there is room at the highest multiple of `step`, as Xen does before its heap
 * is there. Both are whole pages. The address; 0 if there is no room.
 */
uint64_t page_heap_take_top(struct page_heap *heap, uint64_t bytes, uint64_t step);

/* Gives the gaps to the heap in Xen's order: the lowest, then all others from the top down. */
void page_heap_open(struct page_heap *heap);

/* True if it has a block of `bytes`, a power of two, that starts below an address. */
bool page_heap_has(const struct page_heap *heap, uint64_t bytes, uint64_t below);

/*
 * Takes a block of `bytes`, a power of two, that starts below the address `below`, a power of two
 * as well; *start is its address. False if there is none.
 */
bool page_heap_take(struct page_heap *heap, uint64_t bytes, uint64_t below, uint64_t *start);

/* Gives back a block that was taken. */
void page_heap_give(struct page_heap *heap, uint64_t start, uint64_t bytes);

/* Takes so many bytes page by page, or what there is. */
void page_heap_take_pages(struct page_heap *heap, uint64_t bytes);

#endif
