/* SPDX-License-Identifier: BSD-2-Clause */
/* The keyboard of a machine that runs: keys go to its console, but for those behind Ctrl-A. */
#ifndef MUSTER_RUN_KEYBOARD_H
#define MUSTER_RUN_KEYBOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#define KEYBOARD_QUEUE 1024U /* bytes */

struct keyboard {
    int input;            /* descriptor, -1 once it has ended */
    bool is_raw;          /* it is a terminal, and `saved` how it was */
    bool is_after_escape; /* Ctrl-A was pressed */
    struct termios saved;
    char queue[KEYBOARD_QUEUE]; /* what the console has not taken yet */
    size_t queued;
};

/* The wish that keyboard_take came upon. */
enum keyboard_event { KEYBOARD_NOTHING, KEYBOARD_LEAVE, KEYBOARD_HELP };

/* Takes standard input over; a terminal gives single keys then, without echo. */
void keyboard_open(struct keyboard *keyboard);

/* Gives the terminal back as it was. */
void keyboard_close(struct keyboard *keyboard);

/* True if what is typed now has to wait, as the console takes nothing. */
bool keyboard_is_full(const struct keyboard *keyboard);

/*
 * Reads what was typed into the queue; to be called when it is not full. If `is_lost`, nobody hears
 * the keys, and Xen is asked first to give them to the next domain.
 */
enum keyboard_event keyboard_take(struct keyboard *keyboard, bool is_lost);

/* Sends as much of the queue as `console` takes without waiting. */
void keyboard_send(struct keyboard *keyboard, int console);

#endif
