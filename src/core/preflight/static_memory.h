/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of static memory. */
#ifndef MUSTER_STATIC_MEMORY_H
#define MUSTER_STATIC_MEMORY_H

#include "core/preflight/check.h"

void check_static_memory(const struct check *check);

#endif
