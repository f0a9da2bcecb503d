/* SPDX-License-Identifier: BSD-2-Clause */
/* The host tool: finds the command that is asked for and runs it. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/base/version.h"
#include "host/base/command.h"
#include "host/cmd_check.h"
#include "host/cmd_image.h"
#include "host/cmd_import.h"
#include "host/cmd_init.h"
#include "host/cmd_install.h"
#include "host/cmd_measure.h"
#include "host/cmd_menu.h"
#include "host/cmd_plan.h"
#include "host/cmd_remove.h"
#include "host/cmd_run.h"
#include "host/cmd_seal.h"
#include "host/cmd_state.h"
#include "host/cmd_status.h"
#include "host/cmd_update.h"

static const struct command *const commands[] = {
    &init_command,    &check_command,   &plan_command,   &image_command,  &run_command,
    &install_command, &update_command,  &status_command, &remove_command, &import_command,
    &seal_command,    &measure_command, &state_command,  &menu_command,
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void print_commands(FILE *stream)
{
    fputs("usage: muster COMMAND [ARGUMENT…]\n\n", stream);
    for (size_t at = 0; at < COMMAND_COUNT; at++)
        fprintf(stream, "  %-8s %s\n", commands[at]->name, commands[at]->summary);
    fputs("\nmuster help COMMAND tells more; muster --version prints the version.\n", stream);
}

static const struct command *find_command(const char *name)
{
    for (size_t at = 0; at < COMMAND_COUNT; at++)
        if (strcmp(commands[at]->name, name) == 0)
            return commands[at];
    return NULL;
}

static int report_unknown(const char *name)
{
    struct nearest nearest = {.wanted = name};

    for (size_t at = 0; at < COMMAND_COUNT; at++)
        nearest_offer(&nearest, commands[at]->name);
    fprintf(stderr, "muster: there is no command %s", name);
    if (nearest.name != NULL)
        fprintf(stderr, "; did you mean %s?", nearest.name);
    fputs("\nmuster --help lists the commands\n", stderr);
    return EXIT_CODE_USAGE;
}

/* True if --help is among the options. */
static bool wants_help(int argc, char **argv)
{
    for (int at = 1; at < argc && strcmp(argv[at], "--") != 0; at++)
        if (strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "-h") == 0)
            return true;
    return false;
}

static int print_help(const struct command *command)
{
    print_usage(stdout, command);
    fprintf(stdout, "\n%s", command->help);
    return EXIT_CODE_FINE;
}

/* `muster help` and `muster help COMMAND`. */
static int help(int argc, char **argv)
{
    const struct command *command = argc > 1 ? find_command(argv[1]) : NULL;

    if (command != NULL)
        return print_help(command);
    if (argc > 1 && strcmp(argv[1], "help") != 0)
        return report_unknown(argv[1]);
    print_commands(stdout);
    return EXIT_CODE_FINE;
}

static int dispatch(int argc, char **argv)
{
    const struct command *command = find_command(argv[0]);

    if (strcmp(argv[0], "help") == 0)
        return help(argc, argv);
    if (command == NULL)
        return report_unknown(argv[0]);
    if (wants_help(argc, argv))
        return print_help(command);
    return command->run(argc, argv);
}

/* Output that a full disk or a closed pipe did not take was not written. */
static int finish(int result)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return result;
    perror("muster: cannot write the output");
    return EXIT_CODE_ERRORS;
}

int main(int argc, char **argv)
{
    const char *first = argc > 1 ? argv[1] : "";

    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0) {
        print_commands(stdout);
        return EXIT_CODE_FINE;
    }
    if (strcmp(first, "--version") == 0 || strcmp(first, "-V") == 0) {
        puts("muster " MUSTER_VERSION);
        return EXIT_CODE_FINE;
    }
    if (argc < 2) {
        print_commands(stderr);
        return EXIT_CODE_USAGE;
    }
    if (first[0] == '-') {
        fprintf(stderr, "muster: unknown option %s\nmuster --help lists the commands\n", first);
        return EXIT_CODE_USAGE;
    }
    return finish(dispatch(argc - 1, argv + 1));
}
