/* SPDX-License-Identifier: BSD-2-Clause */
/* The person's terminal as that of a menu. */
#ifndef MUSTER_SCREEN_H
#define MUSTER_SCREEN_H

#include <stdbool.h>
#include <termios.h>

#include "core/boot/menu.h"

struct screen {
    struct termios before; /* how the terminal was set */
};

/*
 * Opens the terminal of standard input and output, in the form that xterm and the consoles of Linux
 * share; *interface refers to `screen`. False when either is no terminal. screen_close brings back
 * what was shown before.
 */
bool screen_open(struct screen *screen, struct terminal *interface);
void screen_close(struct screen *screen);

#endif
