/* SPDX-License-Identifier: BSD-2-Clause */
/* Diagnostics as commands in the log of a build, which GitHub shows beside the lines that they
 * mean. */
#ifndef MUSTER_REPORT_GITHUB_H
#define MUSTER_REPORT_GITHUB_H

#include <stdio.h>

#include "host/machine/host_system.h"

/* Prints a command for each diagnostic of a system. */
void report_github(FILE *stream, struct host_system *host);

#endif
