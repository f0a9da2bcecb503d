/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of the configuration that an import writes. */
#include "host/import/import_put.h"

#include "core/base/text.h"
#include "host/import/import_files.h"

/* False after reporting a character that would mean something else in muster.cfg. */
static bool can_hold(struct import *import, const struct imagebuilder_variable *variable,
                     const char *value)
{
    for (const char *at = value; at != NULL && *at != '\0'; at++) {
        if (*at != '#' && (unsigned char)*at >= ' ' && *at != 0x7f)
            continue;
        import_report(import, SEVERITY_ERROR, variable, "write it without that character",
                      *at == '#' ? "muster.cfg cannot hold this: a # starts a comment there"
                                 : "muster.cfg cannot hold this: it has a control character");
        return false;
    }
    return true;
}

void import_put(struct import *import, const struct imagebuilder_variable *variable,
                const char *key, const char *value)
{
    if (!can_hold(import, variable, value))
        return;
    if (value != NULL)
        fprintf(import->text, "%s=%s\n", key, value);
    else
        fprintf(import->text, "%s\n", key);
}

/* The name that the file of a variable has in muster.cfg; NULL if it is not set, or reported. */
static const char *file_of(struct import *import, const struct imagebuilder_variable *variable)
{
    return variable != NULL ? import_add_file(import, variable) : NULL;
}

void import_put_file(struct import *import, const char *key, const char *name, unsigned index)
{
    const struct imagebuilder_variable *variable = imagebuilder_find(&import->config, name, index);
    const char *file = file_of(import, variable);

    if (file != NULL)
        import_put(import, variable, key, file);
}

void import_put_kernel(struct import *import, const char *name, unsigned index,
                       const struct imagebuilder_variable *command, const char *text)
{
    const struct imagebuilder_variable *variable = imagebuilder_find(&import->config, name, index);
    const char *file = file_of(import, variable);

    if (file == NULL || !can_hold(import, command != NULL ? command : variable, text))
        return;
    import_put(import, variable, "kernel",
               text[0] != '\0' ? text_format(import->arena, "%s %s", file, text) : file);
}

void import_put_wide_cells(struct import *import, const char *key, const uint64_t *numbers,
                           int count)
{
    fprintf(import->text, "%s=<", key);
    for (int at = 0; at < count; at++)
        fprintf(import->text, "%s0x%x 0x%x", at == 0 ? "" : " ", (unsigned)(numbers[at] >> 32),
                (unsigned)numbers[at]);
    fputs(">\n", import->text);
}
