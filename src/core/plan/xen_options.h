/* SPDX-License-Identifier: BSD-2-Clause */
/* Xen's options: its command line, and what a value in it means to Xen. */
#ifndef MUSTER_XEN_OPTIONS_H
#define MUSTER_XEN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/platform.h"
#include "core/plan/parts.h"

/*
 * Xen's command line in a tree, found as Xen finds it: xen,xen-bootargs of /chosen, or else
 * bootargs where dom0 has a command line of its own. "" for none. `dom0` is the plan's first
 * domain.
 */
const char *xen_options(const void *fdt, const struct domain *dom0);

/*
 * The value of the option `name` in a command line, "" where it has none, or NULL where the option
 * is not given. The last one counts. The value lies in `options` and ends at a space or at its end.
 */
const char *xen_option(const char *options, const char *name);

/*
 * True if `length` characters are a word for one of two states, such as yes or off; *state tells
 * which one, and is left alone otherwise.
 */
bool xen_option_state(const char *word, size_t length, bool *state);

/* True if an option of two states is on: `name`, `name`=on, and so on; the last one counts. */
bool xen_option_is_on(const char *options, const char *name);

/*
 * Reads the number that a value starts with: decimal, octal after 0, hexadecimal after 0x. Like
 * Xen, it keeps the lowest 64 bits of a larger one. 0 where there is no number.
 */
uint64_t xen_option_number(const char *value);

/*
 * Reads the size in bytes that a value starts with: a number as above and one of the letters B, K,
 * M, G and T. A number without such a letter counts KiB.
 */
uint64_t xen_option_size(const char *value);

#define XEN_DOM0_MEMORY ((uint64_t)512 << 20) /* bytes that dom0 has without dom0_mem= */

#define XEN_HEAP_LEAST ((uint64_t)4 << 20) /* bytes that Xen has for itself, at least */
#define XEN_OF_A_PAGE  56U                 /* bytes that Xen keeps of each page */

/* Bytes that Xen keeps of the pages from the address `first` up to `last`; in pages of 2 MiB. */
static inline uint64_t xen_frame_table(uint64_t first, uint64_t last)
{
    uint64_t large = (uint64_t)2 << 20;
    uint64_t bytes = first < last ? (last - first) / PAGE_SIZE * XEN_OF_A_PAGE : 0;

    return (bytes + large - 1) / large * large;
}

/* The bytes that dom0_mem= gives to dom0; false when it gives none, so that Xen chooses. */
bool xen_options_dom0_memory(const char *options, uint64_t *bytes);

/* The words of iommu=. */
struct xen_iommu {
    bool is_off;    /* Xen is not to use one */
    bool is_forced; /* Xen is not to start without one */
};

/* All of iommu= in a command line: a list of words, each of which counts. */
struct xen_iommu xen_options_iommu(const char *options);

/* True if caches are to be colored: llc-coloring= says so, or both sizes of the cache are given. */
bool xen_options_color(const char *options);

#endif
