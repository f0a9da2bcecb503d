/* SPDX-License-Identifier: BSD-2-Clause */
/* The plan as a drawing: domains, the binaries that they share, and memory. */
#include "host/report/plan_svg.h"

#include "core/base/text.h"
#include "host/report/memory_svg.h"

#define MARGIN        24
#define TOP           84 /* where the columns begin */
#define BOX_WIDTH     520
#define MEMORY_X      (MARGIN + BOX_WIDTH + 40)
#define WIDTH         (MEMORY_X + MEMORY_SVG_WIDTH + MARGIN)
#define HEAD_HEIGHT   28 /* the first line of a box */
#define CHIP_HEIGHT   24
#define BINARY_HEIGHT 34
#define GAP           8
#define DEVICES_MAX   4 /* listed in a domain's box */

/* The state of a drawing. */
struct drawing {
    struct svg svg;
    const struct facts *facts;
    struct amounts amounts;
};

static size_t index_of(const struct facts *facts, const struct binary *binary)
{
    size_t at = 0;

    while (at < facts->binary_count && facts->binaries[at].binary != binary)
        at++;
    return at;
}

/*
 * Lays a chip for each module of a domain into rows that begin at y, and draws them if `draws`.
 * Returns how many rows there are.
 */
static size_t lay_chips(const struct drawing *drawing, const struct domain *domain, double y,
                        bool draws)
{
    const struct svg *svg = &drawing->svg;
    double x = MARGIN + 12;
    size_t rows = domain->module_count != 0;

    for (size_t at = 0; at < domain->module_count; at++) {
        const struct module *module = &domain->modules[at];
        const char *kind = module_kind_name(module->kind);
        const char *name = module->binary != NULL ? module->binary->name : kind;
        double width = svg_chip_width(svg, name);

        if (x + width > MARGIN + BOX_WIDTH - 8 && x > MARGIN + 12) {
            x = MARGIN + 12;
            rows++;
        }
        if (draws)
            svg_chip(svg, x, y + CHIP_HEIGHT * (double)(rows - 1),
                     index_of(drawing->facts, module->binary), name,
                     text_format(svg->arena, "%s %s", kind, name));
        x += width + 6;
    }
    return rows;
}

static double domain_height(const struct drawing *drawing, const struct domain_fact *fact)
{
    size_t devices = fact->device_count < DEVICES_MAX ? fact->device_count : DEVICES_MAX + 1;

    return HEAD_HEIGHT + CHIP_HEIGHT * (double)lay_chips(drawing, fact->domain, 0, false) +
           SVG_LINE * (double)devices + (devices != 0 ? 4 : 0);
}

static void put_devices(const struct svg *svg, const struct domain_fact *fact, double y)
{
    size_t at;

    for (at = 0; at < fact->device_count && at < DEVICES_MAX; at++)
        svg_text(svg, MARGIN + 14, y + SVG_LINE * (double)at, "mono", fact->devices[at], 70);
    if (at < fact->device_count)
        svg_text(svg, MARGIN + 14, y + SVG_LINE * (double)at, "faint",
                 text_format(svg->arena, "and %zu more devices", fact->device_count - at), 40);
}

static double put_domain(const struct drawing *drawing, const struct domain_fact *fact, double y)
{
    const struct svg *svg = &drawing->svg;
    double height = domain_height(drawing, fact);
    const char *cpus = fact->has_cpus ? text_format(svg->arena, "%u vCPU%s", fact->cpus,
                                                    fact->cpus != 1 ? "s" : "")
                                      : "all CPUs";
    const char *memory = fact->has_memory ? text_size(svg->arena, fact->memory) : "default memory";
    const char *console = fact->console != NULL
                              ? text_format(svg->arena, "console: %s", fact->console)
                              : "no console";
    size_t rows;

    svg_box(svg, MARGIN, y, BOX_WIDTH, height, "box\" rx=\"6", fact->domain->path);
    svg_text(svg, MARGIN + 12, y + 19, "name", fact->domain->name, 30);
    svg_text_end(svg, MARGIN + BOX_WIDTH - 12, y + 19, "faint",
                 text_format(svg->arena, "%s · %s · %s", cpus, memory, console), 60);
    rows = lay_chips(drawing, fact->domain, y + HEAD_HEIGHT, true);
    put_devices(svg, fact, y + HEAD_HEIGHT + CHIP_HEIGHT * (double)rows + 10);
    return height;
}

static void put_binary(const struct drawing *drawing, size_t index, double y)
{
    const struct binary_fact *fact = &drawing->facts->binaries[index];
    const struct svg *svg = &drawing->svg;
    const char *size = text_size(svg->arena, fact->binary->size);
    const char *use = fact->is_xen ? "the hypervisor"
                      : fact->user_count == 1
                          ? "1 domain"
                          : text_format(svg->arena, "%zu domains", fact->user_count);

    svg_box(svg, MARGIN, y, BOX_WIDTH, BINARY_HEIGHT - GAP, "box\" rx=\"6",
            text_format(svg->arena, "%s, SHA-256 %s", fact->binary->path, fact->digest));
    svg_box(svg, MARGIN, y, 8, BINARY_HEIGHT - GAP,
            text_format(svg->arena, "f%zu", index % SVG_COLOURS), NULL);
    svg_text(svg, MARGIN + 20, y + 17, "name", fact->binary->name, 27);
    svg_text_end(svg, MARGIN + BOX_WIDTH - 12, y + 17, "faint",
                 text_format(svg->arena, "%s · %s · %s", size, fact->type, use), 46);
}

/* Both headings and all boxes of the left column, drawn if `draws`; returns where it ends. */
static double lay_boxes(const struct drawing *drawing, bool draws)
{
    const struct facts *facts = drawing->facts;
    double y = TOP;

    for (size_t at = 0; at < facts->domain_count; at++)
        y += GAP + (draws ? put_domain(drawing, &facts->domains[at], y)
                          : domain_height(drawing, &facts->domains[at]));
    y += 40;
    if (draws)
        svg_text(&drawing->svg, MARGIN, y - 16, "head", "Binaries, each in memory once", 40);
    for (size_t at = 0; at < facts->binary_count; at++, y += BINARY_HEIGHT)
        if (draws)
            put_binary(drawing, at, y);
    return y - GAP;
}

static void put_headings(const struct drawing *drawing)
{
    const struct system *system = &drawing->facts->host->system;
    const char *name = system->config.file != NULL ? system->config.file : "the device tree";

    if (system->section.name != NULL)
        name = text_format(drawing->svg.arena, "%s, section %s", name, system->section.name);
    svg_text(&drawing->svg, MARGIN, 36, "title", name, 100);
    svg_text(&drawing->svg, MARGIN, TOP - 16, "head", "Domains", 40);
}

void plan_svg(FILE *stream, const struct facts *facts)
{
    struct drawing drawing = {{stream, &facts->host->system.arena}, facts, {0}};
    double height;
    double left;

    if (!amounts_gather(&drawing.amounts, facts))
        return;
    height = memory_svg_height(facts, &drawing.amounts);
    left = lay_boxes(&drawing, false) - TOP;
    height = left > height ? left : height;
    svg_begin(&drawing.svg, WIDTH, TOP + height + MARGIN, "Boot plan");
    put_headings(&drawing);
    lay_boxes(&drawing, true);
    memory_svg(&drawing.svg, facts, &drawing.amounts, MEMORY_X, TOP, height);
    svg_end(&drawing.svg);
}
