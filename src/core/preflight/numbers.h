/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of numbers that a domain gives: the values that Xen takes. */
#ifndef MUSTER_NUMBERS_H
#define MUSTER_NUMBERS_H

#include "core/preflight/check.h"

/* Checks the properties of a domain, other than dom0, that have a range. */
void check_numbers(const struct check *check, const struct domain *domain);

#endif
