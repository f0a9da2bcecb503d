/* SPDX-License-Identifier: BSD-2-Clause */
/* The check command, which says what the firmware would say about a system. */
#ifndef MUSTER_CMD_CHECK_H
#define MUSTER_CMD_CHECK_H

#include "host/base/command.h"

extern const struct command check_command;

#endif
