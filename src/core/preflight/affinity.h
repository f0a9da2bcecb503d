/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of the CPUs that vCPUs are bound to. */
#ifndef MUSTER_AFFINITY_H
#define MUSTER_AFFINITY_H

#include "core/preflight/targets.h"

void check_affinity(const struct targets *targets);

#endif
