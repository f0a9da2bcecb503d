/* SPDX-License-Identifier: BSD-2-Clause */
/* The measure command, which says what a TPM will hold after a sealed system was started. */
#ifndef MUSTER_CMD_MEASURE_H
#define MUSTER_CMD_MEASURE_H

#include "host/base/command.h"

extern const struct command measure_command;

#endif
