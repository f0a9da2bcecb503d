/* SPDX-License-Identifier: BSD-2-Clause */
/* The version of a Xen, read from its binary. */
#ifndef MUSTER_XEN_VERSION_H
#define MUSTER_XEN_VERSION_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/search.h"

/* A version as a number, so that versions compare: XEN(4, 17) is Xen 4.17. */
#define XEN(major, minor) ((major)*1000U + (minor))

/* The newest that Muster's facts were seen with: upstream's master of August 2026. */
#define XEN_NEWEST XEN(4, 23)

/*
 * The version of the Xen whose binary these `size` bytes are, by the compatible text that it gives
 * its node in the trees of domains: "xen,xen-4.17". 0 if they hold no such text: it is no Xen.
 */
unsigned xen_version(const void *data, size_t size);

/*
 * The place in Xen's binary, of `size` bytes, behind which is what Xen needs at its start alone:
 * options, properties and its version (4.17 to 4.23).
 */
#define XEN_START_PART(size) ((size) / 13 * 10)

/*
 * Starts to search the `size` bytes of Xen's binary for a text of `length` bytes. What Xen needs at
 * its start alone is looked through first.
 */
void xen_search(struct search *search, const void *data, size_t size, const char *text,
                size_t length);

#endif
