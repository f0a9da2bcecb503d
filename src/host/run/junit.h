/* SPDX-License-Identifier: BSD-2-Clause */
/* The result of a run as JUnit's XML, which build pipelines show. */
#ifndef MUSTER_RUN_JUNIT_H
#define MUSTER_RUN_JUNIT_H

#include <stdbool.h>
#include <stdio.h>

#include "host/run/domain_names.h"

struct junit {
    const char *source;              /* the directory or disk that was run */
    const char *until;               /* the text that was waited for, or NULL */
    const struct run_system *system; /* without domains where its plan is not known */
    const char *failure;             /* why the run failed, or NULL */
    double elapsed;                  /* seconds since power-on */
};

/*
 * Writes a test suite: a test for each domain that was waited for, or one for the boot where none
 * was.
 */
void junit_write(FILE *stream, const struct junit *junit);

#endif
