/* SPDX-License-Identifier: BSD-2-Clause */
/* The plan for a program, as JSON. */
#ifndef MUSTER_PLAN_JSON_H
#define MUSTER_PLAN_JSON_H

#include <stdio.h>

#include "host/report/facts.h"

/* For a program; docs/host-tool.md describes the members. `speed` is as for plan_table. */
void plan_json(FILE *stream, const struct facts *facts, uint64_t speed);

#endif
