/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of roles: the hardware domain and the xenstore domain. */
#ifndef MUSTER_ROLES_H
#define MUSTER_ROLES_H

#include "core/preflight/check.h"

/* Checks what all domains together are, by their capabilities and what they ask for. */
void check_roles(const struct check *check);

#endif
