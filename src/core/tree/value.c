/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of properties as people write them in a domain section: the forms of a .dts. */
#include "core/tree/value.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/tree/walk.h"

/* The state of reading one text. The bytes written never exceed four for each character read. */
struct reader {
    struct tree *tree;
    const char *text;
    const char *at;
    unsigned char *bytes;
    size_t size;
    struct value *value;
};

static bool fail(struct reader *reader, const char *error, const char *hint)
{
    reader->value->error = error;
    reader->value->hint = hint;
    reader->value->offset = (size_t)(reader->at - reader->text);
    return false;
}

static void skip_space(struct reader *reader)
{
    while (text_is_space(*reader->at))
        reader->at++;
}

/* Length of the word at the reader: up to white space or one of the characters in `ends`. */
static size_t word_length(const struct reader *reader, const char *ends)
{
    size_t length = 0;

    while (reader->at[length] != '\0' && !text_is_space(reader->at[length]) &&
           strchr(ends, reader->at[length]) == NULL)
        length++;
    return length;
}

static void put_cell(struct reader *reader, uint32_t cell)
{
    fdt32_st(reader->bytes + reader->size, cell);
    reader->size += sizeof(cell);
}

/* The node that a reference means, or a negative libfdt error. */
static int find_node(const struct reader *reader, const char *name, size_t length, bool is_path)
{
    const void *fdt = reader->tree->fdt;
    const char *path;
    int symbols;
    int size;

    if (is_path)
        return fdt_path_offset_namelen(fdt, name, (int)length);
    symbols = walk_find(fdt, 0, "__symbols__");
    path = fdt_getprop_namelen(fdt, symbols, name, (int)length, &size);
    if (path == NULL || size < 1 || path[size - 1] != '\0')
        return -FDT_ERR_NOTFOUND;
    return fdt_path_offset(fdt, path);
}

/* The phandle of a node, given now if it has none; 0 when that fails. */
static uint32_t phandle_of(struct tree *tree, int node)
{
    uint32_t phandle = fdt_get_phandle(tree->fdt, node);

    if (phandle != 0)
        return phandle;
    if (fdt_generate_phandle(tree->fdt, &phandle) != 0)
        return 0;
    return tree_set_u32(tree, node, "phandle", phandle) == 0 ? phandle : 0;
}

static bool read_reference(struct reader *reader)
{
    bool is_path = reader->at[1] == '{';
    const char *name = reader->at + (is_path ? 2 : 1);
    const char *end = is_path ? strchr(name, '}') : name + word_length(reader, ">,") - 1;
    uint32_t phandle;
    int node;

    if (end == NULL || end == name)
        return fail(reader, "a reference is &label or &{/path}", NULL);
    node = find_node(reader, name, (size_t)(end - name), is_path);
    if (node < 0)
        return fail(reader,
                    text_format(reader->tree->arena, "there is no %s %.*s in the device tree",
                                is_path ? "node" : "label", (int)(end - name), name),
                    is_path ? NULL : "labels are there only in trees made with dtc -@");
    phandle = phandle_of(reader->tree, node);
    if (phandle == 0)
        return fail(reader, "the node cannot be given a phandle", NULL);
    put_cell(reader, phandle);
    reader->at = is_path ? end + 1 : end;
    return true;
}

static bool read_cell(struct reader *reader)
{
    size_t length = word_length(reader, ">,");
    uint64_t number;

    if (*reader->at == '&')
        return read_reference(reader);
    if (!text_to_number(reader->at, length, &number))
        return fail(
            reader,
            text_format(reader->tree->arena, "%.*s is not a number", (int)length, reader->at),
            "cells are written <1 0x2>");
    if (number > UINT32_MAX)
        return fail(reader,
                    text_format(reader->tree->arena, "%.*s does not fit into a cell of 32 bits",
                                (int)length, reader->at),
                    "write a larger number as two cells, the high one first");
    put_cell(reader, (uint32_t)number);
    reader->at += length;
    return true;
}

static bool read_cells(struct reader *reader)
{
    for (reader->at++;;) {
        skip_space(reader);
        if (*reader->at == '>')
            break;
        if (*reader->at == '\0' || *reader->at == ',')
            return fail(reader, "the cells have no end", "close them with >");
        if (!read_cell(reader))
            return false;
    }
    reader->at++;
    return true;
}

static unsigned hex_value(char digit)
{
    uint64_t value = 16;
    char text[] = {'0', 'x', digit};

    return text_to_number(text, sizeof(text), &value) ? (unsigned)value : 16;
}

static bool read_bytes(struct reader *reader)
{
    for (reader->at++;;) {
        skip_space(reader);
        if (*reader->at == ']')
            break;
        if (*reader->at == '\0')
            return fail(reader, "the bytes have no end", "close them with ]");
        if (hex_value(reader->at[0]) > 15 || hex_value(reader->at[1]) > 15)
            return fail(reader, "a byte is two hexadecimal digits", "bytes are written [0a ff]");
        reader->bytes[reader->size++] =
            (unsigned char)(hex_value(reader->at[0]) << 4 | hex_value(reader->at[1]));
        reader->at += 2;
    }
    reader->at++;
    return true;
}

static char unescape(char character)
{
    return character == 'n' ? '\n' : character == 't' ? '\t' : character;
}

static bool read_text(struct reader *reader)
{
    for (reader->at++; *reader->at != '"'; reader->at++) {
        if (*reader->at == '\\' && reader->at[1] != '\0')
            reader->bytes[reader->size++] = (unsigned char)unescape(*++reader->at);
        else if (*reader->at != '\0')
            reader->bytes[reader->size++] = (unsigned char)*reader->at;
        else
            return fail(reader, "the text has no end", "close it with \"");
    }
    reader->bytes[reader->size++] = '\0';
    reader->at++;
    return true;
}

static bool read_item(struct reader *reader)
{
    skip_space(reader);
    switch (*reader->at) {
    case '<':
        return read_cells(reader);
    case '"':
        return read_text(reader);
    case '[':
        return read_bytes(reader);
    default:
        return fail(reader, "a list has <cells>, \"texts\" and [bytes] only", NULL);
    }
}

static bool read_list(struct reader *reader)
{
    while (read_item(reader)) {
        skip_space(reader);
        if (*reader->at == '\0')
            return true;
        if (*reader->at != ',')
            return fail(reader, "there is a comma missing", "values are separated by commas");
        reader->at++;
    }
    return false;
}

static bool read_bare(struct reader *reader)
{
    size_t length = strlen(reader->text);
    uint64_t number;

    if (text_to_number(reader->text, length, &number))
        return read_cell(reader);
    /* Xen knows no such text; a blank that only looks like one is a mistake of copying. */
    for (; *reader->at != '\0'; reader->at++)
        if ((unsigned char)*reader->at > '~')
            return fail(reader, "there is a character that is not ASCII",
                        "write plain letters, quotes and blanks");
    memcpy(reader->bytes, reader->text, length + 1);
    reader->size = length + 1;
    return true;
}

bool value_parse(struct tree *tree, const char *text, struct value *value)
{
    struct reader reader = {.tree = tree, .text = text, .at = text, .value = value};
    bool is_list = text[0] == '<' || text[0] == '"' || text[0] == '[';

    *value = (struct value){0};
    reader.bytes = arena_array(tree->arena, strlen(text) + 1, sizeof(fdt32_t));
    if (reader.bytes == NULL || !(is_list ? read_list(&reader) : read_bare(&reader)))
        return false;
    value->bytes = reader.bytes;
    value->size = reader.size;
    return true;
}

bool value_parse_memory(struct arena *arena, const char *text, struct value *value)
{
    static const char units[] = "kKmMgG";
    size_t length = strlen(text);
    const char *unit = length != 0 ? strchr(units, text[length - 1]) : NULL;
    /* It turns a number of units into KiB. */
    unsigned shift = unit != NULL ? (unsigned)(unit - units) / 2 * 10 : 0;
    uint64_t number;
    fdt32_t *cells = arena_allocate(arena, 2 * sizeof(*cells));

    *value = (struct value){.bytes = cells, .size = 2 * sizeof(*cells)};
    if (cells == NULL)
        return false;
    if (!text_to_number(text, length - (unit != NULL), &number) || number > UINT64_MAX >> shift) {
        value->error = "it is not an amount of memory";
        value->hint = "write 128M, 1G, or a number of KiB";
        return false;
    }
    return tree_write_number(cells, 2, number << shift);
}
