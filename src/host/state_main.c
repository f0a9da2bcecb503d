/* SPDX-License-Identifier: BSD-2-Clause */
/* The state command as a program of its own, small enough for any domain's ramdisk. */
#include <stdio.h>
#include <string.h>

#include "host/cmd_state.h"

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        print_usage(stdout, &state_command);
        printf("\n%s", state_command.help);
        return EXIT_CODE_FINE;
    }
    return state_command.run(argc, argv);
}
