/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of the configuration that an import writes. */
#include "host/import/import_put.h"

#include "core/base/text.h"
#include "host/import/import_files.h"

void import_put(struct import *import, const struct imagebuilder_variable *variable,
                const char *key, const char *value)
{
    for (const char *at = value; at != NULL && *at != '\0'; at++) {
        if (*at != '#' && (unsigned char)*at >= ' ' && *at != 0x7f)
            continue;
        import_report(import, SEVERITY_ERROR, variable, "write it without that character",
                      *at == '#' ? "muster.cfg cannot hold this: a # starts a comment there"
                                 : "muster.cfg cannot hold this: it has a control character");
        return;
    }
    if (value != NULL)
        fprintf(import->text, "%s=%s\n", key, value);
    else
        fprintf(import->text, "%s\n", key);
}

void import_put_file(struct import *import, const char *key, const char *name, unsigned index,
                     const char *text)
{
    const struct imagebuilder_variable *variable = imagebuilder_find(&import->config, name, index);
    const char *file = variable != NULL ? import_add_file(import, variable) : NULL;

    if (file == NULL)
        return;
    if (text != NULL && text[0] != '\0')
        file = text_format(import->arena, "%s %s", file, text);
    import_put(import, variable, key, file);
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
