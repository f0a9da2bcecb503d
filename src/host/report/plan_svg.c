/* SPDX-License-Identifier: BSD-2-Clause */
/* The plan as a drawing: domains, the binaries that they share, and memory to scale. */
#include "host/report/plan_svg.h"

#include <inttypes.h>
#include <string.h>

#include "core/base/text.h"
#include "core/base/utf.h"
#include "host/base/xml.h"

/* All lengths are in the drawing's own units, which are pixels at its natural size. */
#define MARGIN        24
#define TOP           84 /* where the columns begin */
#define BOX_WIDTH     270
#define LINK_WIDTH    110
#define BINARY_X      (MARGIN + BOX_WIDTH + LINK_WIDTH)
#define MEMORY_X      (BINARY_X + BOX_WIDTH + 110)
#define MEMORY_WIDTH  56
#define LABEL_X       (MEMORY_X + MEMORY_WIDTH + 34)
#define WIDTH         (LABEL_X + 346 + MARGIN)
#define LINE          16 /* a line of text */
#define DOMAIN_HEIGHT 58
#define BINARY_HEIGHT 58
#define GAP           14
#define MEMORY_LEAST  420 /* height of the memory map */
#define BANK_GAP      18  /* between banks of RAM, which may be far apart */
#define SPAN_LEAST    2.0 /* what is smaller could not be seen */
#define COLOURS       8
#define DEVICES_MAX   4 /* listed in a domain's box */

/* The state of a drawing. */
struct drawing {
    FILE *stream;
    const struct facts *facts;
    int height;
};

static struct arena *arena_of(const struct drawing *drawing)
{
    return &drawing->facts->host->system.arena;
}

/* A line of text; what has more than `most` characters ends with an ellipsis. */
static void put_line(const struct drawing *drawing, double x, double y, const char *class,
                     const char *text, size_t most)
{
    size_t length = 0;
    size_t count = 0;
    bool is_cut = text != NULL && utf8_count(text) > most;

    fprintf(drawing->stream, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, class);
    while (is_cut && count + 1 < most) {
        size_t bytes = utf8_length(text + length);

        length += bytes != 0 ? bytes : 1;
        count++;
    }
    xml_text(drawing->stream,
             is_cut ? text_format(arena_of(drawing), "%.*s…", (int)length, text) : text);
    fputs("</text>\n", drawing->stream);
}

static void put_box(const struct drawing *drawing, double x, double y, double width, double height,
                    const char *class, const char *title)
{
    fprintf(drawing->stream,
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" class=\"%s\"", x, y, width,
            height, class);
    if (title == NULL) {
        fputs("/>\n", drawing->stream);
        return;
    }
    fputs("><title>", drawing->stream);
    xml_text(drawing->stream, title);
    fputs("</title></rect>\n", drawing->stream);
}

/* Colours of binaries: their order is that of the Okabe-Ito palette, which the colour-blind can
 * tell apart; each is dark enough for a light page and light enough for a dark one. */
static const char style[] =
    "<style>\n"
    "text { font-family: system-ui, sans-serif; font-size: 12px; fill: #24292f; }\n"
    ".title { font-size: 18px; font-weight: 600; }\n"
    ".head { font-size: 13px; font-weight: 600; }\n"
    ".name { font-size: 14px; font-weight: 600; }\n"
    ".faint { fill: #59636e; }\n"
    ".mono { font-family: ui-monospace, monospace; font-size: 11px; fill: #59636e; }\n"
    ".page { fill: #ffffff; stroke: #d1d9e0; }\n"
    ".box { fill: #f6f8fa; stroke: #afb8c1; }\n"
    ".ram { fill: #eaeef2; stroke: #818b98; }\n"
    ".region { fill: #59636e; fill-opacity: 0.35; stroke: #59636e; stroke-dasharray: 4 2; }\n"
    ".leader { fill: none; stroke: #818b98; }\n"
    ".link { fill: none; stroke-width: 2.5; stroke-opacity: 0.85; }\n"
    ".f0 { fill: #0072b2; } .f1 { fill: #e69f00; } .f2 { fill: #009e73; } .f3 { fill: #cc79a7; }\n"
    ".f4 { fill: #56b4e9; } .f5 { fill: #d55e00; } .f6 { fill: #8a6fdf; } .f7 { fill: #a08c00; }\n"
    ".l0 { stroke: #0072b2; } .l1 { stroke: #e69f00; } .l2 { stroke: #009e73; }\n"
    ".l3 { stroke: #cc79a7; } .l4 { stroke: #56b4e9; } .l5 { stroke: #d55e00; }\n"
    ".l6 { stroke: #8a6fdf; } .l7 { stroke: #a08c00; }\n"
    "@media (prefers-color-scheme: dark) {\n"
    "text { fill: #f0f6fc; }\n"
    ".faint, .mono { fill: #9198a1; }\n"
    ".page { fill: #0d1117; stroke: #3d444d; }\n"
    ".box { fill: #151b23; stroke: #3d444d; }\n"
    ".ram { fill: #212830; stroke: #656c76; }\n"
    ".region { fill: #9198a1; stroke: #9198a1; }\n"
    "}\n"
    "</style>\n";

static int domain_height(const struct domain_fact *fact)
{
    size_t lines = fact->device_count < DEVICES_MAX ? fact->device_count : DEVICES_MAX + 1;

    return DOMAIN_HEIGHT + LINE * (int)lines;
}

static int domain_y(const struct facts *facts, size_t index)
{
    int y = TOP;

    for (size_t at = 0; at < index; at++)
        y += domain_height(&facts->domains[at]) + GAP;
    return y;
}

static int binary_y(size_t index)
{
    return TOP + (int)index * (BINARY_HEIGHT + GAP);
}

static void put_devices(const struct drawing *drawing, const struct domain_fact *fact, int y)
{
    size_t at;

    for (at = 0; at < fact->device_count && at < DEVICES_MAX; at++)
        put_line(drawing, MARGIN + 14, y + LINE * (double)at, "mono", fact->devices[at], 34);
    if (at < fact->device_count)
        put_line(drawing, MARGIN + 14, y + LINE * (double)at, "faint",
                 text_format(arena_of(drawing), "and %zu more devices", fact->device_count - at),
                 34);
}

static void put_domain(const struct drawing *drawing, size_t index)
{
    const struct domain_fact *fact = &drawing->facts->domains[index];
    struct arena *arena = arena_of(drawing);
    int y = domain_y(drawing->facts, index);
    const char *cpus = fact->has_cpus
                           ? text_format(arena, "%u vCPU%s", fact->cpus, fact->cpus != 1 ? "s" : "")
                           : "all CPUs";
    const char *memory = fact->has_memory ? text_size(arena, fact->memory) : "default memory";
    const char *console =
        fact->console != NULL ? text_format(arena, "console: %s", fact->console) : "no console";

    put_box(drawing, MARGIN, y, BOX_WIDTH, domain_height(fact), "box\" rx=\"6", fact->domain->path);
    put_line(drawing, MARGIN + 14, y + 23, "name", fact->domain->name, 25);
    put_line(drawing, MARGIN + 14, y + 43, "faint",
             text_format(arena, "%s · %s · %s", cpus, memory, console), 42);
    put_devices(drawing, fact, y + DOMAIN_HEIGHT + 2);
}

static void put_binary(const struct drawing *drawing, size_t index)
{
    const struct binary_fact *fact = &drawing->facts->binaries[index];
    struct arena *arena = arena_of(drawing);
    int y = binary_y(index);
    const char *size = text_size(arena, fact->binary->size);
    const char *use = fact->is_xen            ? "the hypervisor"
                      : fact->user_count == 1 ? "1 domain"
                                              : text_format(arena, "%zu domains", fact->user_count);

    put_box(drawing, BINARY_X, y, BOX_WIDTH, BINARY_HEIGHT, "box\" rx=\"6",
            text_format(arena, "%s, SHA-256 %s", fact->binary->path, fact->digest));
    put_box(drawing, BINARY_X, y, 8, BINARY_HEIGHT, text_format(arena, "f%zu", index % COLOURS),
            NULL);
    put_line(drawing, BINARY_X + 20, y + 23, "name", fact->binary->name, 24);
    put_line(drawing, BINARY_X + 20, y + 43, "faint",
             text_format(arena, "%s · %s · %s", size, fact->type, use), 40);
}

static size_t index_of(const struct facts *facts, const struct binary *binary)
{
    size_t at = 0;

    while (at < facts->binary_count && facts->binaries[at].binary != binary)
        at++;
    return at;
}

/* A curve from each module of a domain to its binary, in the binary's colour. */
static void put_links(const struct drawing *drawing, size_t index)
{
    const struct domain_fact *fact = &drawing->facts->domains[index];
    int height = domain_height(fact);
    int from_x = MARGIN + BOX_WIDTH;
    int middle = from_x + LINK_WIDTH / 2;

    for (size_t at = 0; at < fact->domain->module_count; at++) {
        const struct module *module = &fact->domain->modules[at];
        size_t binary = index_of(drawing->facts, module->binary);
        double from = domain_y(drawing->facts, index) +
                      height * (double)(at + 1) / (double)(fact->domain->module_count + 1);
        double to = binary_y(binary) + BINARY_HEIGHT / 2.0;

        if (binary == drawing->facts->binary_count)
            continue;
        fprintf(drawing->stream,
                "<path d=\"M%d %.1f C%d %.1f %d %.1f %d %.1f\" class=\"link l%zu\"><title>%s"
                "</title></path>\n",
                from_x, from, middle, from, middle, to, BINARY_X, to, binary % COLOURS,
                module_kind_name(module->kind));
    }
}

/* The scale of the memory map: all banks one above the other, lowest address at the bottom. */
struct scale {
    const struct host_memory *memory;
    double total; /* bytes of RAM */
    int height;   /* of all banks without the gaps between them */
};

/* The lower edge of a bank, as a distance from the top of the map. */
static double bank_bottom(const struct scale *scale, size_t index)
{
    double bottom = 0;

    for (size_t at = scale->memory->bank_count; at-- > index;) {
        bottom += (double)scale->memory->banks[at].size / scale->total * scale->height;
        bottom += at > index ? BANK_GAP : 0;
    }
    return bottom;
}

/* The height at which an address of a bank is drawn. */
static double y_of(const struct scale *scale, size_t bank, uint64_t address)
{
    uint64_t offset = address - scale->memory->banks[bank].start;

    return TOP + bank_bottom(scale, bank) - (double)offset / scale->total * scale->height;
}

/* The bank that an address is in; the number of banks when it is in none. */
static size_t bank_of(const struct scale *scale, uint64_t address)
{
    size_t at = 0;

    while (at < scale->memory->bank_count &&
           (address < scale->memory->banks[at].start ||
            address - scale->memory->banks[at].start >= scale->memory->banks[at].size))
        at++;
    return at;
}

static void put_banks(const struct drawing *drawing, const struct scale *scale)
{
    struct arena *arena = arena_of(drawing);

    for (size_t at = 0; at < scale->memory->bank_count; at++) {
        const struct host_bank *bank = &scale->memory->banks[at];
        double bottom = y_of(scale, at, bank->start);
        double height = (double)bank->size / scale->total * scale->height;

        put_box(drawing, MEMORY_X, bottom - height, MEMORY_WIDTH, height, "ram",
                text_format(arena, "RAM 0x%lx, %s", bank->start, text_size(arena, bank->size)));
    }
}

/* The labels of spans go down the page: each beside its span where there is room. */
struct labels {
    double next; /* where the next one may be at the earliest */
    double last; /* where the next one must be at the latest, so that those after it have room */
};

static double label_y(struct labels *labels, double wanted)
{
    double y = wanted > labels->next ? wanted : labels->next;

    y = y < labels->last ? y : labels->last;
    labels->next = y + LINE;
    labels->last += LINE;
    return y;
}

static void put_span(const struct drawing *drawing, const struct scale *scale,
                     const struct span *span, struct labels *labels)
{
    struct arena *arena = arena_of(drawing);
    size_t bank = bank_of(scale, span->start);
    const struct host_bank *in = &scale->memory->banks[bank];
    uint64_t left = in->size - (span->start - in->start);
    uint64_t size = span->size < left ? span->size : left;
    double bottom = y_of(scale, bank, span->start);
    double height = (double)size / scale->total * scale->height;
    double middle = bottom - height / 2;
    bool is_binary = span->kind == SPAN_BINARY;
    size_t colour = is_binary ? (size_t)(span->binary - drawing->facts->binaries) % COLOURS : 0;
    double label = label_y(labels, middle + 4);

    if (height < SPAN_LEAST)
        height = SPAN_LEAST;
    put_box(drawing, MEMORY_X, bottom - height, MEMORY_WIDTH, height,
            is_binary ? text_format(arena, "f%zu", colour) : "region", span->label);
    fprintf(drawing->stream, "<path d=\"M%d %.1f h6 L%d %.1f h4\" class=\"leader\"/>\n",
            MEMORY_X + MEMORY_WIDTH, middle, LABEL_X - 8, label - 4);
    put_line(
        drawing, LABEL_X, label, "faint",
        text_format(arena, "0x%lx  %s, %s", span->start, span->label, text_size(arena, span->size)),
        48);
}

static void put_edge(const struct drawing *drawing, double y, uint64_t address)
{
    const char *text = text_format(arena_of(drawing), "0x%lx", address);

    fprintf(drawing->stream,
            "<text x=\"%d\" y=\"%.1f\" class=\"mono\" text-anchor=\"end\">%s"
            "</text>\n",
            MEMORY_X - 6, y, text != NULL ? text : "");
}

static void put_memory(const struct drawing *drawing)
{
    const struct facts *facts = drawing->facts;
    struct scale scale = {.memory = &facts->host->platform.memory};
    struct labels labels = {.next = TOP + 8};

    for (size_t at = 0; at < scale.memory->bank_count; at++)
        scale.total += (double)scale.memory->banks[at].size;
    scale.height = drawing->height - TOP - MARGIN - BANK_GAP * ((int)scale.memory->bank_count - 1);
    labels.last = drawing->height - MARGIN - LINE * ((double)facts->span_count - 1);
    put_banks(drawing, &scale);
    for (size_t at = facts->span_count; at-- > 0;)
        if (bank_of(&scale, facts->spans[at].start) < scale.memory->bank_count)
            put_span(drawing, &scale, &facts->spans[at], &labels);
    for (size_t at = 0; at < scale.memory->bank_count; at++) {
        const struct host_bank *bank = &scale.memory->banks[at];

        put_edge(drawing, y_of(&scale, at, bank->start), bank->start);
        put_edge(drawing, y_of(&scale, at, bank->start + (bank->size - 1)) + 9,
                 bank->start + (bank->size - 1));
    }
}

/* High enough for the longest of the three columns. */
static int height_of(const struct facts *facts)
{
    int domains = domain_y(facts, facts->domain_count) - GAP;
    int binaries = binary_y(facts->binary_count) - GAP;
    int labels = TOP + LINE * (int)facts->span_count;
    int height = TOP + MEMORY_LEAST;

    height = domains > height ? domains : height;
    height = binaries > height ? binaries : height;
    return (labels > height ? labels : height) + MARGIN;
}

static void put_headings(const struct drawing *drawing)
{
    const struct system *system = &drawing->facts->host->system;
    const char *name = system->config.file != NULL ? system->config.file : "the device tree";

    if (system->section.name != NULL)
        name = text_format(arena_of(drawing), "%s, section %s", name, system->section.name);
    put_line(drawing, MARGIN, 36, "title", name, 100);
    put_line(drawing, MARGIN, TOP - 16, "head", "Domains", 40);
    put_line(drawing, BINARY_X, TOP - 16, "head", "Binaries, each in memory once", 40);
    put_line(drawing, MEMORY_X, TOP - 16, "head", "Memory, to scale", 40);
}

void plan_svg(FILE *stream, const struct facts *facts)
{
    struct drawing drawing = {stream, facts, height_of(facts)};

    fprintf(stream,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
            "viewBox=\"0 0 %d %d\" role=\"img\">\n<title>Boot plan</title>\n%s",
            WIDTH, drawing.height, WIDTH, drawing.height, style);
    put_box(&drawing, 0.5, 0.5, WIDTH - 1, drawing.height - 1, "page\" rx=\"8", NULL);
    put_headings(&drawing);
    for (size_t at = 0; at < facts->domain_count; at++)
        put_links(&drawing, at);
    for (size_t at = 0; at < facts->domain_count; at++)
        put_domain(&drawing, at);
    for (size_t at = 0; at < facts->binary_count; at++)
        put_binary(&drawing, at);
    put_memory(&drawing);
    fputs("</svg>\n", stream);
}
