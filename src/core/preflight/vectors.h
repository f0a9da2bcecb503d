/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of SVE: the vectors that domains and dom0 are to have. */
#ifndef MUSTER_VECTORS_H
#define MUSTER_VECTORS_H

#include "core/preflight/check.h"

void check_vectors(const struct check *check);

#endif
