/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of the configuration that an import writes. */
#ifndef MUSTER_IMPORT_PUT_H
#define MUSTER_IMPORT_PUT_H

#include "host/import/import.h"

/*
 * Writes KEY=VALUE or, with `value` NULL, KEY alone. A value that muster.cfg cannot hold is
 * reported at `variable`, which may be NULL.
 */
void import_put(struct import *import, const struct imagebuilder_variable *variable,
                const char *key, const char *value);

/* Writes KEY=FILE for a file that a variable names, if it is set. */
void import_put_file(struct import *import, const char *key, const char *name, unsigned index);

/* Writes kernel=FILE TEXT for one; TEXT is that of the variable `command`, or has its default. */
void import_put_kernel(struct import *import, const char *name, unsigned index,
                       const struct imagebuilder_variable *command, const char *text);

/* Writes KEY=<CELLS>: numbers, each of 64 bits in two cells. */
void import_put_wide_cells(struct import *import, const char *key, const uint64_t *numbers,
                           int count);

#endif
