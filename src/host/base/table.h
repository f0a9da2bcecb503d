/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables of text whose columns are as wide as they need to be. */
#ifndef MUSTER_TABLE_H
#define MUSTER_TABLE_H

#include <stddef.h>
#include <stdio.h>

#define TABLE_COLUMNS_MAX 8U

/* A table that is being filled; starts with {.columns = N}, ended by table_print. */
struct table {
    size_t columns;
    char **cells; /* row by row */
    size_t count;
    size_t capacity;
};

/* Adds the next cell, a copy of a text or of "-" for NULL; the first row is the heading. */
void table_add(struct table *table, const char *text);

/* Prints the table with its heading in bold, and frees what it holds. */
void table_print(struct table *table, FILE *stream);

#endif
