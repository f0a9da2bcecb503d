/* SPDX-License-Identifier: BSD-2-Clause */
/* Which section has its turn: the default on trial, a fallback, or one that is booted once. */
#ifndef MUSTER_CONFIG_TRIAL_H
#define MUSTER_CONFIG_TRIAL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/config/state.h"

/* The trials that [global] asks for. Texts belong to the configuration. */
struct trial_rules {
    const char *preset;     /* default=, or NULL */
    const char **fallbacks; /* the sections of fallback=, in order */
    size_t fallback_count;
    uint32_t tries;            /* boots that may go unconfirmed, 0 for no counting */
    bool always;               /* confirmed sections are counted as well */
    const unsigned char *seal; /* STATE_SEAL_SIZE bytes of the seal in force; NULL without one */
};

enum turn_kind {
    TURN_DEFAULT,  /* the default, not counted */
    TURN_TRIAL,    /* the default, counted */
    TURN_ONCE,     /* the section that the state asks for once */
    TURN_ASKED,    /* the section that a person asked for */
    TURN_FALLBACK, /* because the default is out of tries, or could not be prepared */
    TURN_NONE,     /* nothing is left to try */
};

/* Whose turn it is, and what the state becomes when that section is started. */
struct turn {
    enum turn_kind kind;
    const char *section; /* of the rules, of the state or of the person; NULL without default= */
    bool is_used_up;     /* the default has no tries left */
    bool writes;         /* `state` differs from the one in the file */
    struct state state;
};

/*
 * Says whose turn it is when `failed` sections could not be prepared in this run. `asked` is the
 * section that a person asked for, or NULL; it has no fallback and is not counted. Without a state
 * (NULL) nothing is counted. A `next` of the state that names no section is to be cleared before.
 * `turn` must not move afterwards.
 */
void trial_turn(const struct trial_rules *rules, const struct state *state, const char *asked,
                unsigned failed, struct turn *turn);

/* True if the state confirms this section, sealed as it is now. */
bool trial_is_confirmed(const struct trial_rules *rules, const struct state *state,
                        const char *section);

#endif
