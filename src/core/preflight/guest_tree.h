/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of the device tree that Xen makes for a domain: up to 4.21 it has 4 KiB. */
#ifndef MUSTER_GUEST_TREE_H
#define MUSTER_GUEST_TREE_H

#include "core/preflight/check.h"

/* Reports a domain, other than dom0, whose tree has no room. */
void check_guest_tree(const struct check *check, const struct domain *domain);

#endif
