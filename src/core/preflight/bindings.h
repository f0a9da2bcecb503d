/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of properties and nodes against the bindings of Xen, and against the Xen at hand. */
#ifndef MUSTER_BINDINGS_H
#define MUSTER_BINDINGS_H

#include "core/preflight/check.h"

void check_bindings(const struct check *check);

#endif
