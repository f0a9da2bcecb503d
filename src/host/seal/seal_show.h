/* SPDX-License-Identifier: BSD-2-Clause */
/* Shows what a seal covers, and compares a directory with it. */
#ifndef MUSTER_SEAL_SHOW_H
#define MUSTER_SEAL_SHOW_H

#include <stdbool.h>
#include <stdio.h>

#include "core/seal/seal.h"

/* Prints a table of the configurations and files, and a line that sums them up. */
void seal_show(FILE *stream, const struct seal *seal);

/*
 * Compares the files in the directory `root`, which stands for the partition, with a seal, and
 * prints a table of them. True if all files that the loader does not hold itself are there as they
 * were sealed, and no configuration differs from the sealed one, which may be missing. False also
 * after a message, when the directory cannot be opened.
 */
bool seal_compare(FILE *stream, const struct seal *seal, const char *root);

#endif
