/* SPDX-License-Identifier: BSD-2-Clause */
/* One import of an ImageBuilder configuration: its state, its reports, its numbers. */
#include "host/import/import.h"

#include <string.h>

#include "core/base/text.h"

void import_report(struct import *import, enum severity severity,
                   const struct imagebuilder_variable *variable, const char *hint, const char *what)
{
    struct location where = {.file = import->config.file};

    if (variable != NULL && variable->is_faulty)
        return;
    if (variable != NULL)
        where = variable->where;
    if (what != NULL)
        diagnose(import->diagnostics, severity, &where, hint, "%s", what);
}

/*
 * The line to write for a number that is none: an amount of memory with a unit, which ImageBuilder
 * does not take, a word for yes or no, or something else.
 */
static const char *number_hint(struct import *import, const struct imagebuilder_variable *variable,
                               uint64_t most)
{
    size_t digits = strspn(variable->value, "0123456789");
    const char *unit = variable->value + digits;
    const char *name = imagebuilder_written(&import->config, variable);
    uint64_t number;

    if (strstr(variable->name, "_MEM") == NULL)
        return most == 1 ? text_format(import->arena, "write %s=1, or 0 for no", name)
                         : text_format(import->arena, "write %s=NUMBER", name);
    if (!text_to_number(variable->value, digits, &number) || number > IMPORT_MIB_MAX >> 10)
        return text_format(import->arena, "it counts MiB: write %s=NUMBER", name);
    if (strcmp(unit, "G") == 0 || strcmp(unit, "GB") == 0)
        number <<= 10;
    else if (strcmp(unit, "M") != 0 && strcmp(unit, "MB") != 0)
        return text_format(import->arena, "it counts MiB: write %s=NUMBER", name);
    return text_format(import->arena, "it counts MiB: write %s=%lu", name, number);
}

uint64_t import_number(struct import *import, const char *name, unsigned index, uint64_t missing,
                       uint64_t most)
{
    const struct imagebuilder_variable *variable = imagebuilder_find(&import->config, name, index);
    uint64_t number;

    if (variable == NULL)
        return missing;
    if (text_to_number(variable->value, strlen(variable->value), &number) && number <= most)
        return number;
    import_report(
        import, SEVERITY_ERROR, variable, number_hint(import, variable, most),
        text_format(import->arena, "%s is not a number up to %lu", variable->value, most));
    imagebuilder_look_up(&import->config, name, index, IMAGEBUILDER_ALONE)->is_faulty = true;
    return missing;
}

char *import_next_word(struct import *import, const char **text, const char *separators)
{
    const char *start = *text + strspn(*text, separators);
    size_t length = strcspn(start, separators);

    *text = start + length;
    return length != 0 ? arena_copy(import->arena, start, length) : NULL;
}

bool import_is_set(struct import *import, const char *name, unsigned index)
{
    return imagebuilder_find(&import->config, name, index) != NULL;
}

bool import_is_faulty(struct import *import, const char *name)
{
    const struct imagebuilder_variable *variable = imagebuilder_find(&import->config, name, 0);

    return variable != NULL && variable->is_faulty;
}

unsigned import_count(struct import *import, const char *name, unsigned most)
{
    return (unsigned)import_number(import, name, 0, 0, most);
}

static bool is_list(const char *text)
{
    static const char digits[] = "0123456789";

    for (;; text++) {
        size_t length = strspn(text, digits);
        uint64_t first;
        uint64_t last;

        if (!text_to_number(text, length, &first))
            return false;
        text += length;
        length = *text == '-' ? strspn(text + 1, digits) : 0;
        if (*text == '-' && (!text_to_number(text + 1, length, &last) || last < first))
            return false;
        text += *text == '-' ? length + 1 : 0;
        if (*text != ',')
            return *text == '\0';
    }
}

void import_check_colours(struct import *import, const struct imagebuilder_variable *variable)
{
    if (variable != NULL && !is_list(variable->value))
        import_report(import, SEVERITY_ERROR, variable, "write numbers and ranges, such as 0-3,8",
                      "this is not a list of colors");
}

int import_numbers(struct import *import, const struct imagebuilder_variable *variable,
                   const char *text, uint64_t *numbers, unsigned most, const char *hint)
{
    int count = 0;

    for (text += strspn(text, " \t\r\n"); *text != '\0'; text += strspn(text, " \t\r\n")) {
        size_t length = strcspn(text, " \t\r\n");
        uint64_t number;

        if (!text_to_number(text, length, &number)) {
            import_report(import, SEVERITY_ERROR, variable, hint,
                          text_format(import->arena, "%.*s is not a number", (int)length, text));
            return -1;
        }
        if (count < (int)most)
            numbers[count] = number;
        count++;
        text += length;
    }
    return count;
}
