/* SPDX-License-Identifier: BSD-2-Clause */
/* Shapes and texts of a drawing in SVG 1.1, and its colours. */
#include "host/report/svg.h"

#include <string.h>

#include "core/base/text.h"
#include "core/base/utf.h"
#include "host/base/xml.h"

#define CHIP_MOST  26   /* characters of a chip */
#define CHARACTER  7.0  /* about the width of one in a chip */
#define CHIP_SIDES 26.0 /* its colour and margins */

/* The order of colours is that of the Okabe-Ito palette, which the colour-blind can tell apart;
 * each is dark enough for a light page and light enough for a dark one. */
static const char style[] =
    "<style>\n"
    "text { font-family: system-ui, sans-serif; font-size: 12px; fill: #24292f; }\n"
    ".title { font-size: 18px; font-weight: 600; }\n"
    ".head { font-size: 13px; font-weight: 600; }\n"
    ".name { font-size: 13px; font-weight: 600; }\n"
    ".faint { fill: #59636e; }\n"
    ".mono { font-family: ui-monospace, monospace; font-size: 11px; fill: #59636e; }\n"
    ".page { fill: #ffffff; stroke: #d1d9e0; }\n"
    ".box, .chip { fill: #f6f8fa; stroke: #afb8c1; }\n"
    ".ram { fill: #eaeef2; stroke: #818b98; }\n"
    ".xen { fill: #8250df; stroke: #f6f8fa; }\n"
    ".domain { fill: #8fb4d9; stroke: #f6f8fa; }\n"
    ".binaries { fill: #1a7f37; stroke: #f6f8fa; }\n"
    ".region { fill: #59636e; fill-opacity: 0.35; stroke: #59636e; stroke-dasharray: 4 2; }\n"
    ".free { fill: none; stroke: #818b98; stroke-dasharray: 2 3; }\n"
    ".leader { fill: none; stroke: #818b98; }\n"
    ".f0 { fill: #0072b2; } .f1 { fill: #e69f00; } .f2 { fill: #009e73; } .f3 { fill: #cc79a7; }\n"
    ".f4 { fill: #56b4e9; } .f5 { fill: #d55e00; } .f6 { fill: #8a6fdf; } .f7 { fill: #a08c00; }\n"
    "@media (prefers-color-scheme: dark) {\n"
    "text { fill: #f0f6fc; }\n"
    ".faint, .mono { fill: #9198a1; }\n"
    ".page { fill: #0d1117; stroke: #3d444d; }\n"
    ".box, .chip { fill: #151b23; stroke: #3d444d; }\n"
    ".ram { fill: #212830; stroke: #656c76; }\n"
    ".xen { fill: #a371f7; stroke: #0d1117; }\n"
    ".domain { fill: #3b6ea5; stroke: #0d1117; }\n"
    ".binaries { fill: #3fb950; stroke: #0d1117; }\n"
    ".region { fill: #9198a1; stroke: #9198a1; }\n"
    "}\n"
    "</style>\n";

/* A text of `most` characters or less: its two ends with an ellipsis between them. */
static const char *shorten(const struct svg *svg, const char *text, size_t most)
{
    size_t count = utf8_count(text);
    size_t head = (most - 1) / 2;
    size_t tail = most - 1 - head;
    const char *end = text;
    const char *rest = text;

    if (count <= most)
        return text;
    for (size_t at = 0; at < count - tail; at++) {
        size_t bytes = utf8_length(rest);

        rest += bytes != 0 ? bytes : 1;
        end = at < head ? rest : end;
    }
    return text_format(svg->arena, "%.*s…%s", (int)(end - text), text, rest);
}

static void put_text(const struct svg *svg, const char *text, size_t most)
{
    const char *shown = text != NULL ? shorten(svg, text, most) : NULL;

    if (shown != text) {
        fputs("<title>", svg->stream);
        xml_text(svg->stream, text);
        fputs("</title>", svg->stream);
    }
    xml_text(svg->stream, shown);
    fputs("</text>\n", svg->stream);
}

void svg_text(const struct svg *svg, double x, double y, const char *class, const char *text,
              size_t most)
{
    fprintf(svg->stream, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, class);
    put_text(svg, text, most);
}

void svg_text_end(const struct svg *svg, double x, double y, const char *class, const char *text,
                  size_t most)
{
    fprintf(svg->stream, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\" text-anchor=\"end\">", x, y,
            class);
    put_text(svg, text, most);
}

void svg_box(const struct svg *svg, double x, double y, double width, double height,
             const char *class, const char *title)
{
    fprintf(svg->stream, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" class=\"%s\"",
            x, y, width, height, class);
    if (title == NULL) {
        fputs("/>\n", svg->stream);
        return;
    }
    fputs("><title>", svg->stream);
    xml_text(svg->stream, title);
    fputs("</title></rect>\n", svg->stream);
}

void svg_leader(const struct svg *svg, double x, double y, double to_x, double to_y)
{
    fprintf(svg->stream, "<path d=\"M%.1f %.1f h6 L%.1f %.1f h4\" class=\"leader\"/>\n", x, y,
            to_x - 4, to_y);
}

void svg_line(const struct svg *svg, double x, double y, double to_x, double to_y)
{
    fprintf(svg->stream, "<path d=\"M%.1f %.1f L%.1f %.1f\" class=\"leader\"/>\n", x, y, to_x,
            to_y);
}

double svg_chip_width(const struct svg *svg, const char *text)
{
    size_t count = text != NULL ? utf8_count(shorten(svg, text, CHIP_MOST)) : 0;

    return CHIP_SIDES + CHARACTER * (double)count;
}

void svg_chip(const struct svg *svg, double x, double y, size_t colour, const char *text,
              const char *title)
{
    svg_box(svg, x, y, svg_chip_width(svg, text), 18, "chip\" rx=\"9", title);
    svg_box(svg, x + 6, y + 5, 8, 8, text_format(svg->arena, "f%zu", colour % SVG_COLOURS), NULL);
    svg_text(svg, x + 19, y + 13, "faint", text, CHIP_MOST);
}

void svg_begin(const struct svg *svg, double width, double height, const char *title)
{
    fprintf(svg->stream,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
            "viewBox=\"0 0 %.0f %.0f\" role=\"img\">\n<title>",
            width, height, width, height);
    xml_text(svg->stream, title);
    fprintf(svg->stream, "</title>\n%s", style);
    svg_box(svg, 0.5, 0.5, width - 1, height - 1, "page\" rx=\"8", NULL);
}

void svg_end(const struct svg *svg)
{
    fputs("</svg>\n", svg->stream);
}
