/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of what nodes say of each other by phandle: CPU pools, CPUs and event channels. */
#ifndef MUSTER_LINKS_H
#define MUSTER_LINKS_H

#include "core/preflight/check.h"

void check_links(const struct check *check);

#endif
