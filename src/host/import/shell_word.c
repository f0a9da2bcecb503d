/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of a shell's text: quotes, escapes, and references to variables. */
#include "host/import/shell_word.h"

#include <string.h>

#include "core/base/text.h"

static bool put(struct shell_reader *reader, char character)
{
    if (reader->length == IMAGEBUILDER_VALUE_MAX || ++reader->total > SHELL_TOTAL_MAX)
        return shell_fail(reader, shell_mark(reader), NULL, "the value is too long");
    reader->word[reader->length++] = character;
    return true;
}

bool shell_put_text(struct shell_reader *reader, const char *text)
{
    for (; *text != '\0'; text++)
        if (!put(reader, *text))
            return false;
    return true;
}

/* The forms that begin with a dollar sign and need a shell. */
static bool fail_expansion(struct shell_reader *reader, struct shell_mark place)
{
    bool is_command = strncmp(place.at, "$(", 2) == 0 || *place.at == '`';
    size_t length = strcspn(place.at, " \t\r\n\"'");

    shell_return_to(reader, place);
    reader->at += length;
    return shell_fail(reader, place, "write the value that it has",
                      is_command ? "import runs no command"
                                 : "import does not read this expansion");
}

/*
 * Adds the value of a variable, named from `start` to the reader's place. One that is not set is
 * reported once, and is then a faulty one, as is every variable made of it.
 */
static bool put_variable(struct shell_reader *reader, struct shell_mark start, const char *name,
                         unsigned index, unsigned second)
{
    struct imagebuilder *config = reader->config;
    struct imagebuilder_variable *variable = imagebuilder_take(config, name, index, second);

    if (variable == NULL)
        return false;
    if (variable->value == NULL) {
        variable->value = "";
        variable->is_faulty = true;
        shell_fail(reader, start, "set it above, or write its value",
                   text_format(config->arena, "this file does not set %s", name));
    }
    variable->is_used = true;
    reader->is_faulty |= variable->is_faulty;
    return shell_put_text(reader, variable->value);
}

/* $NAME, ${NAME} or ${NAME[INDEX]} becomes what the file has set it to; $ alone is itself. */
static bool read_reference(struct shell_reader *reader)
{
    struct shell_mark start = shell_mark(reader);
    bool is_braced = reader->at[1] == '{';
    const char *name = reader->at + (is_braced ? 2 : 1);
    size_t length = shell_name_length(name);
    size_t index_part = 0;
    unsigned index = 0;
    unsigned second = IMAGEBUILDER_ALONE;
    char *copy;

    if (length == 0 && (shell_is_blank(*name) || *name == '"' || *name == '\n' || *name == '\0')) {
        shell_advance(reader);
        return put(reader, '$');
    }
    if (is_braced)
        index_part = shell_index_length(name + length, &index, &second);
    if (length == 0 || (is_braced && name[length + index_part] != '}'))
        return fail_expansion(reader, start);
    copy = arena_copy(reader->config->arena, name, length);
    if (copy == NULL)
        return false;
    reader->at = name + length + index_part + (is_braced ? 1 : 0);
    return put_variable(reader, start, copy, index, second);
}

/* In double quotes, a backslash takes the meaning of these only. */
static bool read_escape(struct shell_reader *reader, bool is_quoted)
{
    if (shell_skip_continuation(reader))
        return true;
    shell_advance(reader);
    if (*reader->at == '\0')
        return shell_fail(reader, shell_mark(reader), NULL, "the text ends behind a backslash");
    if (is_quoted && strchr("$`\"\\", *reader->at) == NULL && !put(reader, '\\'))
        return false;
    if (!put(reader, *reader->at))
        return false;
    shell_advance(reader);
    return true;
}

/* One character of a word, or what stands for several. */
static bool read_piece(struct shell_reader *reader, bool is_quoted)
{
    if (*reader->at == '\\')
        return read_escape(reader, is_quoted);
    if (*reader->at == '$')
        return read_reference(reader);
    if (*reader->at == '`')
        return fail_expansion(reader, shell_mark(reader));
    if (!put(reader, *reader->at))
        return false;
    shell_advance(reader);
    return true;
}

/*
 * Reports a quotation without an end. When a mark is missing, all that follow change their sides:
 * the quotation without an end is the last one of the file, the faulty one that which goes on into
 * an assignment.
 */
static bool fail_quotation(struct shell_reader *reader, struct shell_mark start)
{
    if (reader->swallows.at != NULL)
        start = reader->swallows;
    shell_return_to(reader, start);
    shell_fail(reader, start, "a quotation mark is missing, here or above",
               "the quotation has no end");
    reader->at += strlen(reader->at);
    reader->is_cut = true;
    return false;
}

/* Remembers the first quotation with a line that begins as an assignment. */
static void watch_lines(struct shell_reader *reader, struct shell_mark start)
{
    size_t length = *reader->at == '\n' ? shell_name_length(reader->at + 1) : 0;

    if (length != 0 && reader->swallows.at == NULL &&
        strchr("=[", reader->at[1 + length]) != NULL && reader->at[1 + length] != '\0')
        reader->swallows = start;
}

static bool read_quoted(struct shell_reader *reader)
{
    struct shell_mark start = shell_mark(reader);
    char quote = *reader->at;

    for (shell_advance(reader); *reader->at != quote;) {
        if (*reader->at == '\0')
            return fail_quotation(reader, start);
        watch_lines(reader, start);
        if (quote == '"') {
            if (!read_piece(reader, true))
                return false;
        } else if (put(reader, *reader->at)) {
            shell_advance(reader);
        } else {
            return false;
        }
    }
    shell_advance(reader);
    return true;
}

bool shell_read_word(struct shell_reader *reader)
{
    while (*reader->at != '\0' && strchr(" \t\r\n;)", *reader->at) == NULL) {
        if (strchr("&|<>(", *reader->at) != NULL)
            return shell_fail(reader, shell_mark(reader), "put the value in quotes",
                              "this character means something to a shell");
        if (*reader->at == '"' || *reader->at == '\'') {
            if (!read_quoted(reader))
                return false;
        } else if (!read_piece(reader, false)) {
            return false;
        }
    }
    reader->word[reader->length] = '\0';
    return true;
}
