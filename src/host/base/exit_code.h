/* SPDX-License-Identifier: BSD-2-Clause */
/* The exit codes that every command has. */
#ifndef MUSTER_EXIT_CODE_H
#define MUSTER_EXIT_CODE_H

enum exit_code {
    EXIT_CODE_FINE = 0,
    EXIT_CODE_ERRORS = 1, /* the system has mistakes, or the work could not be done */
    EXIT_CODE_USAGE = 2,  /* the command line is wrong */
};

#endif
