/* SPDX-License-Identifier: BSD-2-Clause */
/* A command of the host tool, and the messages about its wrong use. */
#include "host/base/command.h"

#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/text.h"

#define OPTION_MAX 64 /* characters of an option, with its NUL */
#define LETTERS    "abcdefghijklmnopqrstuvwxyz-"

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

/* The option in a command's help that is most like a word, or NULL. */
static const char *nearest_option(const struct command *command, const char *word, char *buffer,
                                  size_t size)
{
    char wanted[OPTION_MAX];
    const char *at = command->help;
    unsigned best = UINT_MAX;

    snprintf(wanted, sizeof(wanted), "%.*s", (int)strcspn(word, "="), word);
    while ((at = strstr(at, "--")) != NULL) {
        struct nearest nearest = {.wanted = wanted};
        char option[OPTION_MAX];

        snprintf(option, sizeof(option), "%.*s", (int)(2 + strspn(at + 2, LETTERS)), at);
        nearest_offer(&nearest, option);
        if (nearest.name != NULL && nearest.distance < best) {
            best = nearest.distance;
            snprintf(buffer, size, "%s", option);
        }
        at += 2;
    }
    return best != UINT_MAX ? buffer : NULL;
}

int option_error(const struct command *command, int result, char **argv)
{
    char letter[] = {'-', (char)optopt, '\0'};
    const char *last = argv[optind - 1];
    /* getopt leaves the name of a long option only in the argument that it took last. */
    bool is_long = optopt <= ' ' || optopt >= 0x7f || (result == ':' && text_starts(last, "--"));
    const char *name = is_long ? last : letter;
    char buffer[OPTION_MAX];
    const char *near;

    if (result == ':')
        return usage_error(command, "%s needs an argument", name);
    near = is_long ? nearest_option(command, name, buffer, sizeof(buffer)) : NULL;
    if (near != NULL)
        return usage_error(command, "unknown or ambiguous option %s; did you mean %s?", name, near);
    return usage_error(command, "unknown or ambiguous option %s", name);
}
