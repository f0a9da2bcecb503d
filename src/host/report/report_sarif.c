/* SPDX-License-Identifier: BSD-2-Clause */
/* Diagnostics as SARIF 2.1.0, which code scanning takes. */
#include "host/report/report_sarif.h"

#include <stdlib.h>

#include "core/base/diagnostic.h"
#include "core/base/text.h"
#include "core/base/version.h"
#include "host/base/json.h"

#define SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"

static void write_region(struct json *json, const struct location *where)
{
    if (where->line == 0)
        return;
    json_object(json, "region");
    json_number(json, "startLine", where->line);
    if (where->column != 0) {
        json_number(json, "startColumn", where->column);
        json_number(json, "endColumn", where->column + where->width);
    }
    json_end_object(json);
}

/* A file, or a node of the device tree, or neither. */
static void write_location(struct json *json, const struct host_system *host,
                           const struct location *where)
{
    char *name = where->file != NULL ? host_file_name(host, where->file) : NULL;

    json_object(json, NULL);
    if (name != NULL) {
        json_object(json, "physicalLocation");
        json_object(json, "artifactLocation");
        json_string(json, "uri", name);
        json_end_object(json);
        write_region(json, where);
        json_end_object(json);
    } else if (where->node != NULL) {
        json_array(json, "logicalLocations");
        json_object(json, NULL);
        json_string(json, "fullyQualifiedName", where->node);
        json_end_object(json);
        json_end_array(json);
    }
    json_end_object(json);
    free(name);
}

static void write_result(struct json *json, struct host_system *host,
                         const struct diagnostic *diagnostic)
{
    const char *text = diagnostic->what;

    if (diagnostic->hint != NULL)
        text = text_format(&host->system.arena, "%s\nhint: %s", text, diagnostic->hint);
    json_object(json, NULL);
    json_string(json, "level", severity_name(diagnostic->severity));
    json_object(json, "message");
    json_string(json, "text", text);
    json_end_object(json);
    if (diagnostic->where.file != NULL || diagnostic->where.node != NULL) {
        json_array(json, "locations");
        write_location(json, host, &diagnostic->where);
        json_end_array(json);
    }
    json_end_object(json);
}

static void write_tool(struct json *json)
{
    json_object(json, "tool");
    json_object(json, "driver");
    json_string(json, "name", "muster");
    json_string(json, "version", MUSTER_VERSION);
    json_end_object(json);
    json_end_object(json);
}

void report_sarif_start(struct json *json)
{
    json_object(json, NULL);
    json_string(json, "$schema", SCHEMA);
    json_string(json, "version", "2.1.0");
    json_array(json, "runs");
    json_object(json, NULL);
    write_tool(json);
    json_array(json, "results");
}

void report_sarif_add(struct json *json, struct host_system *host)
{
    const struct diagnostics *diagnostics = &host->system.diagnostics;

    for (const struct diagnostic *each = diagnostics->first; each != NULL; each = each->next)
        write_result(json, host, each);
}

void report_sarif_end(struct json *json)
{
    json_end_array(json);
    json_end_object(json);
    json_end_array(json);
    json_end_object(json);
}
