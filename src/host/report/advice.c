/* SPDX-License-Identifier: BSD-2-Clause */
/* Advice: what would have the domains of a system up sooner, and what each thing costs. */
#include "host/report/advice.h"

#include <string.h>

#include "core/base/text.h"
#include "core/plan/xen_options.h"
#include "host/report/amounts.h"
#include "host/report/seconds.h"

/* What prices are counted with: a small board. docs/host-tool.md names them. */
#define CLEARING 4e9 /* bytes of memory that are cleared in a second */
#define SERIAL                                                                                     \
    (115200.0 / 10) /* characters that a serial line of 115,200 baud sends in a second             \
                     */
#define MEDIUM 50e6 /* bytes that are read from a medium in a second */

/* Characters on the console, as counted with Xen 4.17 and Debian's Linux 6.1. */
#define XEN_VERBOSE   2700  /* more of Xen with loglvl=all */
#define LINUX_VERBOSE 18000 /* of a kernel without "quiet" */

/* Seconds for each page that Xen maps: 400 instructions (4.20), one a nanosecond. */
#define MAPPING 400e-9

#define LARGE_PAGE ((uint64_t)2 << 20)

static struct system *system_of(const struct facts *facts)
{
    return &facts->host->system;
}

static const char *price(const struct facts *facts, double seconds)
{
    return seconds_text(&system_of(facts)->arena, seconds);
}

/* The place of Xen's command line: options= of the section, or the node that has it. */
static struct location options_place(const struct facts *facts)
{
    const struct system *system = system_of(facts);

    return system->section.options != NULL ? system->section.options->value_where
                                           : system->plan.domains[0].where;
}

/* True if a command line has the word NAME, or NAME=VALUE. */
static bool has_word(const char *line, const char *name)
{
    return line != NULL && xen_option(line, name) != NULL;
}

static uint64_t sum_of(const struct amounts *amounts, enum amount_kind kind)
{
    uint64_t sum = 0;

    for (size_t at = 0; at < amounts->count; at++)
        if (amounts->each[at].kind == kind)
            sum += amounts->each[at].size;
    return sum;
}

/* Xen clears what it gives to a domain, unless it has cleared everything before or nothing at all.
 */
static void advise_on_clearing(const struct facts *facts, const struct amounts *amounts)
{
    const char *options = facts->xen_options != NULL ? facts->xen_options : "";
    const char *value = xen_option(options, "bootscrub");
    bool is_on = xen_option_is_on(options, "bootscrub");
    bool is_idle = value == NULL || text_starts(value, "idle");
    struct location where = options_place(facts);
    /* Binaries are free memory before that is cleared. */
    uint64_t bytes = is_on ? sum_of(amounts, AMOUNT_FREE) + sum_of(amounts, AMOUNT_BINARIES)
                           : sum_of(amounts, AMOUNT_DOMAIN);

    if (bytes == 0 || has_word(options, "no-bootscrub") || (!is_idle && !is_on))
        return;
    diagnose(&system_of(facts)->diagnostics, SEVERITY_NOTE, &where,
             is_on ? "leave bootscrub= out: Xen then clears the memory of domains alone, and the "
                     "rest when a processor has nothing to do"
                   : "bootscrub=0 leaves that out; a domain then finds what memory held before, "
                     "also before a reset",
             is_on ? "Xen clears all %s of free memory before it starts the domains: %s at 4 GB/s"
                   : "Xen clears the %s of its domains before it starts them: %s at 4 GB/s",
             text_size(&system_of(facts)->arena, bytes), price(facts, (double)bytes / CLEARING));
}

static void advise_on_options(const struct facts *facts)
{
    const char *options = facts->xen_options != NULL ? facts->xen_options : "";
    const char *level = xen_option(options, "loglvl");
    struct location where = options_place(facts);

    if (level != NULL && (text_starts(level, "all") || text_starts(level, "debug")))
        diagnose(&system_of(facts)->diagnostics, SEVERITY_NOTE, &where,
                 "leave it out: warnings and errors are shown without it",
                 "loglvl= has Xen print some 2,700 characters more: %s at 115,200 baud",
                 price(facts, XEN_VERBOSE / SERIAL));
    if (xen_option_is_on(options, "sync_console"))
        diagnose(&system_of(facts)->diagnostics, SEVERITY_NOTE, &where,
                 "leave it out, unless Xen's last words are missing",
                 "sync_console has everything wait for each character on the console: %s for 1,000 "
                 "at 115,200 baud",
                 price(facts, 1000 / SERIAL));
}

static void advise_on_kernel(const struct facts *facts, const struct domain_fact *fact)
{
    const void *fdt = system_of(facts)->tree.fdt;
    const struct domain *domain = fact->domain;
    const struct module *kernel = domain_taken(domain, MODULE_KERNEL);
    const struct module *line = domain_line(fdt, domain);
    const char *text = line != NULL ? tree_string(fdt, line->node, "bootargs") : NULL;

    if (fact->console == NULL || kernel == NULL || kernel->binary == NULL ||
        kernel->binary->content != CONTENT_IMAGE || has_word(text, "quiet") ||
        has_word(text, "loglevel"))
        return;
    diagnose(&system_of(facts)->diagnostics, SEVERITY_NOTE,
             line != NULL ? &line->where : &kernel->where,
             "add quiet to its command line: errors are shown all the same",
             "%s%s: a Linux kernel that is not told to be quiet prints some 18,000 characters: "
             "%s at 115,200 baud",
             domain->is_dom0 ? "" : "domain ", domain->name, price(facts, LINUX_VERBOSE / SERIAL));
}

/* A file that lies there twice is read twice. */
static void advise_on_copies(const struct facts *facts, size_t at)
{
    const struct binary_fact *fact = &facts->binaries[at];

    for (size_t other = 0; other < at; other++) {
        const struct binary_fact *first = &facts->binaries[other];

        if (fact->digest[0] == '\0' || strcmp(first->digest, fact->digest) != 0)
            continue;
        diagnose(&system_of(facts)->diagnostics, SEVERITY_NOTE, &fact->binary->where,
                 text_format(&system_of(facts)->arena, "name %s there too: then it is read once",
                             first->binary->name),
                 "%s has the same content as %s: reading %s again takes %s at 50 MB/s",
                 fact->binary->name, first->binary->name,
                 text_size(&system_of(facts)->arena, binary_file_size(fact->binary)),
                 price(facts, (double)binary_file_size(fact->binary) / MEDIUM));
        return;
    }
}

/*
 * Xen maps a piece of memory by large pages if its address, its size and the address at which the
 * domain sees it are whole ones (4.17 to 4.23).
 */
static bool is_large(const struct region *region, uint64_t seen_at)
{
    return (region->start | region->size | seen_at) % LARGE_PAGE == 0;
}

static void advise_on_static_memory(const struct facts *facts, const struct domain *domain)
{
    struct system *system = system_of(facts);
    bool is_direct = tree_has(system->tree.fdt, domain->node, "direct-map");
    uint64_t seen_at = 0; /* behind the start of its memory, which is a whole page */

    for (const struct region *region = system->regions.first; region != NULL;
         region = region->next) {
        if (region->kind != REGION_STATIC_MEMORY || strcmp(region->domain, domain->name) != 0)
            continue;
        if (!is_large(region, is_direct ? 0 : seen_at))
            diagnose(&system->diagnostics, SEVERITY_NOTE, &region->where,
                     "have each piece begin and end at a multiple of 2 MiB",
                     "Xen maps the static memory of domain %s at 0x%lx by pages of 4 KiB: %s, and "
                     "a slower domain",
                     domain->name, region->start,
                     price(facts, (double)region->size / PAGE_SIZE * MAPPING));
        seen_at += region->size;
    }
}

static void advise_on_menu(const struct facts *facts)
{
    const struct global *global = &system_of(facts)->choice.global;

    if (global->timeout != NULL && global->seconds != 0)
        diagnose(&system_of(facts)->diagnostics, SEVERITY_NOTE, &global->timeout->where,
                 "leave it out: a key that is held shows the menu without it",
                 "the menu waits %u s at each boot", global->seconds);
}

bool advice_add(const struct facts *facts)
{
    struct system *system = system_of(facts);
    struct amounts amounts;

    if (!amounts_gather(&amounts, facts))
        return false;
    advise_on_menu(facts);
    advise_on_clearing(facts, &amounts);
    advise_on_options(facts);
    for (size_t at = 0; at < facts->domain_count; at++) {
        advise_on_kernel(facts, &facts->domains[at]);
        advise_on_static_memory(facts, facts->domains[at].domain);
    }
    for (size_t at = 1; at < facts->binary_count; at++)
        advise_on_copies(facts, at);
    system_conclude(system);
    return !system->arena.failed;
}
