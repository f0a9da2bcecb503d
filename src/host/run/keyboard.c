/* SPDX-License-Identifier: BSD-2-Clause */
/* The keyboard of a machine that runs: keys go to its console, but for those behind Ctrl-A. */
#include "host/run/keyboard.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CTRL_A '\001'

/* Xen takes three of them as the wish to give the keyboard to the next domain. */
#define XEN_SWITCH "\001\001\001"

void keyboard_open(struct keyboard *keyboard)
{
    struct termios raw;

    *keyboard = (struct keyboard){.input = STDIN_FILENO};
    /* A terminal that is another program's now would stop this one. */
    if (isatty(STDIN_FILENO) && tcgetpgrp(STDIN_FILENO) != getpgrp()) {
        keyboard->input = -1;
        return;
    }
    if (tcgetattr(STDIN_FILENO, &keyboard->saved) != 0)
        return;
    raw = keyboard->saved;
    raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INLCR | IGNCR | ISTRIP | IXON);
    raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    keyboard->is_raw = tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0;
}

void keyboard_close(struct keyboard *keyboard)
{
    if (keyboard->is_raw)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &keyboard->saved);
    keyboard->is_raw = false;
}

bool keyboard_is_full(const struct keyboard *keyboard)
{
    return keyboard->queued > KEYBOARD_QUEUE / 2;
}

static void put(struct keyboard *keyboard, const char *keys, size_t count)
{
    if (count > KEYBOARD_QUEUE - keyboard->queued)
        return;
    memcpy(keyboard->queue + keyboard->queued, keys, count);
    keyboard->queued += count;
}

/* The key behind Ctrl-A. */
static enum keyboard_event take_command(struct keyboard *keyboard, char key)
{
    switch (key) {
    case 'x':
        return KEYBOARD_LEAVE;
    case 'n':
        put(keyboard, XEN_SWITCH, sizeof(XEN_SWITCH) - 1);
        return KEYBOARD_NOTHING;
    case 'a':
    case CTRL_A:
        put(keyboard, XEN_SWITCH, 1);
        return KEYBOARD_NOTHING;
    default:
        return KEYBOARD_HELP;
    }
}

static enum keyboard_event take(struct keyboard *keyboard, bool *is_lost, char key)
{
    if (keyboard->is_after_escape) {
        keyboard->is_after_escape = false;
        return take_command(keyboard, key);
    }
    keyboard->is_after_escape = keyboard->is_raw && key == CTRL_A;
    if (keyboard->is_after_escape)
        return KEYBOARD_NOTHING;
    if (*is_lost)
        put(keyboard, XEN_SWITCH, sizeof(XEN_SWITCH) - 1);
    *is_lost = false;
    put(keyboard, &key, 1);
    return KEYBOARD_NOTHING;
}

enum keyboard_event keyboard_take(struct keyboard *keyboard, bool is_lost)
{
    enum keyboard_event event = KEYBOARD_NOTHING;
    char keys[KEYBOARD_QUEUE / 8]; /* each of them may become three */
    ssize_t count = read(keyboard->input, keys, sizeof(keys));

    if (count < 0 && errno == EINTR)
        return KEYBOARD_NOTHING;
    if (count <= 0)
        keyboard->input = -1;
    for (ssize_t at = 0; at < count && event != KEYBOARD_LEAVE; at++) {
        enum keyboard_event next = take(keyboard, &is_lost, keys[at]);

        if (next != KEYBOARD_NOTHING)
            event = next;
    }
    return event;
}

void keyboard_send(struct keyboard *keyboard, int console)
{
    ssize_t sent;

    if (keyboard->queued == 0)
        return;
    sent = send(console, keyboard->queue, keyboard->queued, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent <= 0)
        return;
    keyboard->queued -= (size_t)sent;
    memmove(keyboard->queue, keyboard->queue + sent, keyboard->queued);
}
