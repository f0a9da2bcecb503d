/* SPDX-License-Identifier: BSD-2-Clause */
/* The update command: the installed system gets another kernel, Xen or loader. */
#include "host/cmd_update.h"

#include <getopt.h>

#include "host/install/install.h"
#include "host/install/install_options.h"

/* Returns 0, or EXIT_CODE_USAGE after saying what is wrong. */
static int parse(int argc, char **argv, struct install_request *update)
{
    static const struct option options[] = {
        INSTALL_OPTIONS,
        {"once", no_argument, NULL, INSTALL_OPTION_ONCE},
        {"kernel", required_argument, NULL, INSTALL_OPTION_KERNEL},
        {"ramdisk", required_argument, NULL, INSTALL_OPTION_RAMDISK},
        {"xen", required_argument, NULL, INSTALL_OPTION_XEN},
        {0},
    };
    int option;

    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1)
        if (!install_option_take(update, option, optarg))
            return option_error(&update_command, option, argv);
    return optind == argc ? 0 : usage_error(&update_command, "it takes options only");
}

static int run(int argc, char **argv)
{
    struct install_request request = {.label = INSTALL_LABEL, .is_update = true};
    int result = parse(argc, argv, &request);

    if (result != 0)
        return result;
    return install(&request) ? EXIT_CODE_FINE : EXIT_CODE_ERRORS;
}

const struct command update_command = {
    .name = "update",
    .synopsis = "[--esp DIR] [--kernel FILE] [--ramdisk FILE] [--xen FILE] [--once]\n"
                "                     [--no-entry]",
    .summary = "give the installed system another kernel, Xen or loader",
    .help =
        "Makes a new system of the one that boots by default, with other files, and makes that\n"
        "what boots; the former one stays as its fallback. The loader becomes that of this\n"
        "program. For another configuration, use muster install.\n"
        "\n" INSTALL_OPTIONS_HELP "  --kernel FILE    dom0's kernel\n"
        "  --ramdisk FILE   dom0's ramdisk\n"
        "  --xen FILE       the hypervisor\n"
        "  --once           boot it the next time alone; the default stays what it was\n"
        "\n"
        "The exit code is 0, 1 when the system would have errors or could not be changed, 2 when\n"
        "the command line is wrong.\n",
    .run = run,
};
