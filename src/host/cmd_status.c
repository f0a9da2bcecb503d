/* SPDX-License-Identifier: BSD-2-Clause */
/* The status command: tells what is installed, and whether it would boot. */
#include "host/cmd_status.h"

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

#include "host/install/status.h"

static int run(int argc, char **argv)
{
    static const struct option options[] = {{"esp", required_argument, NULL, 'e'}, {0}};
    const char *esp = NULL;
    bool is_good = false;
    int option;

    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        if (option != 'e')
            return option_error(&status_command, option, argv);
        esp = optarg;
    }
    if (optind != argc)
        return usage_error(&status_command, "it takes options only");
    return status_print(esp, &is_good) && is_good ? EXIT_CODE_FINE : EXIT_CODE_ERRORS;
}

const struct command status_command = {
    .name = "status",
    .synopsis = "[--esp DIR]",
    .summary = "tell what is installed, and whether it would boot",
    .help =
        "Shows the loader, the boot entry, the systems on the EFI system partition with their\n"
        "part in what boots, the version of Xen, dom0's kernel, and what check says of them.\n"
        "\n"
        "  --esp DIR        where the EFI system partition is mounted; default: /boot/efi, /efi\n"
        "                   or /boot\n"
        "\n"
        "The exit code is 0 when the section that boots by default has no errors, 1 when it has\n"
        "some or nothing is installed, 2 when the command line is wrong.\n",
    .run = run,
};
