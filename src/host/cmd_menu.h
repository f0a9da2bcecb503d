/* SPDX-License-Identifier: BSD-2-Clause */
/* The menu command: the loader's menu on the person's terminal. */
#ifndef MUSTER_CMD_MENU_H
#define MUSTER_CMD_MENU_H

#include "host/base/command.h"

extern const struct command menu_command;

#endif
