/* SPDX-License-Identifier: BSD-2-Clause */
/* The update command. */
#ifndef MUSTER_CMD_UPDATE_H
#define MUSTER_CMD_UPDATE_H

#include "host/base/command.h"

extern const struct command update_command;

#endif
