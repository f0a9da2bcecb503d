/* SPDX-License-Identifier: BSD-2-Clause */
/* ImageBuilder's configuration files: assignments in the shell's notation, read without a shell. */
#ifndef MUSTER_IMAGEBUILDER_PARSE_H
#define MUSTER_IMAGEBUILDER_PARSE_H

#include "host/import/imagebuilder.h"

/*
 * Reads `size` bytes of text (any bytes) into variables; all texts belong to the arena. It takes
 * assignments, also of arrays, with quotes, escapes, comments, line continuation, and references to
 * variables that the file sets before. What needs a shell is an error in `diagnostics`, at its line
 * and column of `file`, and reading goes on behind it. False without memory or when the text is
 * none.
 */
bool imagebuilder_parse(struct imagebuilder *config, struct arena *arena,
                        struct diagnostics *diagnostics, const char *file, const char *text,
                        size_t size);

#endif
