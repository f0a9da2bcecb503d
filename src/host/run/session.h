/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine that runs: its console is shown, keys go to it, until something ends the run. */
#ifndef MUSTER_RUN_SESSION_H
#define MUSTER_RUN_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "host/run/domain_names.h"
#include "host/run/qemu.h"

/* The ways in which a run ends. */
enum session_ending {
    SESSION_GOES_ON,
    SESSION_SAID,    /* every domain has written the text */
    SESSION_LEFT,    /* the person left */
    SESSION_TIMEOUT, /* the time ran out */
    SESSION_STOPPED, /* the machine stopped */
    SESSION_SIGNAL,
};

struct session {
    struct machine *machine;
    struct run_system *system;
    const char *until; /* text that every domain has to write, or NULL */
    uint64_t seconds;  /* the time for it, 0 for no limit */
    FILE *log;         /* gets the console as it came, or NULL */

    bool was_heard; /* the machine printed something */
    double elapsed; /* seconds since power-on, at the end */
};

/* Attends to a machine that was started; the system's domains get the times of what they wrote. */
enum session_ending session_attend(struct session *session);

#endif
