/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of a section on trial: what resets the machine when it hangs, so that a try counts. */
#ifndef MUSTER_PREFLIGHT_TRIAL_RESET_H
#define MUSTER_PREFLIGHT_TRIAL_RESET_H

#include "core/preflight/check.h"

/* Checks, where boots of the section are counted, that something ends one that hangs. */
void check_trial_reset(const struct check *check);

#endif
