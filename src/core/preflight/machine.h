/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of the machine: what Xen needs of it, and where Xen speaks. */
#ifndef MUSTER_MACHINE_H
#define MUSTER_MACHINE_H

#include "core/preflight/check.h"

/* The node of Xen's console; a negative libfdt error where there is none. */
int console_of_xen(const struct check *check);

/* True if Xen has a console that it drives. */
bool has_console(const struct check *check);

void check_machine(const struct check *check);

#endif
