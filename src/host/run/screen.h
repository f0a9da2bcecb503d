/* SPDX-License-Identifier: BSD-2-Clause */
/* The console of a Xen machine, sorted: who says which line, and who has said what is waited for.
 */
#ifndef MUSTER_RUN_SCREEN_H
#define MUSTER_RUN_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define SCREEN_LINE_MAX 1024U /* bytes of a line; a longer one is broken */

/* A domain as Xen numbers it. */
struct screen_domain {
    const char *name;
    bool is_awaited; /* it has to write the text that is waited for */
    bool has_said;   /* and did */
    double seconds;  /* since power-on, when it did; set by the session */
};

/* The part of an escape sequence that the machine's output is in (ECMA-48). */
enum screen_escape { ESCAPE_NONE, ESCAPE_STARTED, ESCAPE_CONTROL, ESCAPE_STRING };

/* Start it with out, until, domains, domain_count and has_dom0 set, and the rest zero. */
struct screen {
    FILE *out;
    const char *until;             /* text to wait for, or NULL */
    struct screen_domain *domains; /* by Xen's number: [0] is dom0 */
    size_t domain_count;
    bool has_dom0;    /* else [0] never speaks */
    bool is_terminal; /* what is written of a line is shown before its end */

    char line[SCREEN_LINE_MAX + 1]; /* the one being received, with its prefix */
    size_t length;
    size_t shown;        /* bytes of it that are on the screen */
    bool is_open;        /* something of it is */
    bool ends_carriage;  /* the last byte was a carriage return */
    bool xen_has_spoken; /* what comes now without a prefix is dom0's */
    size_t focus;        /* the domain that has the keyboard, which Xen names no more; 0 for none */
    bool dom0_has_input; /* the keyboard is dom0's */
    bool input_is_lost;  /* the keyboard is a dom0's that is not there */
    bool anybody_said;
    unsigned long row; /* of the terminal, that the line was put into; 0 if unknown */
    enum screen_escape escape;
    char sequence[16];
    size_t sequence_length;
};

/* Takes bytes from the machine and shows the lines that they complete. */
void screen_take(struct screen *screen, const char *bytes, size_t count);

/* To be called when the machine has been silent for a moment: shows what is there of a line. */
void screen_pause(struct screen *screen);

/* Shows what is left, at the end. */
void screen_end(struct screen *screen);

/* True if every domain that is awaited, or anybody where none is, has written the text. */
bool screen_is_complete(const struct screen *screen);

#endif
