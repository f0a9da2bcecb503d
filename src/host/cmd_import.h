/* SPDX-License-Identifier: BSD-2-Clause */
/* The import command, which turns an ImageBuilder configuration into a system for Muster. */
#ifndef MUSTER_CMD_IMPORT_H
#define MUSTER_CMD_IMPORT_H

#include "host/base/command.h"

extern const struct command import_command;

#endif
