/* SPDX-License-Identifier: BSD-2-Clause */
/* Unpacking gzip data: its header and its end; what is between them is the platform's. */
#ifndef MUSTER_INFLATE_H
#define MUSTER_INFLATE_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/platform.h"

/* The end of unpacking. */
enum inflate_status {
    INFLATE_FINE,
    INFLATE_WRONG_SIZE, /* it is not what its end says; cut off or padded, it has no such end */
    INFLATE_DAMAGED,
    INFLATE_MORE_FOLLOWS, /* padding, or a second part */
    INFLATE_NO_MEMORY,
};

/*
 * Unpacks `size` bytes of gzip data (RFC 1952), one member without anything behind it, to exactly
 * `unpacked` bytes at `memory`.
 */
enum inflate_status inflate_gzip(const struct platform *platform, const void *data, size_t size,
                                 void *memory, size_t unpacked);

/* The sentence part for a status, such as "it is damaged"; static. */
const char *inflate_status_text(enum inflate_status status);

#endif
