/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of passthrough fragments: the devices that they give to a domain. */
#ifndef MUSTER_FRAGMENTS_H
#define MUSTER_FRAGMENTS_H

#include "core/preflight/check.h"

void check_fragments(const struct check *check);

#endif
