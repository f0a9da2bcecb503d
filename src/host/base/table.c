/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables of text whose columns are as wide as they need to be. */
#include "host/base/table.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/utf.h"
#include "host/base/output.h"

#define GAP 2U /* spaces between columns */

static void end_without_memory(void)
{
    output_error("out of memory");
    exit(EXIT_FAILURE);
}

void table_add(struct table *table, const char *text)
{
    if (table->count == table->capacity) {
        size_t capacity = 2 * table->capacity + 64;
        char **cells = realloc(table->cells, capacity * sizeof(*cells));

        if (cells == NULL)
            end_without_memory();
        table->cells = cells;
        table->capacity = capacity;
    }
    table->cells[table->count] = strdup(text != NULL ? text : "-");
    if (table->cells[table->count++] == NULL)
        end_without_memory();
}

static void measure(const struct table *table, size_t widths[TABLE_COLUMNS_MAX])
{
    for (size_t at = 0; at < table->count; at++) {
        size_t width = utf8_count(table->cells[at]);

        if (width > widths[at % table->columns])
            widths[at % table->columns] = width;
    }
}

static void print_row(const struct table *table, FILE *stream, size_t first, const size_t *widths)
{
    for (size_t column = 0; column < table->columns; column++) {
        const char *cell = table->cells[first + column];

        output_text(stream, cell);
        if (column + 1 < table->columns)
            fprintf(stream, "%*s", (int)(widths[column] - utf8_count(cell) + GAP), "");
    }
}

void table_print(struct table *table, FILE *stream)
{
    size_t widths[TABLE_COLUMNS_MAX] = {0};

    measure(table, widths);
    for (size_t at = 0; at + table->columns <= table->count; at += table->columns) {
        fputs(at == 0 ? output_style(stream, STYLE_BOLD) : "", stream);
        print_row(table, stream, at, widths);
        fputs(at == 0 ? output_style(stream, STYLE_PLAIN) : "", stream);
        fputc('\n', stream);
    }
    for (size_t at = 0; at < table->count; at++)
        free(table->cells[at]);
    free(table->cells);
    *table = (struct table){.columns = table->columns};
}
