/* SPDX-License-Identifier: BSD-2-Clause */
/* The variables of an ImageBuilder configuration. */
#ifndef MUSTER_IMAGEBUILDER_H
#define MUSTER_IMAGEBUILDER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/diagnostic.h"
#include "core/base/names.h"

#define IMAGEBUILDER_SIZE_MAX  (1024U * 1024U) /* bytes of a file */
#define IMAGEBUILDER_VALUE_MAX 65536U          /* bytes of a value */
#define IMAGEBUILDER_INDEX_MAX 9999U           /* of an array */

#define IMAGEBUILDER_ALONE UINT32_MAX /* the second index of a variable that has one alone */

/*
 * A variable, or one element of an array: to the shell, NAME and NAME[0] are the same. Elements
 * NAME[N,M] are of arrays that ImageBuilder declares as associative.
 */
struct imagebuilder_variable {
    const char *name;
    unsigned index;
    unsigned second; /* M of NAME[N,M], or IMAGEBUILDER_ALONE */
    bool is_element; /* it was written NAME[INDEX] */
    bool is_faulty;  /* its value is wrong, which was reported: nothing more is said of it */
    const char *value;
    struct location where; /* of its last assignment, which counts */
    bool is_used;          /* somebody asked for it */
    struct imagebuilder_variable *next;
};

/* A configuration: its variables in the order of their first assignment. */
struct imagebuilder {
    const char *file;
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct names names;
    struct imagebuilder_variable *first;
    struct imagebuilder_variable *last;
};

/* The variable NAME[INDEX] as it is set, "" or not; NULL if it is not set. */
struct imagebuilder_variable *imagebuilder_look_up(struct imagebuilder *config, const char *name,
                                                   unsigned index, unsigned second);

/* The variable for an assignment: the one that is there, or a new one. NULL without memory. */
struct imagebuilder_variable *imagebuilder_take(struct imagebuilder *config, const char *name,
                                                unsigned index, unsigned second);

/*
 * The variable NAME[INDEX], index 0 for one that is not an array; NULL when it is not set or empty,
 * which ImageBuilder does not tell apart, unless it is faulty. It counts as used then.
 */
const struct imagebuilder_variable *imagebuilder_find(struct imagebuilder *config, const char *name,
                                                      unsigned index);
const struct imagebuilder_variable *imagebuilder_find_pair(struct imagebuilder *config,
                                                           const char *name, unsigned index,
                                                           unsigned second);

/* A variable as it is written, such as NAME[2]; NULL without memory. */
const char *imagebuilder_written(struct imagebuilder *config,
                                 const struct imagebuilder_variable *variable);

/* The value of a variable as imagebuilder_find, or `missing`. */
const char *imagebuilder_value(struct imagebuilder *config, const char *name, unsigned index,
                               const char *missing);

#endif
