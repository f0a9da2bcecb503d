/* SPDX-License-Identifier: BSD-2-Clause */
/* ImageBuilder's configuration files: assignments in the shell's notation, read without a shell. */
#include "host/import/imagebuilder.h"

#include <string.h>

#include "core/base/text.h"

#define TOTAL_MAX (16U << 20) /* bytes of all values: references to values could make far more */
#define WIDTH_MAX 200U        /* bytes of a line that a location spans */

/* The reader's place in the text, which ends with a NUL. */
struct reader {
    struct imagebuilder *config;
    const char *at;
    const char *line_start;
    unsigned line;
    char *word; /* the value being read, IMAGEBUILDER_VALUE_MAX bytes and a NUL */
    size_t length;
    size_t total; /* bytes put into values so far */
};

/* A place to come back to, and to point at. */
struct mark {
    const char *at;
    const char *line_start;
    unsigned line;
};

/* The left side of an assignment. */
struct target {
    char *name;
    unsigned index;
    bool is_element;
    bool appends; /* NAME+=VALUE */
    struct mark start;
};

static struct mark mark(const struct reader *reader)
{
    return (struct mark){reader->at, reader->line_start, reader->line};
}

static void return_to(struct reader *reader, struct mark place)
{
    reader->at = place.at;
    reader->line_start = place.line_start;
    reader->line = place.line;
}

/* The stretch between a mark and the reader, as far as it is on the mark's line. */
static struct location locate(const struct reader *reader, struct mark place)
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

/* Reports an error between a mark and the reader. False, for the caller to return. */
static bool fail(const struct reader *reader, struct mark place, const char *hint, const char *what)
{
    struct location where = locate(reader, place);

    if (what != NULL)
        diagnose(reader->config->diagnostics, SEVERITY_ERROR, &where, hint, "%s", what);
    return false;
}

/* Lines are counted as config_line counts them, though to the shell CR is a blank. */
static void advance(struct reader *reader)
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

static bool skip_continuation(struct reader *reader)
{
    size_t length = continuation(reader->at);

    for (size_t count = 0; count < length; count++)
        advance(reader);
    return length != 0;
}

static bool is_blank(char character)
{
    return character == ' ' || character == '\t' || character == '\r';
}

static void skip_blanks(struct reader *reader)
{
    while (is_blank(*reader->at) || skip_continuation(reader))
        if (is_blank(*reader->at))
            advance(reader);
}

/* Blanks, ends of lines, comments and, between assignments, semicolons. */
static void skip_between(struct reader *reader, bool semicolons)
{
    for (;;) {
        skip_blanks(reader);
        if (*reader->at == '#')
            while (*reader->at != '\0' && *reader->at != '\n')
                advance(reader);
        else if (*reader->at == '\n' || (semicolons && *reader->at == ';'))
            advance(reader);
        else
            return;
    }
}

/* Past the statement that could not be read: quotes hide what would end it. */
static void skip_statement(struct reader *reader)
{
    char quote = '\0';

    for (; *reader->at != '\0'; advance(reader)) {
        char character = *reader->at;

        if (character == '\\' && reader->at[1] != '\0' && quote != '\'')
            advance(reader);
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

static size_t name_length(const char *at)
{
    size_t length = 0;

    while (is_name_character(at[length], length == 0))
        length++;
    return length;
}

/* [NUMBER] at `at`: its length, or 0 when it is something else. */
static size_t index_length(const char *at, unsigned *index)
{
    size_t digits = *at == '[' ? strspn(at + 1, "0123456789") : 0;
    uint64_t number;

    if (digits == 0 || at[1 + digits] != ']' || !text_to_number(at + 1, digits, &number) ||
        number > IMAGEBUILDER_INDEX_MAX)
        return 0;
    *index = (unsigned)number;
    return digits + 2;
}

static const char *variable_key(struct imagebuilder *config, const char *name, unsigned index)
{
    return text_format(config->arena, "%s[%u]", name, index);
}

static struct imagebuilder_variable *look_up(struct imagebuilder *config, const char *name,
                                             unsigned index)
{
    const char *key = variable_key(config, name, index);

    return key != NULL ? names_find(&config->names, key) : NULL;
}

static bool put(struct reader *reader, char character)
{
    if (reader->length == IMAGEBUILDER_VALUE_MAX || ++reader->total > TOTAL_MAX)
        return fail(reader, mark(reader), NULL, "the value is too long");
    reader->word[reader->length++] = character;
    return true;
}

static bool put_text(struct reader *reader, const char *text)
{
    for (; *text != '\0'; text++)
        if (!put(reader, *text))
            return false;
    return true;
}

/* The forms that begin with a dollar sign and need a shell. */
static bool fail_expansion(struct reader *reader, struct mark place)
{
    bool is_command = strncmp(place.at, "$(", 2) == 0 || *place.at == '`';
    size_t length = strcspn(place.at, " \t\r\n\"'");

    return_to(reader, place);
    reader->at += length;
    return fail(reader, place, "write the value that it has",
                is_command ? "import runs no command" : "import does not read this expansion");
}

/* $NAME, ${NAME} or ${NAME[INDEX]} becomes what the file has set it to; $ alone is itself. */
static bool read_reference(struct reader *reader)
{
    struct mark start = mark(reader);
    bool is_braced = reader->at[1] == '{';
    const char *name = reader->at + (is_braced ? 2 : 1);
    size_t length = name_length(name);
    size_t index_part = 0;
    unsigned index = 0;
    struct imagebuilder_variable *variable;
    char *copy;

    if (length == 0 && (is_blank(*name) || *name == '"' || *name == '\n' || *name == '\0')) {
        advance(reader);
        return put(reader, '$');
    }
    if (is_braced)
        index_part = index_length(name + length, &index);
    if (length == 0 || (is_braced && name[length + index_part] != '}'))
        return fail_expansion(reader, start);
    copy = arena_copy(reader->config->arena, name, length);
    if (copy == NULL)
        return false;
    reader->at = name + length + index_part + (is_braced ? 1 : 0);
    variable = look_up(reader->config, copy, index);
    if (variable == NULL)
        return fail(reader, start, "set it above, or write its value",
                    text_format(reader->config->arena, "this file does not set %s", copy));
    variable->is_used = true;
    return put_text(reader, variable->value);
}

/* In double quotes, a backslash takes the meaning of these only. */
static bool read_escape(struct reader *reader, bool is_quoted)
{
    if (skip_continuation(reader))
        return true;
    advance(reader);
    if (*reader->at == '\0')
        return fail(reader, mark(reader), NULL, "the text ends behind a backslash");
    if (is_quoted && strchr("$`\"\\", *reader->at) == NULL && !put(reader, '\\'))
        return false;
    if (!put(reader, *reader->at))
        return false;
    advance(reader);
    return true;
}

/* One character of a word, or what stands for several. */
static bool read_piece(struct reader *reader, bool is_quoted)
{
    if (*reader->at == '\\')
        return read_escape(reader, is_quoted);
    if (*reader->at == '$')
        return read_reference(reader);
    if (*reader->at == '`')
        return fail_expansion(reader, mark(reader));
    if (!put(reader, *reader->at))
        return false;
    advance(reader);
    return true;
}

static bool read_quoted(struct reader *reader)
{
    struct mark start = mark(reader);
    char quote = *reader->at;

    for (advance(reader); *reader->at != quote;) {
        if (*reader->at == '\0') {
            return_to(reader, start);
            fail(reader, start, NULL, "the quotation has no end");
            reader->at += strlen(reader->at);
            return false;
        }
        if (quote == '"') {
            if (!read_piece(reader, true))
                return false;
        } else if (put(reader, *reader->at)) {
            advance(reader);
        } else {
            return false;
        }
    }
    advance(reader);
    return true;
}

/* Reads a word behind what reader->word holds, up to what separates words. */
static bool read_word(struct reader *reader)
{
    while (*reader->at != '\0' && strchr(" \t\r\n;)", *reader->at) == NULL) {
        if (strchr("&|<>(", *reader->at) != NULL)
            return fail(reader, mark(reader), "put the value in quotes",
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

static void append(struct imagebuilder *config, struct imagebuilder_variable *variable)
{
    if (config->last != NULL)
        config->last->next = variable;
    else
        config->first = variable;
    config->last = variable;
}

/* The variable that an assignment is to, new or not; NULL without memory. */
static struct imagebuilder_variable *take_variable(struct reader *reader,
                                                   const struct target *target, unsigned index)
{
    struct imagebuilder *config = reader->config;
    const char *key = variable_key(config, target->name, index);
    struct imagebuilder_variable *variable;

    if (key == NULL)
        return NULL;
    variable = names_find(&config->names, key);
    if (variable != NULL)
        return variable;
    variable = arena_allocate(config->arena, sizeof(*variable));
    if (variable == NULL || names_add(&config->names, key, variable) == NULL)
        return NULL;
    variable->name = target->name;
    variable->index = index;
    append(config, variable);
    return variable;
}

/* Gives a variable the word that was read. */
static bool assign(struct reader *reader, const struct target *target, unsigned index)
{
    struct imagebuilder_variable *variable = take_variable(reader, target, index);
    struct location where = locate(reader, target->start);

    if (variable == NULL)
        return false;
    if (variable->value != NULL && !target->appends)
        diagnose(reader->config->diagnostics, SEVERITY_NOTE, &variable->where, NULL,
                 "%s is set again in line %u, which counts", target->name, where.line);
    variable->value = arena_copy(reader->config->arena, reader->word, reader->length);
    variable->is_element = target->is_element;
    variable->where = where;
    return variable->value != NULL;
}

/* NAME=(WORD …): elements from 0 on. */
static bool read_array(struct reader *reader, struct target *target)
{
    advance(reader);
    target->is_element = true;
    for (unsigned index = 0;; index++) {
        skip_between(reader, false);
        if (*reader->at == ')') {
            advance(reader);
            return true;
        }
        target->start = mark(reader);
        if (*reader->at == '\0' || *reader->at == ';' || *reader->at == '[' ||
            index > IMAGEBUILDER_INDEX_MAX)
            return fail(reader, target->start, "write NAME[0]=…, NAME[1]=…, one on each line",
                        "import does not read this array");
        reader->length = 0;
        if (!read_word(reader) || !assign(reader, target, index))
            return false;
    }
}

/* NAME=, NAME+=, NAME[INDEX]=: false, and nothing is read, when it is something else. */
static bool read_target(struct reader *reader, struct target *target)
{
    size_t length = name_length(reader->at);
    size_t index_part;
    const char *end;

    *target = (struct target){.start = mark(reader)};
    if (length == 0)
        return false;
    index_part = index_length(reader->at + length, &target->index);
    end = reader->at + length + index_part;
    target->is_element = index_part != 0;
    target->appends = end[0] == '+' && end[1] == '=';
    if (target->appends)
        end++;
    if (*end != '=')
        return false;
    target->name = arena_copy(reader->config->arena, reader->at, length);
    reader->at = end + 1;
    return target->name != NULL;
}

static bool read_value(struct reader *reader, struct target *target)
{
    const struct imagebuilder_variable *variable = NULL;

    reader->length = 0;
    if (target->appends)
        variable = look_up(reader->config, target->name, target->index);
    if (variable != NULL && !put_text(reader, variable->value))
        return false;
    if (*reader->at == '(' && !target->is_element && !target->appends)
        return read_array(reader, target);
    return read_word(reader) && assign(reader, target, target->index);
}

/* Skips `export` in front of an assignment: it only marks variables. */
static void skip_export(struct reader *reader)
{
    if (strncmp(reader->at, "export", 6) == 0 && is_blank(reader->at[6])) {
        struct mark start = mark(reader);
        struct target target;

        reader->at += 6;
        skip_blanks(reader);
        if (!read_target(reader, &target))
            return_to(reader, start);
        else
            return_to(reader, target.start);
    }
}

/* A statement is an assignment, or is reported and skipped. */
static void read_statement(struct reader *reader)
{
    struct mark start;
    struct target target;
    bool is_read;

    skip_export(reader);
    start = mark(reader);
    if (read_target(reader, &target)) {
        is_read = read_value(reader, &target);
        if (is_read && strchr(" \t\r\n;", *reader->at) != NULL)
            return;
        if (is_read)
            fail(reader, mark(reader), "put the value in quotes",
                 "this character means something to a shell");
        skip_statement(reader);
        return;
    }
    if (reader->config->arena->failed)
        return;
    skip_statement(reader);
    fail(reader, start, "keep to assignments: NAME=VALUE",
         "this is a command of a shell, and import runs none");
}

/* A copy that ends with a NUL and has no other, without the byte order mark. */
static const char *take_text(struct imagebuilder *config, const char *text, size_t size)
{
    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        size -= 3;
    }
    if (size <= IMAGEBUILDER_SIZE_MAX && (size == 0 || memchr(text, '\0', size) == NULL))
        return arena_copy(config->arena, size != 0 ? text : "", size);
    diagnose(config->diagnostics, SEVERITY_ERROR, &(struct location){.file = config->file},
             "is it an ImageBuilder configuration?", "the file is not text");
    return NULL;
}

bool imagebuilder_parse(struct imagebuilder *config, struct arena *arena,
                        struct diagnostics *diagnostics, const char *file, const char *text,
                        size_t size)
{
    struct reader reader = {.config = config, .line = 1};

    *config = (struct imagebuilder){.file = file, .arena = arena, .diagnostics = diagnostics};
    names_init(&config->names, arena, false);
    reader.at = take_text(config, text, size);
    reader.word = arena_allocate(arena, IMAGEBUILDER_VALUE_MAX + 1);
    if (reader.at == NULL || reader.word == NULL)
        return false;
    reader.line_start = reader.at;
    for (skip_between(&reader, true);
         *reader.at != '\0' && !arena->failed && reader.total <= TOTAL_MAX;
         skip_between(&reader, true))
        read_statement(&reader);
    return !arena->failed && reader.total <= TOTAL_MAX;
}

const struct imagebuilder_variable *imagebuilder_find(struct imagebuilder *config, const char *name,
                                                      unsigned index)
{
    struct imagebuilder_variable *variable = look_up(config, name, index);

    if (variable == NULL)
        return NULL;
    variable->is_used = true;
    return variable->value[0] != '\0' ? variable : NULL;
}

const char *imagebuilder_value(struct imagebuilder *config, const char *name, unsigned index,
                               const char *missing)
{
    const struct imagebuilder_variable *variable = imagebuilder_find(config, name, index);

    return variable != NULL ? variable->value : missing;
}
