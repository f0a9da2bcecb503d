/* SPDX-License-Identifier: BSD-2-Clause */
/* Shapes and texts of a drawing in SVG 1.1, and its colours. */
#ifndef MUSTER_SVG_H
#define MUSTER_SVG_H

#include <stdio.h>

#include "core/base/arena.h"

#define SVG_LINE    16 /* a line of text; all lengths are pixels at the drawing's natural size */
#define SVG_COLOURS 8  /* classes f0 to f7 */

struct svg {
    FILE *stream;
    struct arena *arena; /* for texts that are shortened */
};

/* Begins a drawing on a page of its own; `title` is for those who cannot see it. */
void svg_begin(const struct svg *svg, double width, double height, const char *title);

void svg_end(const struct svg *svg);

/*
 * A line of text whose left end is at x. A text of more than `most` characters loses its middle; it
 * is a title then, which viewers show where the mouse rests.
 */
void svg_text(const struct svg *svg, double x, double y, const char *class, const char *text,
              size_t most);

/* As above, with its right end at x. */
void svg_text_end(const struct svg *svg, double x, double y, const char *class, const char *text,
                  size_t most);

/* A rectangle with a title, or NULL; `class` may go on with other attributes. */
void svg_box(const struct svg *svg, double x, double y, double width, double height,
             const char *class, const char *title);

/* A line from a mark at (x, y) to a label at (to_x, to_y). */
void svg_leader(const struct svg *svg, double x, double y, double to_x, double to_y);

void svg_line(const struct svg *svg, double x, double y, double to_x, double to_y);

/*
 * A chip: a rounded box with a text, coloured as `colour` says (0 to SVG_COLOURS - 1). Its top left
 * corner is at (x, y).
 */
void svg_chip(const struct svg *svg, double x, double y, size_t colour, const char *text,
              const char *title);

/* The width of such a chip. */
double svg_chip_width(const struct svg *svg, const char *text);

#endif
