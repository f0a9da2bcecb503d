/* SPDX-License-Identifier: BSD-2-Clause */
/* The person's terminal as that of a menu. */
#ifndef MUSTER_TTY_H
#define MUSTER_TTY_H

#include <stdbool.h>
#include <termios.h>

#include "core/boot/menu.h"

struct tty {
    struct termios before; /* how the terminal was set */
};

/*
 * Opens the terminal of standard input and output, in the form that xterm and the consoles of Linux
 * share; *interface refers to `tty`. False when either is no terminal. tty_close brings back
 * what was shown before.
 */
bool tty_open(struct tty *tty, struct terminal *interface);
void tty_close(struct tty *tty);

#endif
