/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing JSON (RFC 8259), indented by two spaces a level. */
#include "host/base/json.h"

#include <inttypes.h>
#include <stddef.h>

#include "core/base/utf.h"

static void write_text(FILE *stream, const char *text)
{
    fputc('"', stream);
    while (*text != '\0') {
        unsigned char first = (unsigned char)*text;
        size_t length = utf8_length(text);

        if (first == '"' || first == '\\')
            fprintf(stream, "\\%c", first);
        else if (first < 0x20 || first == 0x7f)
            fprintf(stream, "\\u%04x", first);
        else if (length == 0)
            fputs("\\ufffd", stream);
        else
            fwrite(text, 1, length, stream);
        text += length != 0 ? length : 1;
    }
    fputc('"', stream);
}

static void break_line(const struct json *json)
{
    fprintf(json->stream, "\n%*s", (int)(2 * json->depth), "");
}

/* Writes what precedes a value: the comma, a new line, the name. */
static void begin(struct json *json, const char *name)
{
    if (json->has_members)
        fputc(',', json->stream);
    if (json->depth != 0)
        break_line(json);
    json->has_members = true;
    if (name != NULL) {
        write_text(json->stream, name);
        fputs(": ", json->stream);
    }
}

static void open_level(struct json *json, const char *name, char bracket)
{
    begin(json, name);
    fputc(bracket, json->stream);
    json->depth++;
    json->has_members = false;
}

static void close_level(struct json *json, char bracket)
{
    json->depth--;
    if (json->has_members)
        break_line(json);
    fputc(bracket, json->stream);
    json->has_members = true;
    if (json->depth == 0)
        fputc('\n', json->stream);
}

void json_object(struct json *json, const char *name)
{
    open_level(json, name, '{');
}

void json_end_object(struct json *json)
{
    close_level(json, '}');
}

void json_array(struct json *json, const char *name)
{
    open_level(json, name, '[');
}

void json_end_array(struct json *json)
{
    close_level(json, ']');
}

void json_string(struct json *json, const char *name, const char *text)
{
    if (text == NULL) {
        json_null(json, name);
        return;
    }
    begin(json, name);
    write_text(json->stream, text);
}

void json_number(struct json *json, const char *name, uint64_t number)
{
    begin(json, name);
    fprintf(json->stream, "%" PRIu64, number);
}

void json_address(struct json *json, const char *name, uint64_t address)
{
    begin(json, name);
    fprintf(json->stream, "\"0x%" PRIx64 "\"", address);
}

void json_bool(struct json *json, const char *name, bool value)
{
    begin(json, name);
    fputs(value ? "true" : "false", json->stream);
}

void json_null(struct json *json, const char *name)
{
    begin(json, name);
    fputs("null", json->stream);
}
