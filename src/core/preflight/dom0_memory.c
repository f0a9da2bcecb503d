/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of dom0's memory, which Xen maps 1:1. */
#include "core/preflight/dom0_memory.h"

#include "core/base/text.h"
#include "core/preflight/free_memory.h"

#define BANK_LEAST  ((uint64_t)128 << 20) /* bytes of the first bank, if it has as many */
#define STEPS_MAX   4096U                 /* places that are tried in a region of memory */
#define PIECE_LEAST ((uint64_t)4 << 20)   /* bytes of a later bank that Xen tries again for */

/* True if there is a free stretch of `size` bytes, a power of two, that starts at a multiple. */
static bool has_bank(const struct check *check, uint64_t size)
{
    const struct memory_map *map = check->finished->map;

    for (size_t at = 0; at < map->count; at++) {
        uint64_t start = map->regions[at].start / size * size;

        for (unsigned step = 0;
             step < STEPS_MAX && start < map->regions[at].start + map->regions[at].size;
             step++, start += size)
            if (memory_is_free(check, start, size))
                return true;
    }
    return false;
}

/* The largest power of two up to `bytes`, which is not 0. */
static uint64_t power_below(uint64_t bytes)
{
    uint64_t power = PAGE_SIZE;

    while (power <= bytes / 2)
        power *= 2;
    return power;
}

/*
 * Xen looks for a first bank of the largest power of two in dom0_mem=, and for smaller ones down to
 * 128 MiB.
 */
static bool has_first_bank(const struct check *check, uint64_t bytes)
{
    uint64_t least = bytes < BANK_LEAST ? power_below(2 * bytes - 1) : BANK_LEAST;

    for (uint64_t size = power_below(bytes); size >= least && size != 0; size /= 2)
        if (has_bank(check, size))
            return true;
    return has_bank(check, least);
}

/*
 * Xen gives memory in pieces of powers of two. Later ones of less than 128 MiB that lie before the
 * first, but not right before it, it does not take.
 */
static void check_pieces(const struct check *check, const struct location *where, uint64_t bytes)
{
    uint64_t first = power_below(bytes);
    uint64_t rest = (bytes - first) % BANK_LEAST;
    uint64_t last = rest & (~rest + 1);

    if (rest == 0)
        return;
    (last < PIECE_LEAST ? check_error : check_warning)(
        check, NULL, where,
        text_format(check->arena, "give it a power of two, such as dom0_mem=%luM",
                    first < BANK_LEAST ? first >> 19 : (bytes - rest) >> 20),
        "dom0_mem= of %s wants a piece of %s beside the first, which Xen may not find",
        text_size(check->arena, bytes), text_size(check->arena, last));
}

void check_dom0_memory(const struct check *check)
{
    const struct location where = {.node = "/chosen"};
    uint64_t bytes;

    if (!check_has_kernel(check->plan->domains) || xen_options_color(check->options))
        return;
    if (!xen_options_dom0_memory(check->options, &bytes))
        bytes = XEN_DOM0_MEMORY;
    if (bytes % PAGE_SIZE != 0)
        check_error(check, NULL, &where, "write dom0_mem=512M",
                    "dom0_mem= gives %lu bytes, which is not a number of whole pages", bytes);
    else if (bytes <= UINT64_MAX / 4 && !has_first_bank(check, bytes))
        check_error(check, NULL, &where, "give dom0 less, or the domains and regions other memory",
                    "dom0's %s have no first piece in free memory, which Xen aligns to its size",
                    text_size(check->arena, bytes));
    else if (check->to->counts[SEVERITY_ERROR] == 0)
        check_pieces(check, &where, bytes);
}
