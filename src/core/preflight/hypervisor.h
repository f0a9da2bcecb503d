/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of the file that is to be Xen. */
#ifndef MUSTER_HYPERVISOR_H
#define MUSTER_HYPERVISOR_H

#include "core/preflight/check.h"

void check_hypervisor(const struct check *check);

#endif
