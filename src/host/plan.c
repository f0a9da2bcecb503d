/* SPDX-License-Identifier: BSD-2-Clause */
/* The plan command. */
#include "command.h"

static int run(int argc, char **argv)
{
    (void)argc;
    return usage_error(&plan_command, "%s is not there yet", argv[0]);
}

const struct command plan_command = {
    .name = "plan",
    .synopsis = "CONFIG",
    .summary = "show the domains, binaries and memory of a system",
    .help = "",
    .run = run,
};
