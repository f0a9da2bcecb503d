/* SPDX-License-Identifier: BSD-2-Clause */
/* The run command, which boots a system in QEMU. */
#ifndef MUSTER_CMD_RUN_H
#define MUSTER_CMD_RUN_H

#include "host/base/command.h"

extern const struct command run_command;

#endif
