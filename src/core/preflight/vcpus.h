/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of vCPUs: how many a domain has, and what is said of each. */
#ifndef MUSTER_VCPUS_H
#define MUSTER_VCPUS_H

#include "core/preflight/check.h"

/* Checks cpus and the xen,vcpu nodes of a domain other than dom0. */
void check_vcpus(const struct check *check, const struct domain *domain);

/* The same of dom0, which its option tells. */
void check_dom0_vcpus(const struct check *check);

#endif
