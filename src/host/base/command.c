/* SPDX-License-Identifier: BSD-2-Clause */
/* A command of the host tool, and the messages about its wrong use. */
#include "host/base/command.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>

#include "core/base/text.h"

void print_usage(FILE *stream, const struct command *command)
{
    fprintf(stream, "usage: muster %s %s\n", command->name, command->synopsis);
}

int usage_error(const struct command *command, const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "muster %s: ", command->name);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    print_usage(stderr, command);
    return EXIT_CODE_USAGE;
}

int option_error(const struct command *command, int result, char **argv)
{
    char letter[] = {'-', (char)optopt, '\0'};
    const char *last = argv[optind - 1];
    /* getopt leaves the name of a long option only in the argument that it took last. */
    bool is_long = optopt <= ' ' || optopt >= 0x7f || (result == ':' && text_starts(last, "--"));
    const char *name = is_long ? last : letter;

    if (result == ':')
        return usage_error(command, "%s needs an argument", name);
    return usage_error(command, "unknown or ambiguous option %s", name);
}
