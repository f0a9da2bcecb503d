/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine that this program runs on, as Linux shows it below /sys. */
#ifndef MUSTER_ENVIRONMENT_H
#define MUSTER_ENVIRONMENT_H

#include <stdbool.h>

/*
 * The path of `name` below /sys; a test has another directory in the variable MUSTER_SYS. The
 * caller frees it; NULL without memory.
 */
char *environment_sys(const char *name);

/* True in a domain of Xen, dom0 too. */
bool environment_is_xen(void);

#endif
