/* SPDX-License-Identifier: BSD-2-Clause */
/* The choice of a section: what a person asked for, else what [global] and the boot state say. */
#ifndef MUSTER_CONFIG_CHOICE_H
#define MUSTER_CONFIG_CHOICE_H

#include <stdbool.h>

#include "core/base/workspace.h"
#include "core/config/global.h"
#include "core/config/state_file.h"
#include "core/config/trial.h"

struct choice {
    /* Set by the caller. */
    const char *asked;         /* the section that a person asked for, or NULL */
    unsigned failed;           /* sections that could not be prepared before, in this run */
    const unsigned char *seal; /* STATE_SEAL_SIZE bytes of the seal in force; NULL without one */

    /* Set by choice_make. */
    struct global global;   /* of the file whose default= counts */
    struct turn turn;       /* whose section is chosen */
    struct state_file file; /* of the state */
    bool has_state;         /* it was read */
};

/*
 * Chooses by the [global] section of a file, which was read. Reports whose turn it is where that
 * is not simply the default, and why boots are not counted. False when nothing is left to try.
 */
bool choice_make(const struct workspace *workspace, const struct config *config,
                 const struct global *global, struct choice *choice);

/* True if another section follows where the chosen one cannot be prepared. */
bool choice_goes_on(const struct choice *choice);

/*
 * The place of tries= where it counts boots of the chosen section, or would with a state; else
 * NULL.
 */
const struct location *choice_tries(const struct choice *choice);

/*
 * Writes the state, if the choice changes it: the chosen section is about to be started. Where that
 * fails the boot is not counted, which is reported.
 */
void choice_count(const struct workspace *workspace, struct choice *choice);

#endif
