/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of addresses in a domain's own memory. */
#ifndef MUSTER_GUEST_MEMORY_H
#define MUSTER_GUEST_MEMORY_H

#include "core/preflight/check.h"

/* Checks where shared memory is to lie in a domain. */
void check_guest_address(const struct check *check, const struct shared_memory *shared);

#endif
