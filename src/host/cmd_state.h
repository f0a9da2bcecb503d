/* SPDX-License-Identifier: BSD-2-Clause */
/* The state command: what the boot state says, and confirming what was booted. */
#ifndef MUSTER_CMD_STATE_H
#define MUSTER_CMD_STATE_H

#include "host/base/command.h"

extern const struct command state_command;

#endif
