/* SPDX-License-Identifier: BSD-2-Clause */
/* The install command. */
#ifndef MUSTER_CMD_INSTALL_H
#define MUSTER_CMD_INSTALL_H

#include "host/base/command.h"

extern const struct command install_command;

#endif
