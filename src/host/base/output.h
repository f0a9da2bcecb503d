/* SPDX-License-Identifier: BSD-2-Clause */
/* Output for people: colours where they help, and errors of the tool itself. */
#ifndef MUSTER_OUTPUT_H
#define MUSTER_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

enum style {
    STYLE_PLAIN,
    STYLE_BOLD,
    STYLE_FAINT,
    STYLE_RED,
    STYLE_GREEN,
    STYLE_YELLOW,
    STYLE_BLUE,
    STYLE_MAGENTA,
    STYLE_CYAN,
};

/*
 * True if a stream takes colours: it is a terminal that is not "dumb", and NO_COLOR is not set to
 * anything (https://no-color.org).
 */
bool output_has_colour(FILE *stream);

/* The escape sequence that starts a style on that stream, "" where it has no colours; static. */
const char *output_style(FILE *stream, enum style style);

/* Prints "muster: error: TEXT" to stderr; TEXT is formatted as by printf. */
void output_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* As output_error, for what does not keep the work from being done. */
void output_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints "  hint: TEXT" below an error or a warning. */
void output_hint(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints a text that comes from a file: what would command a terminal is shown as '?'. */
void output_text(FILE *stream, const char *text);

#endif
