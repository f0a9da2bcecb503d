/* SPDX-License-Identifier: BSD-2-Clause */
/* A text in the shell's notation, read front to back: its blanks, comments, names and places. */
#ifndef MUSTER_SHELL_TEXT_H
#define MUSTER_SHELL_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/diagnostic.h"
#include "host/import/imagebuilder.h"

/* A place to come back to, and to point at. */
struct shell_mark {
    const char *at;
    const char *line_start;
    unsigned line;
};

/* The reader's place in the text, which ends with a NUL. */
struct shell_reader {
    struct imagebuilder *config;
    const char *at;
    const char *line_start;
    unsigned line;
    char *word; /* the value being read, IMAGEBUILDER_VALUE_MAX bytes and a NUL */
    size_t length;
    size_t total;   /* bytes put into values so far */
    bool is_faulty; /* part of the word is unknown, which was reported */
    bool is_cut;    /* a quotation has no end, so it is not known what belongs to which variable */
    struct shell_mark swallows; /* the first quotation that takes in an assignment; or `at` NULL */
};

struct shell_mark shell_mark(const struct shell_reader *reader);
void shell_return_to(struct shell_reader *reader, struct shell_mark place);

/* The stretch between a mark and the reader, as far as it is on the mark's line. */
struct location shell_locate(const struct shell_reader *reader, struct shell_mark place);

/*
 * Reports an error between a mark and the reader; `hint` may be NULL, and with `what` NULL, for
 * want of memory, nothing is reported. False, for the caller to return.
 */
bool shell_fail(const struct shell_reader *reader, struct shell_mark place, const char *hint,
                const char *what);

/*
 * Goes on by one character. Lines are counted as config_line counts them, though to the shell CR
 * is a blank.
 */
void shell_advance(struct shell_reader *reader);

/* Skips a backslash in front of a line's end, which joins it with the next; false if none is there.
 */
bool shell_skip_continuation(struct shell_reader *reader);

bool shell_is_blank(char character);
void shell_skip_blanks(struct shell_reader *reader);

/* Skips blanks, ends of lines, comments and, between assignments, semicolons. */
void shell_skip_between(struct shell_reader *reader, bool semicolons);

/* Skips a statement that could not be read: quotes hide what would end it. */
void shell_skip_statement(struct shell_reader *reader);

/* The length of the name at `at`, 0 without one. */
size_t shell_name_length(const char *at);

/*
 * [NUMBER] or [NUMBER,NUMBER] at `at`: its length, or 0 when it is something else. *second is
 * IMAGEBUILDER_ALONE without a second number.
 */
size_t shell_index_length(const char *at, unsigned *index, unsigned *second);

#endif
