/* SPDX-License-Identifier: BSD-2-Clause */
/* A system's configuration in the form in which it is installed: with its files' new names. */
#ifndef MUSTER_TRANSLATE_H
#define MUSTER_TRANSLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "host/install/placing.h"
#include "host/machine/host_request.h"
#include "host/machine/host_system.h"

/* Stands in the text for the system's number, which is only known when the text is. */
#define TRANSLATE_NUMBER '\001'

/* Starts with what the caller sets, ended by translation_release. */
struct translation {
    const struct host_request *request; /* for the configuration */
    unsigned number;                    /* of the system that the request means; 0 for none */
    bool is_quiet;      /* what is said of a system that can be started is not shown */
    const char *kernel; /* to take dom0's place of one, or NULL */
    const char *ramdisk;
    const char *xen;
    struct placing *placing;

    /* Set by translate. */
    char *text;      /* all sections but [global], each that boots with its number */
    char *global;    /* entries of [global] that stay */
    char *preset;    /* the section to boot, with its number */
    char *fallbacks; /* the system's own, likewise, each with a blank behind it */
    char *tries;     /* the value of tries=, or NULL */
    void *tree;      /* the firmware's tree that it was looked at with, or NULL */
    size_t tree_size;
};

/*
 * Translates a configuration, after each section that boots was looked at as by check. False after
 * a message: one of them has an error, or it is of a kind that cannot be installed.
 */
bool translate(struct translation *translation);

/* Keeps the firmware's tree that a system was looked at with, unless one is kept. */
void translation_take_tree(struct translation *translation, const struct host_system *host);

/* A text with a number where TRANSLATE_NUMBER stands; the caller frees it. */
char *translate_number(const char *text, unsigned number);

void translation_release(struct translation *translation);

#endif
