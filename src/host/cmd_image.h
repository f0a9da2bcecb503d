/* SPDX-License-Identifier: BSD-2-Clause */
/* The image command, which makes a disk that boots from a directory. */
#ifndef MUSTER_CMD_IMAGE_H
#define MUSTER_CMD_IMAGE_H

#include "host/base/command.h"

extern const struct command image_command;

#endif
