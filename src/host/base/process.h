/* SPDX-License-Identifier: BSD-2-Clause */
/* Other programs: found on PATH, started without a shell, and ended when this one is to end. */
#ifndef MUSTER_PROCESS_H
#define MUSTER_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * From here on SIGINT, SIGTERM and SIGHUP do not end this program, but are remembered, so that what
 * is half done can be undone first.
 */
void process_catch_signals(void);

/* The signal that came since then, or 0. */
int process_signal(void);

/* Ends this program by the signal that came, as it would have done; returns when none did. */
void process_pass_signal(void);

/*
 * Starts a program; argv ends with NULL. `input` and `output` are descriptors that become its
 * standard input, and both output streams; -1 stands for /dev/null. Returns its process number, or
 * -1 after a message, which names the Debian package when the program is missing.
 */
pid_t process_start(const char *const argv[], int input, int output);

/* A file in memory that takes what a program prints, or -1 after a message. */
int process_output(void);

/* Says that a program failed, with the start of what such a file holds. */
void process_report(const char *program, int output);

/*
 * Runs a program to its end with `text` (may be NULL) as its standard input. When it fails, says so
 * with what it printed. False then, or when a signal came, which ends it too.
 */
bool process_run(const char *const argv[], const char *text);

/*
 * Runs a program to its end and returns what it printed, which the caller frees. NULL when it
 * fails, after saying so, or when a signal came.
 */
char *process_capture(const char *const argv[]);

/* Ends a program and waits for it; it has a moment to do so by itself. */
void process_stop(pid_t process);

#endif
