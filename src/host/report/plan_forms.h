/* SPDX-License-Identifier: BSD-2-Clause */
/* The forms in which the plan command shows the facts of a system. */
#ifndef MUSTER_PLAN_FORMS_H
#define MUSTER_PLAN_FORMS_H

#include <stdio.h>

#include "host/report/facts.h"

/* For a person: tables of domains, binaries and memory. */
void plan_table(FILE *stream, const struct facts *facts);

/* For a program; docs/host-tool.md describes the members. */
void plan_json(FILE *stream, const struct facts *facts);

/* A drawing as SVG 1.1, whose colours follow the page where the viewer can. */
void plan_svg(FILE *stream, const struct facts *facts);

#endif
