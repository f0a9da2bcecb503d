/* SPDX-License-Identifier: BSD-2-Clause */
/* The two pictures of memory in a plan's drawing: who takes how much, and what lies where. */
#ifndef MUSTER_MEMORY_SVG_H
#define MUSTER_MEMORY_SVG_H

#include "host/report/amounts.h"
#include "host/report/svg.h"

#define MEMORY_SVG_WIDTH 570

/* The least height in which all labels have room. */
double memory_svg_height(const struct facts *facts, const struct amounts *amounts);

/* Draws both at (x, y), with their headings above, in the given height. */
void memory_svg(const struct svg *svg, const struct facts *facts, const struct amounts *amounts,
                double x, double y, double height);

#endif
