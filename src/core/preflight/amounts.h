/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of memory: how much the domains ask for, and how much there is. */
#ifndef MUSTER_AMOUNTS_H
#define MUSTER_AMOUNTS_H

#include "core/preflight/check.h"

/* The memory of a domain, or of dom0 if it is started, in bytes; at most UINT64_MAX. */
uint64_t memory_asked(const struct check *check, const struct domain *domain);

/*
 * The memory for the page tables of a domain that has `bytes`, by Xen's default: for its vCPUs, its
 * memory, and a rest. In bytes.
 */
uint64_t memory_of_tables(const struct check *check, const struct domain *domain, uint64_t bytes);

/* The bytes of memory that Xen has for domains: RAM without what is reserved, files, and its own.
 */
uint64_t memory_for_domains(const struct check *check);

void check_amounts(const struct check *check);

#endif
