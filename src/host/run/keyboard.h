/* SPDX-License-Identifier: BSD-2-Clause */
/* The keyboard of a machine that runs: keys go to its console, but for those behind Ctrl-A. */
#ifndef MUSTER_RUN_KEYBOARD_H
#define MUSTER_RUN_KEYBOARD_H

#include <stdbool.h>
#include <termios.h>

struct keyboard {
    int input;            /* descriptor, -1 once it has ended */
    bool is_raw;          /* it is a terminal, and `saved` how it was */
    bool is_after_escape; /* Ctrl-A was pressed */
    struct termios saved;
};

/* The wish that keyboard_pass came upon. */
enum keyboard_event { KEYBOARD_NOTHING, KEYBOARD_LEAVE, KEYBOARD_HELP };

/* Takes standard input over; a terminal gives single keys then, without echo. */
void keyboard_open(struct keyboard *keyboard);

/* Gives the terminal back as it was. */
void keyboard_close(struct keyboard *keyboard);

/* Passes what was typed on to `console`. */
enum keyboard_event keyboard_pass(struct keyboard *keyboard, int console);

#endif
