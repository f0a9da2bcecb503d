/* SPDX-License-Identifier: BSD-2-Clause */
/* Copying a file. */
#ifndef MUSTER_COPY_H
#define MUSTER_COPY_H

#include <stdbool.h>

/*
 * Copies what can be read from one descriptor to another. False with errno, or after a signal,
 * which ends it.
 */
bool copy_all(int input, int output);

#endif
