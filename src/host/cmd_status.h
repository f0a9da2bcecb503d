/* SPDX-License-Identifier: BSD-2-Clause */
/* The status command. */
#ifndef MUSTER_CMD_STATUS_H
#define MUSTER_CMD_STATUS_H

#include "host/base/command.h"

extern const struct command status_command;

#endif
