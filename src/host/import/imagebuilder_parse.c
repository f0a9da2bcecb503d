/* SPDX-License-Identifier: BSD-2-Clause */
/* ImageBuilder's configuration files: assignments in the shell's notation, read without a shell. */
#include "host/import/imagebuilder_parse.h"

#include <string.h>

#include "core/base/text.h"
#include "host/import/shell_text.h"
#include "host/import/shell_word.h"

#define HINT_MAX 60 /* characters of a value in a hint */

/* The left side of an assignment. */
struct target {
    char *name;
    unsigned index;
    unsigned second; /* or IMAGEBUILDER_ALONE */
    size_t length;   /* of the name with its index, as it is written */
    bool is_element;
    bool appends;    /* NAME+=VALUE */
    bool has_blanks; /* around the equals sign */
    struct shell_mark start;
};

/* Gives a variable the word that was read, or what was read of it when it is faulty. */
static bool assign(struct shell_reader *reader, const struct target *target, unsigned index)
{
    struct imagebuilder_variable *variable =
        imagebuilder_take(reader->config, target->name, index, target->second);
    struct location where = shell_locate(reader, target->start);

    if (variable == NULL)
        return false;
    if (variable->value != NULL && !variable->is_faulty && !target->appends)
        diagnose(reader->config->diagnostics, SEVERITY_NOTE, &variable->where, NULL,
                 "%s is set again in line %u, which counts", target->name, where.line);
    variable->value = arena_copy(reader->config->arena, reader->word, reader->length);
    variable->is_element = target->is_element;
    variable->is_faulty = reader->is_faulty;
    variable->where = where;
    return variable->value != NULL;
}

/* Reads a word and assigns it. One that is not read to its end makes the variable faulty. */
static bool read_word(struct shell_reader *reader, const struct target *target, unsigned index)
{
    bool is_read = shell_read_word(reader);

    reader->is_faulty |= !is_read;
    return assign(reader, target, index) && is_read;
}

/* NAME=(WORD …): elements from 0 on. */
static bool read_array(struct shell_reader *reader, struct target *target)
{
    shell_advance(reader);
    target->is_element = true;
    for (unsigned index = 0;; index++) {
        shell_skip_between(reader, false);
        if (*reader->at == ')') {
            shell_advance(reader);
            return true;
        }
        target->start = shell_mark(reader);
        if (*reader->at == '\0' || *reader->at == ';' || *reader->at == '[' ||
            index > IMAGEBUILDER_INDEX_MAX)
            return shell_fail(reader, target->start, "write NAME[0]=…, NAME[1]=…, one on each line",
                              "import does not read this array");
        reader->length = 0;
        reader->is_faulty = false;
        if (!read_word(reader, target, index))
            return false;
    }
}

/*
 * NAME=, NAME+=, NAME[INDEX]=: false, and nothing is read, when it is something else. Blanks before
 * the equals sign are taken, though a shell does not.
 */
static bool read_target(struct shell_reader *reader, struct target *target)
{
    size_t length = shell_name_length(reader->at);
    size_t index_part;
    const char *end;

    *target = (struct target){.start = shell_mark(reader)};
    if (length == 0)
        return false;
    index_part = shell_index_length(reader->at + length, &target->index, &target->second);
    end = reader->at + length + index_part;
    target->length = length + index_part;
    target->is_element = index_part != 0;
    target->appends = end[0] == '+' && end[1] == '=';
    if (target->appends)
        end++;
    target->has_blanks = shell_is_blank(*end);
    end += strspn(end, " \t");
    if (*end != '=')
        return false;
    target->name = arena_copy(reader->config->arena, reader->at, length);
    reader->at = end + 1;
    return target->name != NULL;
}

/* True if there are blanks behind the equals sign, and then a word that can only be the value. */
static bool skips_to_value(struct shell_reader *reader)
{
    struct shell_mark start = shell_mark(reader);
    struct target next;
    bool is_value;

    shell_skip_blanks(reader);
    is_value = reader->at != start.at && strchr("\n;#", *reader->at) == NULL;
    if (is_value) {
        struct shell_mark value = shell_mark(reader);

        is_value = !read_target(reader, &next);
        shell_return_to(reader, value);
    }
    if (!is_value)
        shell_return_to(reader, start);
    return is_value;
}

static bool read_value(struct shell_reader *reader, struct target *target)
{
    const struct imagebuilder_variable *variable = NULL;

    reader->length = 0;
    reader->is_faulty = false;
    if (target->appends)
        variable =
            imagebuilder_look_up(reader->config, target->name, target->index, target->second);
    if (variable != NULL)
        reader->is_faulty = variable->is_faulty;
    if (variable != NULL && !shell_put_text(reader, variable->value))
        return false;
    if (*reader->at == '(' && !target->is_element && !target->appends)
        return read_array(reader, target);
    return read_word(reader, target, target->index);
}

/* Skips `export` in front of an assignment: it only marks variables. */
static void skip_export(struct shell_reader *reader)
{
    if (strncmp(reader->at, "export", 6) == 0 && shell_is_blank(reader->at[6])) {
        struct shell_mark start = shell_mark(reader);
        struct target target;

        reader->at += 6;
        shell_skip_blanks(reader);
        if (!read_target(reader, &target))
            shell_return_to(reader, start);
        else
            shell_return_to(reader, target.start);
    }
}

/* Reports blanks around the equals sign, now that the value between a mark and the reader is read.
 */
static void fail_blanks(const struct shell_reader *reader, const struct target *target,
                        struct shell_mark value)
{
    size_t length = (size_t)(reader->at - value.at);

    shell_fail(reader, target->start,
               text_format(reader->config->arena, "write %.*s=%.*s", (int)target->length,
                           target->start.at, length < HINT_MAX ? (int)length : HINT_MAX, value.at),
               "a shell takes no blanks around an equals sign");
}

static void read_assignment(struct shell_reader *reader, struct target *target)
{
    bool has_blanks = skips_to_value(reader) || target->has_blanks;
    struct shell_mark value = shell_mark(reader);
    bool is_read = read_value(reader, target);

    if (is_read && has_blanks)
        fail_blanks(reader, target, value);
    if (is_read && strchr(" \t\r\n;", *reader->at) != NULL)
        return;
    if (is_read)
        shell_fail(reader, shell_mark(reader), "put the value in quotes",
                   "this character means something to a shell");
    shell_skip_statement(reader);
}

/* NAME(INDEX)=, or NAME VALUE with a name as ImageBuilder's are: its length, else 0. */
static size_t slip_length(const char *at, unsigned *index)
{
    size_t length = shell_name_length(at);
    size_t digits = at[length] == '(' ? strspn(at + length + 1, "0123456789") : 0;
    uint64_t number;

    *index = 0;
    if (digits != 0 && at[length + 1 + digits] == ')' && at[length + 2 + digits] == '=' &&
        text_to_number(at + length + 1, digits, &number) && number <= IMAGEBUILDER_INDEX_MAX) {
        *index = (unsigned)number;
        return length + digits + 3;
    }
    if (length != 0 && shell_is_blank(at[length]) &&
        at[length + strspn(at + length, " \t")] != '\0' &&
        strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == length)
        return length;
    return 0;
}

/* Reports an assignment in a form that a shell does not take; of its variable no more is said. */
static bool read_slip(struct shell_reader *reader)
{
    struct target target = {.start = shell_mark(reader), .second = IMAGEBUILDER_ALONE};
    size_t length = slip_length(reader->at, &target.index);
    struct arena *arena = reader->config->arena;
    const char *value;
    int rest;

    if (length == 0)
        return false;
    target.is_element = reader->at[length - 1] == '=';
    target.name = arena_copy(arena, reader->at, shell_name_length(reader->at));
    value = reader->at + length + strspn(reader->at + length, " \t");
    shell_skip_statement(reader);
    rest = reader->at - value < HINT_MAX ? (int)(reader->at - value) : HINT_MAX;
    reader->length = 0;
    reader->is_faulty = true;
    if (target.name == NULL || !assign(reader, &target, target.index))
        return true;
    shell_fail(reader, target.start,
               target.is_element
                   ? text_format(arena, "write %s[%u]=%.*s", target.name, target.index, rest, value)
                   : text_format(arena, "write %s=%.*s", target.name, rest, value),
               target.is_element ? "an index stands in brackets" : "there is no equals sign");
    return true;
}

/* A statement is an assignment, or is reported and skipped. */
static void read_statement(struct shell_reader *reader)
{
    struct shell_mark start;
    struct target target;

    skip_export(reader);
    start = shell_mark(reader);
    if (read_target(reader, &target)) {
        read_assignment(reader, &target);
        return;
    }
    if (reader->config->arena->failed || read_slip(reader))
        return;
    shell_skip_statement(reader);
    shell_fail(reader, start, "keep to assignments: NAME=VALUE",
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
    if (size >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
        diagnose(config->diagnostics, SEVERITY_ERROR, &(struct location){.file = config->file},
                 "save the file as plain text in UTF-8", "the file is in UTF-16");
    else
        diagnose(config->diagnostics, SEVERITY_ERROR, &(struct location){.file = config->file},
                 "is it an ImageBuilder configuration?", "the file is not text");
    return NULL;
}

/* False after reporting a configuration that is Muster's already: it starts with a section. */
static bool check_kind(const struct shell_reader *reader)
{
    const char *end = *reader->at == '[' ? strpbrk(reader->at, "]\n") : NULL;
    struct location where = {
        .file = reader->config->file, .line = reader->line, .column = 1, .width = 1};

    if (end == NULL || *end != ']')
        return true;
    where.width += (unsigned)(end - reader->at);
    diagnose(reader->config->diagnostics, SEVERITY_ERROR, &where,
             text_format(reader->config->arena, "muster check %s", reader->config->file),
             "this is a configuration of Muster, not one of ImageBuilder");
    return false;
}

bool imagebuilder_parse(struct imagebuilder *config, struct arena *arena,
                        struct diagnostics *diagnostics, const char *file, const char *text,
                        size_t size)
{
    struct shell_reader reader = {.config = config, .line = 1};

    *config = (struct imagebuilder){.file = file, .arena = arena, .diagnostics = diagnostics};
    names_init(&config->names, arena, false);
    reader.at = take_text(config, text, size);
    reader.word = arena_allocate(arena, IMAGEBUILDER_VALUE_MAX + 1);
    if (reader.at == NULL || reader.word == NULL)
        return false;
    reader.line_start = reader.at;
    shell_skip_between(&reader, true);
    if (!check_kind(&reader))
        return false;
    for (; *reader.at != '\0' && !arena->failed && reader.total <= SHELL_TOTAL_MAX;
         shell_skip_between(&reader, true))
        read_statement(&reader);
    return !arena->failed && reader.total <= SHELL_TOTAL_MAX && !reader.is_cut;
}
