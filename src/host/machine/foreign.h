/* SPDX-License-Identifier: BSD-2-Clause */
/* Foreign files: what a file is that was named as a configuration and is something else. */
#ifndef MUSTER_FOREIGN_H
#define MUSTER_FOREIGN_H

#include <stdbool.h>

struct diagnostics;

/*
 * Reports a file that is known to be no configuration of Muster: a binary, or the configuration of
 * another program. `path` is its name here, `name` that of the diagnostic. False if it may be one,
 * or cannot be read.
 */
bool foreign_report(struct diagnostics *diagnostics, const char *path, const char *name);

#endif
