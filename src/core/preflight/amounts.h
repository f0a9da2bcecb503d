/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of memory: how much the domains ask for, and how much there is. */
#ifndef MUSTER_AMOUNTS_H
#define MUSTER_AMOUNTS_H

#include "core/preflight/check.h"

/* The memory of a domain, or of dom0 if it is started, in bytes; at most UINT64_MAX. */
uint64_t memory_asked(const struct check *check, const struct domain *domain);

/* The bytes of memory that Xen has for domains: RAM without what is reserved, files, and its own.
 */
uint64_t memory_for_domains(const struct check *check);

void check_amounts(const struct check *check);

#endif
