/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of passthrough fragments: the devices that they give to a domain. */
#ifndef MUSTER_FRAGMENTS_H
#define MUSTER_FRAGMENTS_H

#include "core/preflight/check.h"

/* Checks the device tree of a module, which is loaded. */
void check_fragment(const struct check *check, const struct module *module);

#endif
