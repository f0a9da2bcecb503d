/* SPDX-License-Identifier: BSD-2-Clause */
/* The plan command, which shows the domains, binaries and memory of a system. */
#ifndef MUSTER_CMD_PLAN_H
#define MUSTER_CMD_PLAN_H

#include "host/base/command.h"

extern const struct command plan_command;

#endif
