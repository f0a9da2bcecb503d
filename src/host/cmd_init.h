/* SPDX-License-Identifier: BSD-2-Clause */
/* The init command, which writes a first system to go on from. */
#ifndef MUSTER_CMD_INIT_H
#define MUSTER_CMD_INIT_H

#include "host/base/command.h"

extern const struct command init_command;

#endif
