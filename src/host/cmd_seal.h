/* SPDX-License-Identifier: BSD-2-Clause */
/* The seal command, which puts a system's configuration and digests into the loader's file. */
#ifndef MUSTER_CMD_SEAL_H
#define MUSTER_CMD_SEAL_H

#include "host/base/command.h"

extern const struct command seal_command;

#endif
