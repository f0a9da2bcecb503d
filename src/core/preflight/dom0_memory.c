/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of dom0's memory, which Xen maps 1:1 and puts together from powers of two. */
#include "core/preflight/dom0_memory.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/pe/pe.h"
#include "core/preflight/amounts.h"
#include "core/preflight/coloring.h"
#include "core/preflight/free_memory.h"
#include "core/preflight/images.h"

#define KIB         ((uint64_t)1 << 10)
#define MIB         ((uint64_t)1 << 20)
#define BANK_LEAST  (128 * MIB)         /* bytes of the first bank, if it has as many */
#define PIECE_LEAST (4 * MIB)           /* bytes of a later bank that Xen tries again for */
#define LOW         ((uint64_t)1 << 32) /* the end of the memory that is preferred */

/* Bytes that Xen takes before: for tables of pages, then of its heap for itself, least and most. */
#define TABLES    (64 * KIB)
#define OWN_LEAST (256 * KIB)
#define OWN_MOST  (2 * MIB)

#define FRAMES_STEP       (32 * MIB)          /* the frame table begins at a multiple of it */
#define FRAMES_STEP_SMALL (2 * MIB)           /* of it since 4.22, if it is small */
#define FRAMES_PART       ((uint64_t)1 << 30) /* since then it begins with that of a multiple */

/* The largest power of two up to `bytes`; a page at least. */
static uint64_t power_below(uint64_t bytes)
{
    uint64_t power = PAGE_SIZE;

    while (power <= bytes / 2)
        power *= 2;
    return power;
}

/* --- what Xen takes before -------------------------------------------------------------------- */

/* Bytes of Xen in memory, and of its tree, which its stub makes a page larger. */
static uint64_t own_memory(const struct check *check)
{
    const struct binary *xen = &check->plan->xen;
    uint64_t bytes = binary_pages(xen) * PAGE_SIZE;
    struct pe pe;

    if (xen->is_loaded && pe_read(&pe, xen->memory, (size_t)xen->size) == PE_FINE)
        bytes = page_end(pe.image_size);
    return bytes + page_end(fdt_totalsize(check->fdt) + PAGE_SIZE);
}

/* Takes memory for what Xen keeps of each page; since 4.22 no more of it than needed. */
static void take_frames(const struct check *check, struct page_heap *heap)
{
    bool is_tight = check->xen->version >= XEN(4, 22);
    uint64_t first;
    uint64_t last;
    uint64_t bytes;
    uint64_t step;
    uint64_t unit;

    memory_span(check, &first, &last);
    if (is_tight)
        first -= first % FRAMES_PART;
    bytes = (last - first) / PAGE_SIZE * XEN_OF_A_PAGE;
    step = bytes < FRAMES_STEP ? FRAMES_STEP_SMALL : FRAMES_STEP;
    unit = is_tight ? PAGE_SIZE : step;
    page_heap_take_top(heap, (bytes + unit - 1) / unit * unit, is_tight ? step : FRAMES_STEP);
}

/* Makes the heap as Xen has it at first. A firmware puts Xen and its tree as high as it can. */
static void open_heap(const struct check *check, struct page_heap *heap)
{
    uint64_t bytes = own_memory(check);
    uint64_t start;

    free_memory(check, true, heap);
    start = page_heap_take_top(heap, bytes, PAGE_SIZE);
    free_memory(check, false, heap);
    gaps_cut(&heap->gaps, start, start + bytes);
    page_heap_take_top(heap, TABLES, PAGE_SIZE);
    take_frames(check, heap);
    page_heap_open(heap);
}

/* --- what dom0 gets --------------------------------------------------------------------------- */

/* The memory of dom0, as it is put together. */
struct banks {
    struct page_heap *heap; /* that it is taken of */
    uint64_t left;          /* bytes that are to be found, too */
    uint64_t lowest;        /* address; 0 as long as there is none */
    uint64_t least;         /* bytes of a piece in low memory */
};

/*
 * The first bank is the largest power of two, or a smaller one down to 128 MiB, as low as it can
 * be.
 */
static bool take_first(struct banks *banks)
{
    for (uint64_t piece = power_below(banks->left); piece >= banks->least; piece /= 2)
        for (uint64_t below = 2 * PAGE_SIZE; below <= LOW; below *= 2)
            if (page_heap_take(banks->heap, piece, below, &banks->lowest)) {
                banks->left -= piece;
                return true;
            }
    return false;
}

/*
 * Takes the rest, also in powers of two. A piece of less than 128 MiB before all others, but not
 * right before them, Xen gives back, to look once more in all memory.
 */
static void take_rest(struct banks *banks, bool is_low)
{
    uint64_t piece = power_below(banks->left);
    uint64_t start;

    while (banks->left != 0) {
        if (!page_heap_take(banks->heap, piece, is_low ? LOW : UINT64_MAX, &start)) {
            piece /= 2;
            if (!is_low && piece < PIECE_LEAST)
                return;
            if (!is_low || piece >= banks->least)
                continue;
            is_low = false;
        } else if (piece < BANK_LEAST && start + piece < banks->lowest) {
            page_heap_give(banks->heap, start, piece);
            if (!is_low)
                return;
            is_low = false;
        } else {
            banks->left -= piece;
            if (banks->lowest == 0 || start < banks->lowest)
                banks->lowest = start;
        }
        piece = power_below(banks->left);
    }
}

/* --- the check -------------------------------------------------------------------------------- */

/* A system, the dom0 of which is to have more or less memory. */
struct question {
    const struct check *check;
    struct page_heap heap;
    bool is_32; /* dom0's kernel is of 32 bits: it has to have the first bank */
};

/* The bytes of dom0's memory that Xen does not find in one of several tries. */
static uint64_t missing(struct question *question, unsigned try, uint64_t bytes)
{
    struct banks banks = {
        .heap = &question->heap,
        .left = bytes,
        .least = power_below(2 * (bytes < BANK_LEAST ? bytes : BANK_LEAST) - 1),
    };
    bool has_first;

    open_heap(question->check, &question->heap);
    page_heap_take_pages(&question->heap, try % 2 == 0 ? OWN_LEAST : OWN_MOST);
    question->heap.pattern = try;
    has_first = take_first(&banks);
    if (has_first || !question->is_32)
        take_rest(&banks, has_first);
    return question->heap.gaps.is_full ? 0 : banks.left;
}

/* True if Xen looks for no first bank, as the largest power of two is less than one may be. */
static bool lacks_first(const struct question *question, uint64_t bytes)
{
    return question->is_32 && bytes < BANK_LEAST && power_below(bytes) != bytes;
}

/*
 * True for a power of two below a block of twice as much: whatever Xen takes of that before, its
 * lower half stays whole.
 */
static bool is_found(struct question *question, uint64_t bytes)
{
    if (power_below(bytes) != bytes || bytes <= OWN_MOST)
        return false;
    open_heap(question->check, &question->heap);
    return page_heap_has(&question->heap, 2 * bytes, LOW);
}

/* The most bytes that Xen may not find; *is_sure if it lacks some in any case. */
static uint64_t most_missing(struct question *question, uint64_t bytes, bool *is_sure)
{
    unsigned tries = question->heap.has_pattern ? 1U << PAGE_HEAP_PATTERN : 2;
    uint64_t most = 0;

    /* Another processor may clear memory so early that dom0 gets all of its memory from there. */
    *is_sure = !question->heap.has_pattern || lacks_first(question, bytes);
    for (unsigned try = 0; try < tries; try++) {
        uint64_t one = missing(question, try, bytes);

        *is_sure = *is_sure && one != 0;
        most = one > most ? one : most;
    }
    return most;
}

/* Names an amount that Xen finds. */
static const char *hint_for(struct question *question, uint64_t bytes)
{
    bool is_sure;

    while ((bytes = power_below(bytes - 1)) >= PIECE_LEAST)
        if (most_missing(question, bytes, &is_sure) == 0)
            return text_format(question->check->arena, "write dom0_mem=%luM", bytes / MIB);
    return "give them less";
}

static bool has_kernel_of_32_bits(const struct check *check)
{
    const struct module *kernel = domain_loaded(check->plan->domains, MODULE_KERNEL);
    struct kernel_image image;

    return kernel != NULL && image_read(check, kernel->binary, &image) == NULL && image.is_32;
}

static void check_amount(const struct check *check, uint64_t bytes)
{
    const char *scrubbing = xen_option(check->options, "bootscrub");
    struct question question = {
        .check = check,
        /* Xen's default is bootscrub=idle. */
        .heap.has_pattern = scrubbing == NULL || strncmp(scrubbing, "idle", 4) == 0,
        .is_32 = has_kernel_of_32_bits(check),
    };
    bool is_sure = false;
    uint64_t left = is_found(&question, bytes) ? 0 : most_missing(&question, bytes, &is_sure);

    if (left != 0)
        (is_sure ? check_error : check_warning)(
            check, NULL, check_options_place(check), hint_for(&question, bytes),
            "Xen %s no place for %s of dom0's %s; it takes powers of two",
            is_sure ? "finds" : "may find", text_size(check->arena, left),
            text_size(check->arena, bytes));
}

void check_dom0_memory(const struct check *check)
{
    uint64_t bytes = memory_asked(check, check->plan->domains);

    if (bytes == 0 || coloring_is_on(check))
        return;
    if (bytes % PAGE_SIZE != 0)
        check_error(check, NULL, check_options_place(check), "write dom0_mem=512M",
                    "dom0_mem= gives %lu bytes, which is not a number of whole pages", bytes);
    else if (check->to->counts[SEVERITY_ERROR] == 0)
        check_amount(check, bytes);
}
