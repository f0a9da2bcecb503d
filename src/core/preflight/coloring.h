/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of cache coloring: its options, and the colors of domains. */
#ifndef MUSTER_COLORING_H
#define MUSTER_COLORING_H

#include "core/preflight/check.h"

/* True if Xen colors memory: it knows how to, and its options say so. */
bool coloring_is_on(const struct check *check);

void check_coloring(const struct check *check);

#endif
