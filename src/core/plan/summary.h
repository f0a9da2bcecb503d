/* SPDX-License-Identifier: BSD-2-Clause */
/* The system in lines of text, for a person at a console. */
#ifndef MUSTER_SUMMARY_H
#define MUSTER_SUMMARY_H

#include "core/system.h"

/*
 * What is booted: the file and section, and a line for each domain with its vCPUs, memory and
 * binaries. Lines end with '\n'. In the system's arena; NULL without memory.
 */
const char *summary_of_domains(struct system *system);

/* Where it is: a line for each binary with its size and address. As summary_of_domains. */
const char *summary_of_binaries(struct system *system);

/* All diagnostics with their hints, then how many there are; "" when there are none. */
const char *summary_of_diagnostics(struct system *system);

/* The time of each stage in milliseconds, in one line. */
const char *summary_of_times(struct system *system);

#endif
