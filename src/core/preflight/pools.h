/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of CPU pools. */
#ifndef MUSTER_POOLS_H
#define MUSTER_POOLS_H

#include "core/preflight/targets.h"

void check_pools(const struct targets *targets);

#endif
