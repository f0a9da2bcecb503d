/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of shared memory. */
#ifndef MUSTER_SHARED_MEMORY_H
#define MUSTER_SHARED_MEMORY_H

#include "core/preflight/check.h"

void check_shared_memory(const struct check *check);

#endif
