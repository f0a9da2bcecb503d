/* SPDX-License-Identifier: BSD-2-Clause */
/* Diagnostics as compilers print them: the line that is meant is shown and marked. */
#include "host/report/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/utf.h"
#include "core/config/config.h"
#include "host/base/output.h"

#define WIDTH_MAX 200U /* bytes of a line that are shown */

/* The file that a line was last shown of: the diagnostics of a file stand together. */
struct shown_file {
    struct host_system *host; /* that files are read from; NULL when all are of one text */
    const char *name;
    const char *text;
    size_t size;
};

static enum style style_of(enum severity severity)
{
    static const enum style styles[] = {STYLE_CYAN, STYLE_YELLOW, STYLE_RED};

    return styles[severity];
}

/* Line `number`, from 1, of a text, without what ends it; false when there is none. */
static bool find_line(const struct shown_file *file, unsigned number, const char **line,
                      size_t *length)
{
    const char *end = file->text + file->size;

    for (const char *at = config_start(file->text, file->size), *next; at < end; at = next) {
        *line = at;
        *length = (size_t)(config_line(at, end, &next) - at);
        if (--number == 0)
            return true;
    }
    return false;
}

static bool open_shown(struct shown_file *file, const char *name)
{
    char *text = NULL;
    uint64_t size = 0;

    if (file->host == NULL)
        return true;
    if (file->name != NULL && strcmp(file->name, name) == 0)
        return file->text != NULL;
    file->name = name;
    file->text = NULL;
    if (file_read(&file->host->system.workspace, name, CONFIG_SIZE_MAX, arena_allocate, &text,
                  &size) != PLATFORM_OK)
        return false;
    file->text = text;
    file->size = (size_t)size;
    return true;
}

/* A stretch of a line with each character one column wide, also what text cannot hold. */
static char *copy_stretch(const char *line, size_t length)
{
    char *copy = malloc(length + 1);

    if (copy == NULL)
        return NULL;
    for (size_t at = 0; at < length; at++)
        copy[at] = line[at] == '\t' ? ' ' : line[at] == '\0' ? '\1' : line[at];
    copy[length] = '\0';
    return copy;
}

static void print_stretch(FILE *stream, const char *line, size_t length)
{
    char *copy = copy_stretch(line, length);

    if (copy != NULL)
        output_text(stream, copy);
    free(copy);
}

static size_t columns_of(const char *line, size_t length)
{
    char *copy = copy_stretch(line, length);
    size_t count = copy != NULL ? utf8_count(copy) : 0;

    free(copy);
    return count;
}

static void print_marks(FILE *stream, const char *line, size_t length, const struct location *where,
                        enum style style)
{
    size_t start = where->column - 1;
    size_t width = where->width;

    if (where->column == 0 || start > length)
        return;
    if (width > length - start)
        width = length - start;
    width = columns_of(line + start, width);
    fprintf(stream, "      | %*s%s^", (int)columns_of(line, start), "",
            output_style(stream, style));
    for (size_t at = 1; at < width; at++)
        fputc('~', stream);
    fprintf(stream, "%s\n", output_style(stream, STYLE_PLAIN));
}

static void print_line(FILE *stream, struct shown_file *file, const struct diagnostic *diagnostic)
{
    const struct location *where = &diagnostic->where;
    const char *line;
    size_t length;

    if (where->file == NULL || where->line == 0 || !open_shown(file, where->file) ||
        !find_line(file, where->line, &line, &length))
        return;
    if (length > WIDTH_MAX)
        length = WIDTH_MAX;
    fprintf(stream, "%5u | ", where->line);
    print_stretch(stream, line, length);
    fputc('\n', stream);
    print_marks(stream, line, length, where, style_of(diagnostic->severity));
}

/* The caller frees it. */
static char *shown_name(const struct host_system *host, const char *file)
{
    if (file == NULL)
        return NULL;
    return host != NULL ? host_file_name(host, file) : strdup(file);
}

static void print_place(FILE *stream, const struct host_system *host, const struct location *where)
{
    char *name = shown_name(host, where->file);

    if (name == NULL && where->node == NULL)
        return;
    fputs(output_style(stream, STYLE_BOLD), stream);
    output_text(stream, name != NULL ? name : where->node);
    if (name != NULL && where->line != 0)
        fprintf(stream, ":%u", where->line);
    if (name != NULL && where->line != 0 && where->column != 0)
        fprintf(stream, ":%u", where->column);
    fprintf(stream, ":%s ", output_style(stream, STYLE_PLAIN));
    free(name);
}

static void print_diagnostic(FILE *stream, struct shown_file *file,
                             const struct diagnostic *diagnostic)
{
    print_place(stream, file->host, &diagnostic->where);
    fprintf(stream, "%s%s:%s ", output_style(stream, style_of(diagnostic->severity)),
            severity_name(diagnostic->severity), output_style(stream, STYLE_PLAIN));
    output_text(stream, diagnostic->what);
    fputc('\n', stream);
    print_line(stream, file, diagnostic);
    if (diagnostic->hint != NULL) {
        fputs("  hint: ", stream);
        output_text(stream, diagnostic->hint);
        fputc('\n', stream);
    }
}

static void print_counts(FILE *stream, const struct diagnostics *diagnostics)
{
    const char *comma = "";

    for (int severity = SEVERITY_ERROR; severity >= SEVERITY_NOTE; severity--) {
        size_t count = diagnostics->counts[severity];

        if (count == 0)
            continue;
        fprintf(stream, "%s%zu %s%s", comma, count, severity_name((enum severity)severity),
                count != 1 ? "s" : "");
        comma = ", ";
    }
    if (comma[0] != '\0')
        fputc('\n', stream);
}

static void print_all(FILE *stream, const struct diagnostics *diagnostics, struct shown_file *file)
{
    for (const struct diagnostic *each = diagnostics->first; each != NULL; each = each->next)
        print_diagnostic(stream, file, each);
    print_counts(stream, diagnostics);
}

void report_print(FILE *stream, struct host_system *host)
{
    struct shown_file file = {.host = host};

    print_all(stream, &host->system.diagnostics, &file);
}

void report_list(FILE *stream, const struct diagnostics *diagnostics, const char *text, size_t size)
{
    struct shown_file file = {.text = text, .size = size};

    print_all(stream, diagnostics, &file);
}

static void json_count(struct json *json, const char *name, uint64_t count)
{
    if (count != 0)
        json_number(json, name, count);
    else
        json_null(json, name);
}

static void json_diagnostic(struct json *json, const struct host_system *host,
                            const struct diagnostic *diagnostic)
{
    const struct location *where = &diagnostic->where;
    char *name = where->file != NULL ? host_file_name(host, where->file) : NULL;

    json_object(json, NULL);
    json_string(json, "severity", severity_name(diagnostic->severity));
    json_string(json, "file", name);
    json_count(json, "line", where->line);
    json_count(json, "column", where->column);
    json_count(json, "width", where->width);
    json_string(json, "node", where->node);
    json_string(json, "message", diagnostic->what);
    json_string(json, "hint", diagnostic->hint);
    json_end_object(json);
    free(name);
}

void report_json_counts(struct json *json, const size_t *counts)
{
    json_object(json, "counts");
    json_number(json, "errors", counts[SEVERITY_ERROR]);
    json_number(json, "warnings", counts[SEVERITY_WARNING]);
    json_number(json, "notes", counts[SEVERITY_NOTE]);
    json_end_object(json);
}

void report_json(struct json *json, struct host_system *host)
{
    const struct system *system = &host->system;
    const struct diagnostics *diagnostics = &system->diagnostics;
    char *config = system->config.file != NULL ? host_file_name(host, system->config.file) : NULL;

    json_string(json, "config", config);
    json_string(json, "section", system->section.name);
    json_bool(json, "bootable", host->is_bootable);
    report_json_counts(json, diagnostics->counts);
    json_array(json, "diagnostics");
    for (const struct diagnostic *each = diagnostics->first; each != NULL; each = each->next)
        json_diagnostic(json, host, each);
    json_end_array(json);
    free(config);
}
