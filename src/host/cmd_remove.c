/* SPDX-License-Identifier: BSD-2-Clause */
/* The remove command: takes away what install put in place. */
#include "host/cmd_remove.h"

#include <getopt.h>

#include "host/install/install_options.h"
#include "host/install/remove.h"

static int run(int argc, char **argv)
{
    static const struct option options[] = {INSTALL_OPTIONS, {0}};
    struct install_request request = {0};
    int option;

    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1)
        if (!install_option_take(&request, option, optarg))
            return option_error(&remove_command, option, argv);
    if (optind != argc)
        return usage_error(&remove_command, "it takes options only");
    return install_remove(request.esp, request.has_no_entry) ? EXIT_CODE_FINE : EXIT_CODE_ERRORS;
}

const struct command remove_command = {
    .name = "remove",
    .synopsis = "[--esp DIR] [--no-entry]",
    .summary = "take away what install put in place",
    .help =
        "Removes from the EFI system partition what muster install and update wrote, and the\n"
        "boot entry. Files that somebody else wrote, or changed, stay and are named.\n"
        "\n" INSTALL_OPTIONS_HELP "\n"
        "The exit code is 0, 1 when something could not be removed, 2 when the command line is\n"
        "wrong.\n",
    .run = run,
};
