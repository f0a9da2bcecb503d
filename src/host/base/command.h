/* SPDX-License-Identifier: BSD-2-Clause */
/* A command of the host tool, and the messages about its wrong use. */
#ifndef MUSTER_COMMAND_H
#define MUSTER_COMMAND_H

#include <stdio.h>

#include "host/base/exit_code.h"

struct command {
    const char *name;
    const char *synopsis; /* the arguments, as usage shows them behind the name */
    const char *summary;  /* for the list of commands: one line, no full stop */
    const char *help;     /* what `muster COMMAND --help` prints below the usage; ends with '\n' */
    /* Runs it; argv[0] is the command's name. --help is dealt with before. */
    int (*run)(int argc, char **argv);
};

/* Prints "usage: muster COMMAND ARGUMENTS". */
void print_usage(FILE *stream, const struct command *command);

/*
 * Prints "muster COMMAND: TEXT" and the usage to stderr; TEXT is formatted as by printf. Returns
 * EXIT_CODE_USAGE.
 */
int usage_error(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * As usage_error, for what getopt_long refused: `result` is what it returned (':' or '?'; so the
 * short options begin with ':').
 */
int option_error(const struct command *command, int result, char **argv);

#endif
