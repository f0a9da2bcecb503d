/* SPDX-License-Identifier: BSD-2-Clause */
/* The plan for a person: tables of domains, binaries and memory. */
#ifndef MUSTER_PLAN_TABLE_H
#define MUSTER_PLAN_TABLE_H

#include <stdio.h>

#include "host/report/facts.h"

/*
 * For a person: tables of domains, binaries and memory; and of the time that loading takes from a
 * medium of `speed` bytes a second, unless that is 0.
 */
void plan_table(FILE *stream, const struct facts *facts, uint64_t speed);

#endif
