/* SPDX-License-Identifier: BSD-2-Clause */
/* Diagnostics as commands in the log of a build, which GitHub shows beside the lines that they
 * mean. */
#include "host/report/report_github.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/diagnostic.h"

/* Writes a text whose special characters are in percent notation. */
static void write_text(FILE *stream, const char *text, const char *special)
{
    for (; *text != '\0'; text++) {
        if (strchr(special, *text) != NULL || (unsigned char)*text < ' ')
            fprintf(stream, "%%%02X", (unsigned char)*text);
        else
            fputc(*text, stream);
    }
}

static void write_place(FILE *stream, const struct host_system *host, const struct location *where)
{
    char *name = where->file != NULL ? host_file_name(host, where->file) : NULL;

    if (name == NULL)
        return;
    fputs(" file=", stream);
    write_text(stream, name, "%,:");
    if (where->line != 0)
        fprintf(stream, ",line=%u", where->line);
    if (where->line != 0 && where->column != 0)
        fprintf(stream, ",col=%u,endColumn=%u", where->column, where->column + where->width);
    free(name);
}

static void write_diagnostic(FILE *stream, const struct host_system *host,
                             const struct diagnostic *diagnostic)
{
    static const char *const commands[] = {
        [SEVERITY_NOTE] = "notice", [SEVERITY_WARNING] = "warning", [SEVERITY_ERROR] = "error"};

    fprintf(stream, "::%s", commands[diagnostic->severity]);
    write_place(stream, host, &diagnostic->where);
    fputs("::", stream);
    if (diagnostic->where.file == NULL && diagnostic->where.node != NULL) {
        write_text(stream, diagnostic->where.node, "%");
        fputs(": ", stream);
    }
    write_text(stream, diagnostic->what, "%");
    if (diagnostic->hint != NULL) {
        fputs("%0Ahint: ", stream);
        write_text(stream, diagnostic->hint, "%");
    }
    fputc('\n', stream);
}

void report_github(FILE *stream, struct host_system *host)
{
    const struct diagnostics *diagnostics = &host->system.diagnostics;

    for (const struct diagnostic *each = diagnostics->first; each != NULL; each = each->next)
        write_diagnostic(stream, host, each);
}
