/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of dom0's memory, which Xen maps 1:1. */
#ifndef MUSTER_DOM0_MEMORY_H
#define MUSTER_DOM0_MEMORY_H

#include "core/preflight/check.h"

void check_dom0_memory(const struct check *check);

#endif
