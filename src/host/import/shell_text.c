/* SPDX-License-Identifier: BSD-2-Clause */
/* A text in the shell's notation, read front to back: its blanks, comments, names and places. */
#include "host/import/shell_text.h"

#include <string.h>

#include "core/base/text.h"

#define WIDTH_MAX 200U /* bytes of a line that a location spans */

struct shell_mark shell_mark(const struct shell_reader *reader)
{
    return (struct shell_mark){reader->at, reader->line_start, reader->line};
}

void shell_return_to(struct shell_reader *reader, struct shell_mark place)
{
    reader->at = place.at;
    reader->line_start = place.line_start;
    reader->line = place.line;
}

struct location shell_locate(const struct shell_reader *reader, struct shell_mark place)
{
    size_t read = (size_t)(reader->at - place.at);
    size_t limit = read != 0 && read < WIDTH_MAX ? read : WIDTH_MAX;
    size_t width = 0;

    while (width < limit && strchr("\r\n", place.at[width]) == NULL)
        width++;
    return (struct location){
        .file = reader->config->file,
        .line = place.line,
        .column = (unsigned)(place.at - place.line_start) + 1,
        .width = (unsigned)width,
    };
}

bool shell_fail(const struct shell_reader *reader, struct shell_mark place, const char *hint,
                const char *what)
{
    struct location where = shell_locate(reader, place);

    if (what != NULL)
        diagnose(reader->config->diagnostics, SEVERITY_ERROR, &where, hint, "%s", what);
    return false;
}

void shell_advance(struct shell_reader *reader)
{
    char character = *reader->at++;

    if (character == '\n' || (character == '\r' && *reader->at != '\n')) {
        reader->line++;
        reader->line_start = reader->at;
    }
}

/* A backslash in front of a line's end joins it with the next. */
static size_t continuation(const char *at)
{
    if (strncmp(at, "\\\n", 2) == 0)
        return 2;
    return strncmp(at, "\\\r\n", 3) == 0 ? 3 : 0;
}

bool shell_skip_continuation(struct shell_reader *reader)
{
    size_t length = continuation(reader->at);

    for (size_t count = 0; count < length; count++)
        shell_advance(reader);
    return length != 0;
}

bool shell_is_blank(char character)
{
    return character == ' ' || character == '\t' || character == '\r';
}

void shell_skip_blanks(struct shell_reader *reader)
{
    while (shell_is_blank(*reader->at) || shell_skip_continuation(reader))
        if (shell_is_blank(*reader->at))
            shell_advance(reader);
}

void shell_skip_between(struct shell_reader *reader, bool semicolons)
{
    for (;;) {
        shell_skip_blanks(reader);
        if (*reader->at == '#')
            while (*reader->at != '\0' && *reader->at != '\n')
                shell_advance(reader);
        else if (*reader->at == '\n' || (semicolons && *reader->at == ';'))
            shell_advance(reader);
        else
            return;
    }
}

void shell_skip_statement(struct shell_reader *reader)
{
    char quote = '\0';

    for (; *reader->at != '\0'; shell_advance(reader)) {
        char character = *reader->at;

        if (character == '\\' && reader->at[1] != '\0' && quote != '\'')
            shell_advance(reader);
        else if (quote != '\0')
            quote = character == quote ? '\0' : quote;
        else if (character == '"' || character == '\'')
            quote = character;
        else if (character == '\n' || character == ';')
            return;
    }
}

static bool is_name_character(char character, bool is_first)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           character == '_' || (!is_first && character >= '0' && character <= '9');
}

size_t shell_name_length(const char *at)
{
    size_t length = 0;

    while (is_name_character(at[length], length == 0))
        length++;
    return length;
}

/* The number at `at`: its length, or 0 without one that can be an index. */
static size_t number_length(const char *at, unsigned *number)
{
    size_t digits = strspn(at, "0123456789");
    uint64_t value;

    if (digits == 0 || !text_to_number(at, digits, &value) || value > IMAGEBUILDER_INDEX_MAX)
        return 0;
    *number = (unsigned)value;
    return digits;
}

size_t shell_index_length(const char *at, unsigned *index, unsigned *second)
{
    size_t length = *at == '[' ? number_length(at + 1, index) : 0;
    size_t more = 0;

    *second = IMAGEBUILDER_ALONE;
    if (length != 0 && at[1 + length] == ',')
        more = number_length(at + 2 + length, second);
    if (more != 0)
        length += 1 + more;
    return length != 0 && at[1 + length] == ']' ? length + 2 : 0;
}
