/* SPDX-License-Identifier: BSD-2-Clause */
/* The time of loading as a table, for a person. */
#ifndef MUSTER_PLAN_SPEED_H
#define MUSTER_PLAN_SPEED_H

#include <stdio.h>

#include "host/report/facts.h"

/*
 * Prints a table of the binaries and of the time that each takes to read, at `speed` bytes a
 * second, and to unpack; and what it would be with the kernel in the other form.
 */
void plan_speed(FILE *stream, const struct facts *facts, uint64_t speed);

#endif
