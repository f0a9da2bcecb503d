/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of Xen's command line: what it does not understand. */
#ifndef MUSTER_OPTIONS_OF_XEN_H
#define MUSTER_OPTIONS_OF_XEN_H

#include "core/preflight/check.h"

void check_options(const struct check *check);

#endif
