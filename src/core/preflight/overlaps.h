/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of the regions that the tree gives away: their form, place and overlaps. */
#ifndef MUSTER_OVERLAPS_H
#define MUSTER_OVERLAPS_H

#include "core/preflight/check.h"

void check_overlaps(const struct check *check);

#endif
