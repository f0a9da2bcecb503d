/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of a shell's text: quotes, escapes, and references to variables. */
#ifndef MUSTER_SHELL_WORD_H
#define MUSTER_SHELL_WORD_H

#include "host/import/shell_text.h"

#define SHELL_TOTAL_MAX (16U << 20) /* bytes of all words: references could make far more */

/*
 * Reads a word behind what reader->word holds, up to what separates words. False after reporting
 * what import does not read, or without memory. With a reference to a variable that is not set it
 * is read to its end, and reader->is_faulty is set.
 */
bool shell_read_word(struct shell_reader *reader);

/* Adds a text to the word. False after reporting that it is too long. */
bool shell_put_text(struct shell_reader *reader, const char *text);

#endif
