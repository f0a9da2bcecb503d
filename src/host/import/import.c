/* SPDX-License-Identifier: BSD-2-Clause */
/* One import of an ImageBuilder configuration: its state, its reports, its numbers. */
#include "host/import/import.h"

#include <string.h>

#include "core/base/text.h"

void import_report(struct import *import, enum severity severity,
                   const struct imagebuilder_variable *variable, const char *hint, const char *what)
{
    struct location where = {.file = import->config.file};

    if (variable != NULL)
        where = variable->where;
    if (what != NULL)
        diagnose(import->diagnostics, severity, &where, hint, "%s", what);
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
        import, SEVERITY_ERROR, variable, NULL,
        text_format(import->arena, "%s is not a number up to %lu", variable->value, most));
    return missing;
}

bool import_is_set(struct import *import, const char *name, unsigned index)
{
    return imagebuilder_find(&import->config, name, index) != NULL;
}

unsigned import_count(struct import *import, const char *name, unsigned most)
{
    return (unsigned)import_number(import, name, 0, 0, most);
}

int import_numbers(struct import *import, const struct imagebuilder_variable *variable,
                   const char *text, uint64_t *numbers, unsigned most)
{
    int count = 0;

    for (text += strspn(text, " \t\r\n"); *text != '\0'; text += strspn(text, " \t\r\n")) {
        size_t length = strcspn(text, " \t\r\n");
        uint64_t number;

        if (!text_to_number(text, length, &number)) {
            import_report(import, SEVERITY_ERROR, variable, NULL,
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
