/* SPDX-License-Identifier: BSD-2-Clause */
/* The remove command. */
#ifndef MUSTER_CMD_REMOVE_H
#define MUSTER_CMD_REMOVE_H

#include "host/base/command.h"

extern const struct command remove_command;

#endif
