/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of kernels: whether Xen can start them, and has room for them in their domain. */
#ifndef MUSTER_KERNELS_H
#define MUSTER_KERNELS_H

#include "core/preflight/check.h"

/* Checks a kernel that is loaded; what is wrong with its file is said where it `is_first`. */
void check_kernel(const struct check *check, const struct module *module, bool is_first);

#endif
