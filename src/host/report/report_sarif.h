/* SPDX-License-Identifier: BSD-2-Clause */
/* Diagnostics as SARIF 2.1.0, which code scanning takes. */
#ifndef MUSTER_REPORT_SARIF_H
#define MUSTER_REPORT_SARIF_H

#include <stdio.h>

#include "host/machine/host_system.h"

/* Prints a log with one run, whose results are the diagnostics of a system. */
void report_sarif(FILE *stream, struct host_system *host);

#endif
