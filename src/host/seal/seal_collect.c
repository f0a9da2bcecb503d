/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds out what a seal has to cover: every file that any section of the configurations loads. */
#include "host/seal/seal_collect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "host/base/output.h"
#include "host/report/report.h"

/* The sections that are to be run, in the order of the configurations. */
struct sections {
    char **names;
    size_t count;
};

static void note_file(void *data, const char *name, uint64_t size,
                      const unsigned char digest[DIGEST_SIZE])
{
    seal_list_add_file(data, name, size, digest);
}

static bool has_section(const struct sections *sections, const char *name)
{
    for (size_t at = 0; at < sections->count; at++)
        if (strcmp(sections->names[at], name) == 0)
            return true;
    return false;
}

static bool add_section(struct sections *sections, const char *name)
{
    char **names = reallocarray(sections->names, sections->count + 1, sizeof(*names));

    if (names == NULL)
        return false;
    sections->names = names;
    names[sections->count] = strdup(name);
    return names[sections->count++] != NULL;
}

static void release_sections(struct sections *sections)
{
    for (size_t at = 0; at < sections->count; at++)
        free(sections->names[at]);
    free(sections->names);
}

/* Adds the sections of a configuration that can be booted, and were not in an earlier one. */
static bool add_sections(struct sections *sections, const struct workspace *workspace,
                         const struct config *config)
{
    config_mark_domains(workspace, config);
    for (const struct config_section *each = config->head.next; each != NULL; each = each->next)
        if (!each->is_domain && strcmp(each->name, "global") != 0 &&
            !has_section(sections, each->name) && !add_section(sections, each->name))
            return false;
    return true;
}

/* Adds a configuration with its content. False if it is there already. */
static bool add_config(struct seal_list *list, const struct workspace *workspace, const char *name)
{
    enum platform_status status;
    const char *resolved = file_resolve(workspace->arena, workspace->directory, name, &status);
    uint64_t size = 0;
    char *content = NULL;

    if (resolved == NULL || file_read(workspace, name, CONFIG_SIZE_MAX, arena_allocate, &content,
                                      &size) != PLATFORM_OK) {
        output_error("cannot read %s again", name);
        list->failed = true;
        return false;
    }
    return seal_list_add_config(list, resolved, content, (size_t)size);
}

/*
 * Follows chain= from the first configuration. What is wrong in them is said by the run of a
 * section, not here.
 */
static void add_configs(struct seal_list *list, struct sections *sections,
                        const struct host_system *host)
{
    struct workspace workspace = host->system.workspace;
    struct diagnostics unheard;
    struct config config;
    const char *tried;
    const char *name = host->system.options.config;
    bool is_good;

    diagnostics_init(&unheard, workspace.arena);
    workspace.diagnostics = &unheard;
    is_good = config_read(&workspace, name, file_base_name(host->image), &config, &tried);
    while (is_good && config.file != NULL && add_config(list, &workspace, config.file)) {
        is_good = add_sections(sections, &workspace, &config) && config_next(&workspace, &config);
    }
}

/* Finds the configurations and their sections, and the one that boots by default. */
static bool find_configs(struct seal_list *list, struct sections *sections, char **preset,
                         const struct host_request *request, seal_open *open, char **root)
{
    struct host_system host;
    bool is_found = open(&host, request) == 0;

    if (is_found) {
        const char *name = host.system.section.name;

        *root = strdup(host.platform.files.root_path);
        *preset = name != NULL ? strdup(name) : NULL;
        add_configs(list, sections, &host);
        is_found = *root != NULL && (name == NULL || *preset != NULL);
    }
    host_system_close(&host);
    return is_found;
}

/* Prints what is wrong with a section, under its name. */
static void report(struct host_system *host)
{
    const char *name = host->system.section.name;

    if (host->system.diagnostics.first == NULL)
        return;
    if (name != NULL)
        fprintf(stderr, "%ssection [%s]%s\n", output_style(stderr, STYLE_BOLD), name,
                output_style(stderr, STYLE_PLAIN));
    report_print(stderr, host);
}

/* Runs a section, NULL for the one that boots by default, and lists what it reads. */
static bool run_section(struct seal_list *list, const struct host_request *request, seal_open *open,
                        const char *section)
{
    struct host_request each = *request;
    struct host_system host;
    bool is_good;

    each.section = section;
    each.seen = note_file;
    each.data = list;
    is_good = open(&host, &each) == 0;
    if (is_good) {
        report(&host);
        is_good = host.is_bootable;
    }
    host_system_close(&host);
    return is_good;
}

bool seal_collect(struct seal_list *list, const struct host_request *request, seal_open *open,
                  char **root)
{
    struct sections sections = {0};
    char *preset = NULL;
    bool is_good = true;

    *root = NULL;
    if (!find_configs(list, &sections, &preset, request, open, root)) {
        release_sections(&sections);
        free(preset);
        return false;
    }
    for (size_t at = 0; at < sections.count; at++)
        is_good = run_section(list, request, open, sections.names[at]) && is_good;
    /* Without a section asked for, it may be none of these, or a mixture of them. */
    if (is_good && (preset == NULL || !has_section(&sections, preset)))
        is_good = run_section(list, request, open, NULL);
    release_sections(&sections);
    free(preset);
    if (!is_good)
        fputs("nothing was sealed\n", stderr);
    return is_good && !list->failed;
}
