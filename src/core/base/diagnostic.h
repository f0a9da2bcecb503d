/* SPDX-License-Identifier: BSD-2-Clause */
/* Diagnostics: what is wrong with a system, where, and what to do about it, as values. */
#ifndef MUSTER_DIAGNOSTIC_H
#define MUSTER_DIAGNOSTIC_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct arena;

#define DIAGNOSTICS_MAX 100U /* kept of each severity; more are only counted */

enum severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };

/*
 * A place in a file (line set) or in the tree (node set), or a whole file (line 0). All text
 * belongs to the arena or is static.
 */
struct location {
    const char *file; /* as the person wrote it, or NULL */
    unsigned line;    /* from 1, or 0 */
    unsigned column;  /* of the text meant, from 1 in bytes, or 0 */
    unsigned width;   /* of the text meant, in bytes, or 0 */
    const char *node; /* path of a node of the device tree, or NULL */
    unsigned order;   /* of that node among those of the tree, growing in document order */
};

struct diagnostic {
    enum severity severity;
    struct location where;
    const char *what;
    const char *hint; /* or NULL */
    unsigned rank;    /* of its file: 0 none, else by first mention */
    struct diagnostic *next;
};

/* A list in the order in which it is to be shown, and how many of each severity it holds. */
struct diagnostics {
    struct arena *arena;
    struct diagnostic *first;
    struct diagnostic *last;
    unsigned ranks; /* files mentioned so far */
    size_t counts[SEVERITY_ERROR + 1];
};

/* Starts an empty list whose texts will belong to the arena. */
void diagnostics_init(struct diagnostics *diagnostics, struct arena *arena);

/*
 * Adds one diagnostic about a place, or about none if `where` is NULL: `what` is formatted as by
 * text_format, `hint` may be NULL and must outlive the list. Without memory the diagnostic is lost
 * but counted.
 */
void diagnose(struct diagnostics *diagnostics, enum severity severity, const struct location *where,
              const char *hint, const char *what, ...) __attribute__((format(printf, 5, 6)));

/* As diagnose, unless the same is said of the same place already. */
void diagnose_once(struct diagnostics *diagnostics, enum severity severity,
                   const struct location *where, const char *hint, const char *what, ...)
    __attribute__((format(printf, 5, 6)));

/* True if a diagnostic about this part of a line ends with these words. */
bool diagnostics_say(const struct diagnostics *diagnostics, enum severity severity,
                     const struct location *where, const char *ending);

/*
 * Makes the first warning that ends with these words an error: what follows from it is none of its
 * own. False if there is no such warning.
 */
bool diagnostics_raise(struct diagnostics *diagnostics, const char *ending);

/*
 * Puts the list into the order in which a person reads: what has no place, then by file in the
 * order of first mention and line, then by node in document order.
 */
void diagnostics_sort(struct diagnostics *diagnostics);

/* The word for a severity: "note", "warning" or "error". */
const char *severity_name(enum severity severity);

/*
 * "FILE:LINE: error: WHAT", "NODE: error: WHAT" or "error: WHAT", in the arena; NULL without
 * memory. The hint is not part of it.
 */
const char *diagnostic_text(struct arena *arena, const struct diagnostic *diagnostic);

#endif
