/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of the machine's devices, all of which dom0 or a hardware domain gets. */
#ifndef MUSTER_DOM0_DEVICES_H
#define MUSTER_DOM0_DEVICES_H

#include "core/preflight/check.h"

void check_dom0_devices(const struct check *check);

#endif
