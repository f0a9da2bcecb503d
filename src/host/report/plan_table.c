/* SPDX-License-Identifier: BSD-2-Clause */
/* The plan for a person: tables of domains, binaries and memory. */
#include "host/report/plan_table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "host/base/output.h"
#include "host/base/table.h"
#include "host/report/plan_speed.h"

#define DIGITS 16 /* of a digest: enough for a person to tell files apart */

static struct arena *arena_of(const struct facts *facts)
{
    return &facts->host->system.arena;
}

static void print_heading(FILE *stream, const struct facts *facts)
{
    const struct system *system = &facts->host->system;
    char *name =
        system->config.file != NULL ? host_file_name(facts->host, system->config.file) : NULL;

    if (name != NULL)
        output_text(stream, name);
    else
        fputs("no configuration file, the device tree as it is", stream);
    if (system->section.name != NULL) {
        fputs(", section [", stream);
        output_text(stream, system->section.name);
        fputc(']', stream);
    }
    fputs("\n\n", stream);
    free(name);
}

static const char *list_modules(const struct facts *facts, const struct domain *domain)
{
    const char *list = NULL;

    for (size_t at = 0; at < domain->module_count; at++) {
        const struct module *module = &domain->modules[at];

        list = text_format(arena_of(facts), "%s%s%s %s", list != NULL ? list : "",
                           list != NULL ? ", " : "", module_kind_name(module->kind),
                           module->binary != NULL ? module->binary->name : "(in memory already)");
    }
    return list;
}

static const char *list_devices(const struct facts *facts, const struct domain_fact *fact)
{
    const char *list = NULL;

    for (size_t at = 0; at < fact->device_count; at++)
        list = text_format(arena_of(facts), "%s%s%s", list != NULL ? list : "",
                           list != NULL ? ", " : "", fact->devices[at]);
    return list;
}

/* "base: cpus, memory": the keys that a domain has from each section that its own is like. */
static const char *list_like(const struct facts *facts, const struct domain_fact *fact)
{
    const struct config *config = facts->host->system.section.config;
    const struct config_section *last = NULL;
    const char *list = NULL;

    for (size_t at = 0; at < fact->entries.count; at++) {
        const struct config_entry *entry = fact->entries.entries[at];
        const struct config_section *section = like_section(config, entry);

        if (strcmp(section->name, fact->domain->name) == 0)
            continue;
        list = text_format(arena_of(facts), "%s%s%s%s%s", list != NULL ? list : "",
                           list == NULL      ? ""
                           : section == last ? ", "
                                             : "; ",
                           section != last ? section->name : "", section != last ? ": " : "",
                           entry->key);
        last = section;
    }
    return list;
}

static bool is_any_like(const struct facts *facts)
{
    for (size_t at = 0; at < facts->domain_count; at++)
        if (list_like(facts, &facts->domains[at]) != NULL)
            return true;
    return false;
}

static void print_domains(FILE *stream, const struct facts *facts)
{
    struct table table = {.columns = is_any_like(facts) ? 7 : 6};
    static const char *const heading[] = {"DOMAIN",  "VCPUS",   "MEMORY", "CONSOLE",
                                          "MODULES", "DEVICES", "LIKE"};

    for (size_t at = 0; at < table.columns; at++)
        table_add(&table, heading[at]);
    for (size_t at = 0; at < facts->domain_count; at++) {
        const struct domain_fact *fact = &facts->domains[at];

        table_add(&table, fact->domain->name);
        table_add(&table, fact->has_cpus ? text_format(arena_of(facts), "%u", fact->cpus) : "all");
        table_add(&table, fact->has_memory ? text_size(arena_of(facts), fact->memory) : "default");
        table_add(&table, fact->console);
        table_add(&table, list_modules(facts, fact->domain));
        table_add(&table, list_devices(facts, fact));
        if (table.columns == 7)
            table_add(&table, list_like(facts, fact));
    }
    table_print(&table, stream);
}

static const char *list_users(const struct facts *facts, const struct binary_fact *fact)
{
    const char *list = fact->is_xen ? "the hypervisor" : NULL;

    for (size_t at = 0; at < fact->user_count; at++)
        list = text_format(arena_of(facts), "%s%s%s", list != NULL ? list : "",
                           list != NULL ? ", " : "", fact->users[at]->domain->name);
    return list;
}

/* Of what is unpacked, both sizes. */
static const char *size_text(const struct facts *facts, const struct binary_fact *fact)
{
    const char *size = text_size(arena_of(facts), fact->binary->size);

    if (fact->packed == NULL)
        return size;
    return text_format(arena_of(facts), "%s from %s", size,
                       text_size(arena_of(facts), fact->binary->packed_size));
}

static const char *type_text(const struct facts *facts, const struct binary_fact *fact)
{
    return fact->packed == NULL || fact->type == NULL
               ? fact->type
               : text_format(arena_of(facts), "%s in %s", fact->type, fact->packed);
}

static void print_binaries(FILE *stream, const struct facts *facts)
{
    struct table table = {.columns = 5};
    static const char *const heading[] = {"BINARY", "SIZE", "TYPE", "SHA-256", "USED BY"};

    for (size_t at = 0; at < table.columns; at++)
        table_add(&table, heading[at]);
    for (size_t at = 0; at < facts->binary_count; at++) {
        const struct binary_fact *fact = &facts->binaries[at];
        bool is_read = fact->digest[0] != '\0';

        table_add(&table, fact->binary->name);
        table_add(&table, size_text(facts, fact));
        table_add(&table, type_text(facts, fact));
        table_add(&table,
                  is_read ? text_format(arena_of(facts), "%.*s…", DIGITS, fact->digest) : NULL);
        table_add(&table, list_users(facts, fact));
    }
    table_print(&table, stream);
}

/* The last address of a stretch; one of no bytes ends where it starts. */
static uint64_t last_of(uint64_t start, uint64_t size)
{
    return size != 0 ? start + (size - 1) : start;
}

static void add_memory(struct table *table, struct arena *arena, uint64_t start, uint64_t size,
                       const char *what)
{
    table_add(table, text_format(arena, "0x%lx", start));
    table_add(table, text_format(arena, "0x%lx", last_of(start, size)));
    table_add(table, text_size(arena, size));
    table_add(table, what);
}

/* Spans in the order of their addresses, each below the bank of RAM that it starts in. */
static void print_memory(FILE *stream, const struct facts *facts)
{
    const struct host_memory *memory = &facts->host->platform.memory;
    struct table table = {.columns = 4};
    static const char *const heading[] = {"FROM", "TO", "SIZE", "MEMORY"};
    size_t span = 0;

    for (size_t at = 0; at < table.columns; at++)
        table_add(&table, heading[at]);
    for (size_t at = 0; at <= memory->bank_count; at++) {
        const struct host_bank *bank = at < memory->bank_count ? &memory->banks[at] : NULL;

        for (; span < facts->span_count && (bank == NULL || facts->spans[span].start < bank->start);
             span++)
            add_memory(&table, arena_of(facts), facts->spans[span].start, facts->spans[span].size,
                       text_format(arena_of(facts), "  %s", facts->spans[span].label));
        if (bank != NULL)
            add_memory(&table, arena_of(facts), bank->start, bank->size, "RAM");
    }
    table_print(&table, stream);
}

void plan_table(FILE *stream, const struct facts *facts, uint64_t speed)
{
    print_heading(stream, facts);
    print_domains(stream, facts);
    fputc('\n', stream);
    print_binaries(stream, facts);
    fputc('\n', stream);
    if (speed != 0) {
        plan_speed(stream, facts, speed);
        fputc('\n', stream);
    }
    print_memory(stream, facts);
}
