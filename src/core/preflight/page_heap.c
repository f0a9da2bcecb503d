/* SPDX-License-Identifier: BSD-2-Clause */
/* A model of Xen's page heap: the gaps of memory, and which block of them Xen takes. */
#include "core/preflight/page_heap.h"

#include "core/base/platform.h"

#define LARGEST ((uint64_t)1 << 30) /* bytes of a block */

struct block {
    uint64_t start;
    uint64_t size;
    unsigned turn; /* that of its latest part, which made it one block */
};

void page_heap_add(struct page_heap *heap, uint64_t start, uint64_t end)
{
    /* Xen leaves out the page at address 0. */
    gaps_add(&heap->gaps, start == 0 ? PAGE_SIZE : page_end(start), page_start(end), ++heap->turn);
}

uint64_t page_heap_take_top(struct page_heap *heap, uint64_t bytes, uint64_t step)
{
    uint64_t start = gaps_room(&heap->gaps, bytes, step, 0);

    if (start != 0)
        gaps_cut(&heap->gaps, start, start + bytes);
    return start;
}

void page_heap_open(struct page_heap *heap)
{
    heap->turn = (unsigned)heap->gaps.count;
    for (size_t at = 0; at < heap->gaps.count; at++)
        heap->gaps.list[at].turn = at == 0 ? 0 : heap->turn - (unsigned)at;
}

/* The largest block that begins where free memory begins, which goes on up to `end`. */
static uint64_t block_size(uint64_t start, uint64_t end)
{
    uint64_t fitting = (uint64_t)1 << (63 - __builtin_clzll(end - start));
    uint64_t aligned = start & -start;
    uint64_t size = fitting < aligned ? fitting : aligned;

    return size < LARGEST ? size : LARGEST;
}

/* The end of free memory that goes on from one gap to the next. */
static uint64_t joint_end(const struct page_heap *heap, size_t at)
{
    while (at + 1 < heap->gaps.count && heap->gaps.list[at + 1].start == heap->gaps.list[at].end)
        at++;
    return heap->gaps.list[at].end;
}

/* The turn of a block that begins in a gap and ends at `end`. */
static unsigned turn_of(const struct page_heap *heap, size_t at, uint64_t end)
{
    unsigned turn = heap->gaps.list[at].turn;

    while (heap->gaps.list[at].end < end)
        if (heap->gaps.list[++at].turn > turn)
            turn = heap->gaps.list[at].turn;
    return turn;
}

/* True if Xen takes `left` before `right`: zones of memory end at powers of two, the last first. */
static bool goes_first(const struct page_heap *heap, const struct block *left,
                       const struct block *right)
{
    int left_zone = __builtin_clzll(left->start);
    int right_zone = __builtin_clzll(right->start);

    if (left_zone != right_zone)
        return left_zone < right_zone;
    if (left->size != right->size)
        return left->size < right->size;
    if (left->turn != right->turn && !heap->has_pattern)
        return left->turn > right->turn;
    return (left->start < right->start) == (heap->has_pattern && heap->pattern % 2 == 0);
}

/* The block that Xen takes for one of `bytes` that starts below an address; its size is 0 if there
 * is none. */
static struct block find(const struct page_heap *heap, uint64_t bytes, uint64_t below)
{
    struct block best = {0};
    uint64_t start = 0;
    uint64_t end = 0;

    for (size_t at = 0; at < heap->gaps.count && heap->gaps.list[at].start < below; at++) {
        if (heap->gaps.list[at].start >= end) {
            start = heap->gaps.list[at].start;
            end = joint_end(heap, at);
        }
        while (start < heap->gaps.list[at].end) {
            uint64_t size = block_size(start, end);
            struct block block = {start, size, turn_of(heap, at, start + size)};

            if (size >= bytes && start < below &&
                (best.size == 0 || goes_first(heap, &block, &best)))
                best = block;
            start += size;
        }
    }
    return best;
}

/* Takes the last `bytes` of a block; what is left of it is free anew. */
static uint64_t split(struct page_heap *heap, const struct block *block, uint64_t bytes)
{
    uint64_t start = block->start + block->size - bytes;

    gaps_cut(&heap->gaps, block->start, block->start + block->size);
    gaps_add(&heap->gaps, block->start, start, ++heap->turn);
    return start;
}

bool page_heap_has(const struct page_heap *heap, uint64_t bytes, uint64_t below)
{
    return find(heap, bytes, below).size != 0;
}

bool page_heap_take(struct page_heap *heap, uint64_t bytes, uint64_t below, uint64_t *start)
{
    struct block block = find(heap, bytes, below);

    if (block.size == 0)
        return false;
    *start = split(heap, &block, bytes);
    heap->pattern = heap->pattern >> 1 | heap->pattern % 2 << (PAGE_HEAP_PATTERN - 1);
    return true;
}

void page_heap_give(struct page_heap *heap, uint64_t start, uint64_t bytes)
{
    page_heap_add(heap, start, start + bytes);
}

void page_heap_take_pages(struct page_heap *heap, uint64_t bytes)
{
    while (bytes != 0) {
        struct block block = find(heap, PAGE_SIZE, UINT64_MAX);
        uint64_t size = block.size < bytes ? block.size : bytes;

        if (size == 0)
            return;
        split(heap, &block, size);
        bytes -= size;
    }
}
