/* SPDX-License-Identifier: BSD-2-Clause */
/* The plan as a drawing: domains, the binaries that they share, and memory to scale. */
#ifndef MUSTER_PLAN_SVG_H
#define MUSTER_PLAN_SVG_H

#include <stdio.h>

#include "host/report/facts.h"

/* A drawing as SVG 1.1, whose colours follow the page where the viewer can. */
void plan_svg(FILE *stream, const struct facts *facts);

#endif
