/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of event channels. */
#ifndef MUSTER_CHANNELS_H
#define MUSTER_CHANNELS_H

#include "core/preflight/targets.h"

void check_channels(const struct targets *targets);

#endif
