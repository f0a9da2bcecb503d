/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing JSON (RFC 8259), indented by two spaces a level. */
#ifndef MUSTER_JSON_H
#define MUSTER_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* A document that is being written; starts with {.stream = …}. */
struct json {
    FILE *stream;
    unsigned depth;
    bool has_members; /* the innermost object or array is not empty */
};

/*
 * Each call writes one value. `name` is the member's name within an object, NULL within an array
 * and for the whole document. Objects and arrays last until the matching end; the document ends
 * with a line break.
 */
void json_object(struct json *json, const char *name);
void json_end_object(struct json *json);
void json_array(struct json *json, const char *name);
void json_end_array(struct json *json);

/* A text, or null for NULL. Bytes that are no UTF-8 become U+FFFD. */
void json_string(struct json *json, const char *name, const char *text);
void json_number(struct json *json, const char *name, uint64_t number);
/* An address as a text such as "0x40000000", since JSON's numbers may lose its low bits. */
void json_address(struct json *json, const char *name, uint64_t address);
void json_bool(struct json *json, const char *name, bool value);
void json_null(struct json *json, const char *name);

#endif
