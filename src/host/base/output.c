/* SPDX-License-Identifier: BSD-2-Clause */
/* Output for people: colours where they help, and errors of the tool itself. */
#include "host/base/output.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/utf.h"

bool output_has_colour(FILE *stream)
{
    const char *off = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    return (off == NULL || off[0] == '\0') && terminal != NULL && strcmp(terminal, "dumb") != 0 &&
           isatty(fileno(stream));
}

const char *output_style(FILE *stream, enum style style)
{
    static const char *const sequences[] = {
        [STYLE_PLAIN] = "\033[0m",  [STYLE_BOLD] = "\033[1m",     [STYLE_FAINT] = "\033[2m",
        [STYLE_RED] = "\033[1;31m", [STYLE_GREEN] = "\033[32m",   [STYLE_YELLOW] = "\033[1;33m",
        [STYLE_BLUE] = "\033[34m",  [STYLE_MAGENTA] = "\033[35m", [STYLE_CYAN] = "\033[36m",
    };

    return output_has_colour(stream) ? sequences[style] : "";
}

static void print_message(const char *kind, enum style style, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

static void print_message(const char *kind, enum style style, const char *format, va_list arguments)
{
    fprintf(stderr, "muster: %s%s:%s ", output_style(stderr, style), kind,
            output_style(stderr, STYLE_PLAIN));
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

void output_error(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    print_message("error", STYLE_RED, format, arguments);
    va_end(arguments);
}

void output_warning(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    print_message("warning", STYLE_YELLOW, format, arguments);
    va_end(arguments);
}

void output_hint(const char *format, ...)
{
    va_list arguments;

    fputs("  hint: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

void output_text(FILE *stream, const char *text)
{
    while (*text != '\0') {
        size_t length = utf8_length(text);
        unsigned char first = (unsigned char)*text;
        /* C1 controls command some terminals as well. */
        bool is_c1 = first == 0xc2 && length == 2 && (unsigned char)text[1] < 0xa0;

        if (length == 0 || first < 0x20 || first == 0x7f || is_c1)
            fputc('?', stream);
        else
            fwrite(text, 1, length, stream);
        text += length != 0 ? length : 1;
    }
}
