/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of memory: how much the domains ask for, and how much there is. */
#ifndef MUSTER_AMOUNTS_H
#define MUSTER_AMOUNTS_H

#include "core/preflight/check.h"

void check_amounts(const struct check *check);

#endif
