/* SPDX-License-Identifier: BSD-2-Clause */
/* The import's files: their names on the new partition, and copying them. */
#ifndef MUSTER_IMPORT_FILES_H
#define MUSTER_IMPORT_FILES_H

#include "host/import/import.h"

/*
 * Adds the file that a variable names to those that are copied, once however often it is named.
 * Returns its name relative to the loader, or NULL when it cannot be read, which is reported.
 */
const char *import_add_file(struct import *import, const struct imagebuilder_variable *variable);

/* As import_add_file, for a file that goes to the root of the partition. */
const char *import_add_root_file(struct import *import,
                                 const struct imagebuilder_variable *variable);

/*
 * Adds a file that the import makes, of `size` bytes that outlive it. Returns its name relative to
 * the loader, or NULL without memory.
 */
const char *import_add_made(struct import *import, const char *name, const void *bytes,
                            size_t size);

/*
 * Writes all files, the configuration and the overlay to a new directory, which gets its name when
 * it is complete. One there is replaced if it is empty, or an import's and import->replaces. False
 * after a message or a signal.
 */
bool import_write(const struct import *import, const char *target, const char *text, size_t size);

#endif
