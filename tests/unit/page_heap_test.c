/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of the model of Xen's page heap: which block is taken, and what is left. */
#include "core/preflight/page_heap.h"

#include <stdlib.h>

#include "support.h"

#define MIB      ((uint64_t)1 << 20)
#define ALL      UINT64_MAX
#define CAPACITY 16U

static struct gap list[CAPACITY];

static struct page_heap empty(void)
{
    return (struct page_heap){.gaps = {.list = list, .capacity = CAPACITY}};
}

/* A heap with pieces of 8 MiB and more at 1 GiB, at 1.25 GiB, and at 1.5 GiB. */
static struct page_heap three(void)
{
    struct page_heap heap = empty();

    page_heap_add(&heap, 1536 * MIB, 1544 * MIB);
    page_heap_add(&heap, 1024 * MIB, 1032 * MIB);
    page_heap_add(&heap, 1280 * MIB, 1312 * MIB);
    gaps_cut(&heap.gaps, 1296 * MIB, 1304 * MIB);
    page_heap_open(&heap);
    return heap;
}

static uint64_t take(struct page_heap *heap, uint64_t mib, uint64_t below)
{
    uint64_t start = 0;

    return page_heap_take(heap, mib * MIB, below, &start) ? start / MIB : 0;
}

/* The smallest that is large enough, from its end; of equal ones, the latest. */
static void test_latest(void **state)
{
    struct page_heap heap = three();

    (void)state;
    assert_int_equal(take(&heap, 16, ALL), 1280);
    assert_int_equal(take(&heap, 16, ALL), 0);
    assert_int_equal(take(&heap, 8, ALL), 1304);
    assert_int_equal(take(&heap, 2, ALL), 1542);
    /* What is left of it is smaller than the rest. */
    assert_int_equal(take(&heap, 4, ALL), 1536);
    assert_int_equal(take(&heap, 8, ALL), 1024);
    assert_int_equal(take(&heap, 2, ALL), 1540);
    assert_int_equal(heap.gaps.count, 0);
}

/* Where the order is not known, it goes by the pattern. */
static void test_pattern(void **state)
{
    struct page_heap heap = three();

    (void)state;
    heap.has_pattern = true;
    heap.pattern = 2;
    assert_int_equal(take(&heap, 8, ALL), 1024);
    assert_int_equal(take(&heap, 8, ALL), 1536);
    assert_int_equal(take(&heap, 8, ALL), 1304);
    assert_int_equal(heap.pattern, 4);
}

/* Zones end at powers of two: the highest comes first, however large its blocks are. */
static void test_zones(void **state)
{
    struct page_heap heap = three();

    (void)state;
    page_heap_add(&heap, 4096 * MIB, 8192 * MIB);
    assert_int_equal(take(&heap, 8, 4096 * MIB), 1304);
    assert_int_equal(take(&heap, 8, ALL), 8184);
    assert_int_equal(take(&heap, 8, ALL), 8176);
    assert_int_equal(take(&heap, 2048, ALL), 0);
    assert_int_equal(take(&heap, 1024, ALL), 6144);
}

/* Gaps side by side are one, and what is given back grows together with the rest. */
static void test_growing(void **state)
{
    struct page_heap heap = empty();
    uint64_t start = 0;

    (void)state;
    page_heap_add(&heap, 1024 * MIB, 1027 * MIB);
    page_heap_add(&heap, 1027 * MIB, 1040 * MIB);
    page_heap_open(&heap);
    assert_int_equal(take(&heap, 1, ALL), 1039);
    assert_true(page_heap_take(&heap, MIB, ALL, &start));
    page_heap_give(&heap, start, MIB);
    page_heap_give(&heap, 1039 * MIB, MIB);
    assert_int_equal(take(&heap, 16, ALL), 1024);
}

/* The page at address 0 is nobody's. */
static void test_start(void **state)
{
    struct page_heap heap = empty();

    (void)state;
    page_heap_add(&heap, 0, 16 * MIB);
    page_heap_open(&heap);
    assert_int_equal(take(&heap, 16, ALL), 0);
    assert_int_equal(take(&heap, 8, ALL), 8);
    assert_int_equal(take(&heap, 8, ALL), 0);
}

static void test_top(void **state)
{
    struct page_heap heap = three();

    (void)state;
    assert_int_equal(page_heap_take_top(&heap, 12 * MIB, 4 * MIB), 1284 * MIB);
    assert_int_equal(page_heap_take_top(&heap, 4 * MIB, 32 * MIB), 1536 * MIB);
    assert_int_equal(page_heap_take_top(&heap, 64 * MIB, MIB), 0);
}

/* Pages come of the smallest blocks, one after the other. */
static void test_pages(void **state)
{
    struct page_heap heap = three();

    (void)state;
    page_heap_take_pages(&heap, 9 * MIB);
    assert_int_equal(heap.gaps.count, 3);
    assert_int_equal(take(&heap, 4, ALL), 1536);
    assert_int_equal(take(&heap, 2, ALL), 1540);
    page_heap_take_pages(&heap, 64 * MIB);
    assert_int_equal(heap.gaps.count, 0);
}

static void test_full(void **state)
{
    struct page_heap heap = empty();

    (void)state;
    for (uint64_t at = 1; at <= CAPACITY; at++)
        page_heap_add(&heap, at * 2 * MIB, (at * 2 + 1) * MIB);
    assert_false(heap.gaps.is_full);
    gaps_cut(&heap.gaps, 2 * MIB + 1, 2 * MIB + 2);
    assert_false(heap.gaps.is_full);
    gaps_cut(&heap.gaps, 4 * MIB + 4096, 4 * MIB + 8192);
    assert_true(heap.gaps.is_full);
}

/* What is asked for is there if twice as much was, whatever was taken before of that. */
static void test_half(void **state)
{
    (void)state;
    srand(1);
    for (unsigned run = 0; run < 2000; run++) {
        struct page_heap heap = empty();
        uint64_t end = 1024 * MIB;
        uint64_t taken = (uint64_t)rand() % (2 * MIB) / PAGE_SIZE * PAGE_SIZE;
        bool has_twice;

        for (unsigned piece = 0; piece < 5; piece++) {
            uint64_t start = end + (uint64_t)rand() % (24 * MIB) / PAGE_SIZE * PAGE_SIZE;

            end = start + (uint64_t)(1 + rand() % (16 << 8)) * PAGE_SIZE;
            page_heap_add(&heap, start, end);
        }
        page_heap_open(&heap);
        heap.has_pattern = run % 2 == 0;
        heap.pattern = run / 2 % 16;
        has_twice = page_heap_has(&heap, 8 * MIB, ALL);
        page_heap_take_pages(&heap, taken);
        assert_true(!has_twice || page_heap_has(&heap, 4 * MIB, ALL));
    }
}

/* A block that begins below an address counts, of that size at least. */
static void test_has(void **state)
{
    struct page_heap heap = three();

    (void)state;
    assert_true(page_heap_has(&heap, 16 * MIB, ALL));
    assert_false(page_heap_has(&heap, 32 * MIB, ALL));
    assert_true(page_heap_has(&heap, 8 * MIB, 1280 * MIB));
    assert_false(page_heap_has(&heap, 16 * MIB, 1280 * MIB));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_latest), cmocka_unit_test(test_pattern),
        cmocka_unit_test(test_zones),  cmocka_unit_test(test_growing),
        cmocka_unit_test(test_start),  cmocka_unit_test(test_top),
        cmocka_unit_test(test_pages),  cmocka_unit_test(test_full),
        cmocka_unit_test(test_half),   cmocka_unit_test(test_has),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
