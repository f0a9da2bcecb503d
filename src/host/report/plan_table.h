/* SPDX-License-Identifier: BSD-2-Clause */
/* The plan for a person: tables of domains, binaries and memory. */
#ifndef MUSTER_PLAN_TABLE_H
#define MUSTER_PLAN_TABLE_H

#include <stdio.h>

#include "host/report/facts.h"

/* For a person: tables of domains, binaries and memory. */
void plan_table(FILE *stream, const struct facts *facts);

#endif
