/* SPDX-License-Identifier: BSD-2-Clause */
/* The check command. */
#include "command.h"

static int run(int argc, char **argv)
{
    (void)argc;
    return usage_error(&check_command, "%s is not there yet", argv[0]);
}

const struct command check_command = {
    .name = "check",
    .synopsis = "CONFIG",
    .summary = "say what the firmware would say about a system",
    .help = "",
    .run = run,
};
