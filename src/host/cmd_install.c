/* SPDX-License-Identifier: BSD-2-Clause */
/* The install command: a system is put in place on the EFI system partition. */
#include "host/cmd_install.h"

#include <getopt.h>

#include "host/install/install.h"
#include "host/install/install_options.h"

static int take_option(struct install_request *install, int option, char **argv)
{
    if (install_option_take(install, option, optarg))
        return 0;
    if (option == ':' || option == '?')
        return option_error(&install_command, option, argv);
    return host_option_take(&install->request, &install_command, option, optarg);
}

/* Returns 0, or EXIT_CODE_USAGE after saying what is wrong. */
static int parse(int argc, char **argv, struct install_request *install)
{
    static const struct option options[] = {
        INSTALL_OPTIONS,
        {"label", required_argument, NULL, INSTALL_OPTION_LABEL},
        {"once", no_argument, NULL, INSTALL_OPTION_ONCE},
        HOST_MACHINE_OPTIONS,
        {0},
    };
    int option;
    int result = 0;

    while (result == 0 && (option = getopt_long(argc, argv, ":", options, NULL)) != -1)
        result = take_option(install, option, argv);
    if (result == 0 && argc - optind != 1)
        result = usage_error(&install_command, "name one configuration");
    if (result == 0)
        install->request.config = argv[optind];
    return result;
}

static int run(int argc, char **argv)
{
    struct install_request request = {.label = INSTALL_LABEL};
    int result = parse(argc, argv, &request);

    if (result != 0)
        return result;
    return install(&request) ? EXIT_CODE_FINE : EXIT_CODE_ERRORS;
}

const struct command install_command = {
    .name = "install",
    .synopsis = "[--esp DIR] [--label TEXT] [--once] [--no-entry] [--dtb FILE]\n"
                "                      [--machine qemu] [--memory SIZE] [--root DIR] CONFIG",
    .summary = "put a system in place on the EFI system partition",
    .help =
        "Copies a system and the loader to EFI/muster on the EFI system partition, and makes it\n"
        "what boots; what booted before stays as its fallback. CONFIG is as for muster check: a\n"
        "system with errors is not installed. The power may go at any time.\n"
        "\n" INSTALL_OPTIONS_HELP "  --label TEXT     the name of the boot entry; default: Muster\n"
        "  --once           boot it the next time alone; the default stays what it was\n"
        "  --dtb FILE       the device tree that the firmware provides\n"
        "  --machine qemu   take the tree of the machine that muster run starts\n"
        "  --memory SIZE[@START]\n"
        "                   the RAM that the machine has, instead of what its tree says\n"
        "  --root DIR       the root of the names in CONFIG, as for muster check\n"
        "\n"
        "The exit code is 0, 1 when the system has errors or could not be installed, 2 when the\n"
        "command line is wrong.\n",
    .run = run,
};
