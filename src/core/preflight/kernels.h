/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of kernels: whether Xen can start them, and has room for them in their domain. */
#ifndef MUSTER_KERNELS_H
#define MUSTER_KERNELS_H

#include "core/preflight/check.h"

/* The first memory of a domain that is not mapped 1:1 (Xen, public/arch-arm.h). */
#define GUEST_BANK_0      0x40000000U
#define GUEST_BANK_0_SIZE ((uint64_t)3 << 30) /* bytes at most */

/* True if a domain's kernel is in the place of its ramdisk, and what is no kernel in its own. */
bool kernels_are_exchanged(const struct check *check, const struct domain *domain);

/* Checks a kernel that Xen takes; what is wrong with its file is said for the first such one. */
void check_kernel(const struct check *check, const struct module *module);

/*
 * The kind of a domain's file that Xen writes to some of [start, start + size), addresses of the
 * domain: its kernel, ramdisk or device tree; MODULE_UNKNOWN if none, or if they do not fit.
 */
enum module_kind kernels_file_at(const struct check *check, const struct domain *domain,
                                 uint64_t start, uint64_t size);

#endif
