/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of cache coloring: its options, and the colors of domains. */
#ifndef MUSTER_COLORING_H
#define MUSTER_COLORING_H

#include "core/preflight/check.h"

void check_coloring(const struct check *check);

#endif
