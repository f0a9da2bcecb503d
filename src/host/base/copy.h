/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing and copying whole files. */
#ifndef MUSTER_COPY_H
#define MUSTER_COPY_H

#include <stdbool.h>
#include <stddef.h>

/* Writes `size` bytes to a descriptor, in as many parts as that takes. False with errno. */
bool write_all(int output, const char *bytes, size_t size);

/*
 * Copies what can be read from one descriptor to another. False with errno, or after a signal,
 * which ends it.
 */
bool copy_all(int input, int output);

#endif
