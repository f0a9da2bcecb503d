/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of the system and its tree as a whole. */
#ifndef MUSTER_WHOLE_H
#define MUSTER_WHOLE_H

#include "core/preflight/check.h"

void check_whole_system(const struct check *check);

#endif
