/* SPDX-License-Identifier: BSD-2-Clause */
/* The flash in which EDK2 keeps its variables, and a boot option among them. */
#ifndef MUSTER_EDK2_STORE_H
#define MUSTER_EDK2_STORE_H

#include <stdbool.h>

/*
 * Makes a store at `path`: a copy of the file `base`, or without it (NULL) a new one. With `url`
 * (or NULL), the one boot option is what a web server has there. False after a message.
 */
bool edk2_store_make(const char *path, const char *base, const char *url);

#endif
