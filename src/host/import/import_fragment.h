/* SPDX-License-Identifier: BSD-2-Clause */
/* The import's passthrough fragments: devices of the board's tree, as a domain gets them. */
#ifndef MUSTER_IMPORT_FRAGMENT_H
#define MUSTER_IMPORT_FRAGMENT_H

#include "host/import/import.h"

/*
 * Makes the fragment for a domain from the paths of devices that a variable lists, and adds it to
 * the files of the new directory. Returns its name relative to the loader, or NULL after reporting
 * what a domain cannot be given, or without memory.
 */
const char *import_fragment(struct import *import, const struct imagebuilder_variable *paths);

#endif
