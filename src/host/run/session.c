/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine that runs: its console is shown, keys go to it, until something ends the run. */
#include "host/run/session.h"

#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "host/base/process.h"
#include "host/run/keyboard.h"
#include "host/run/screen.h"

#define PAUSE_MS 60  /* of silence, after which an unfinished line is shown */
#define TICK_MS  500 /* between looks at signals and the time */

/* A session while it lasts. */
struct state {
    struct session *session;
    struct screen screen;
    struct keyboard keyboard;
    struct timespec start;
};

static double seconds_since(const struct timespec *start)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static void note_times(const struct state *state)
{
    for (size_t at = 0; at < state->screen.domain_count; at++) {
        struct screen_domain *domain = &state->screen.domains[at];

        if (domain->has_said && domain->seconds <= 0)
            domain->seconds = seconds_since(&state->start);
    }
}

/* Reads what the console has; false at its end. */
static bool hear(struct state *state)
{
    struct session *session = state->session;
    char bytes[4096];
    ssize_t count = read(session->machine->console, bytes, sizeof(bytes));

    if (count < 0 && (errno == EINTR || errno == EAGAIN))
        return true;
    if (count <= 0)
        return false;
    session->was_heard = true;
    if (session->log != NULL) {
        fwrite(bytes, 1, (size_t)count, session->log);
        fflush(session->log);
    }
    screen_take(&state->screen, bytes, (size_t)count);
    return true;
}

/* Takes what was typed. Keys that Xen would give to a dom0 that is not there go to a domain. */
static enum session_ending type(struct state *state)
{
    enum keyboard_event event = keyboard_take(&state->keyboard, state->screen.input_is_lost);

    if (state->keyboard.queued != 0)
        state->screen.input_is_lost = false;
    if (event == KEYBOARD_HELP)
        fputs("\nCtrl-A x leaves, Ctrl-A n gives the keyboard to the next domain, "
              "Ctrl-A a is Ctrl-A itself\n",
              stderr);
    return event == KEYBOARD_LEAVE ? SESSION_LEFT : SESSION_GOES_ON;
}

/* One wait for the machine, the person or the time. */
static enum session_ending step(struct state *state)
{
    struct session *session = state->session;
    struct screen *screen = &state->screen;
    struct pollfd files[] = {
        {.fd = session->machine->console, .events = POLLIN},
        {.fd = keyboard_is_full(&state->keyboard) ? -1 : state->keyboard.input, .events = POLLIN},
    };
    enum session_ending ending = SESSION_GOES_ON;
    int ready;

    if (state->keyboard.queued != 0)
        files[0].events |= POLLOUT;
    ready = poll(files, 2, screen->length != screen->shown ? PAUSE_MS : TICK_MS);
    if (process_signal() != 0)
        return SESSION_SIGNAL;
    if (ready == 0)
        screen_pause(screen);
    if (ready > 0 && files[1].revents != 0)
        ending = type(state);
    if (ready > 0 && (files[0].revents & ~POLLOUT) != 0 && !hear(state))
        ending = SESSION_STOPPED;
    keyboard_send(&state->keyboard, session->machine->console);
    note_times(state);
    if (session->until != NULL && screen_is_complete(screen))
        return SESSION_SAID;
    if (ending == SESSION_GOES_ON && session->seconds != 0 &&
        seconds_since(&state->start) >= (double)session->seconds)
        ending = SESSION_TIMEOUT;
    return ending;
}

enum session_ending session_attend(struct session *session)
{
    struct state state = {
        .session = session,
        .screen =
            {
                .out = stdout,
                .until = session->until,
                .domains = session->system->domains,
                .domain_count = session->system->count,
                .has_dom0 = session->system->has_dom0,
                .is_terminal = isatty(STDOUT_FILENO) != 0,
            },
    };
    enum session_ending ending = SESSION_GOES_ON;

    clock_gettime(CLOCK_MONOTONIC, &state.start);
    keyboard_open(&state.keyboard);
    if (state.keyboard.is_raw)
        fputs("Ctrl-A x leaves, Ctrl-A n gives the keyboard to the next domain\n", stderr);
    while (ending == SESSION_GOES_ON)
        ending = step(&state);
    screen_end(&state.screen);
    keyboard_close(&state.keyboard);
    session->elapsed = seconds_since(&state.start);
    return ending;
}
