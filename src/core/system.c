/* SPDX-License-Identifier: BSD-2-Clause */
/* The system to boot: the stages, run in order over one workspace. */
#include "core/system.h"

#include <libfdt.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/compose/compose.h"
#include "core/finish/commit.h"
#include "core/finish/load.h"
#include "core/finish/unpack.h"
#include "core/preflight/preflight.h"

static uint64_t now(const struct system *system)
{
    return platform_now(system->workspace.platform);
}

/* A seal says where the system lies and which configuration it has. */
static void obey_seal(struct system *system)
{
    const struct seal *seal = system->request.seal;

    load_options_seal(&system->workspace, &system->options);
    system->options.config = file_base_name(seal->configs[0].name);
}

bool system_init(struct system *system, const struct platform *platform,
                 const struct request *request)
{
    const char *at = request->seal != NULL ? request->seal->configs[0].name : request->image;

    *system = (struct system){.request = *request};
    arena_init(&system->arena, platform);
    diagnostics_init(&system->diagnostics, &system->arena);
    system->workspace = (struct workspace){
        .platform = platform,
        .arena = &system->arena,
        .diagnostics = &system->diagnostics,
        .directory = file_directory(&system->arena, at),
    };
    if (system->workspace.directory == NULL ||
        !load_options_parse(&system->workspace, request->load_options, request->load_options_size,
                            file_base_name(request->image), &system->options))
        return false;
    if (request->seal != NULL)
        obey_seal(system);
    return true;
}

static bool is_sealed(const struct system *system)
{
    return system->request.seal != NULL || system->request.is_sealing;
}

/* Without a file, the tree has to describe something. */
static bool read_config(struct system *system)
{
    const struct workspace *workspace = &system->workspace;

    if (!config_read(workspace, system->options.config, file_base_name(system->request.image),
                     &system->config, &system->tried))
        return false;
    if (system->config.file == NULL)
        return true;
    system->first_config = system->config;
    system->tried = NULL;
    system->choice = (struct choice){
        .asked =
            system->request.section != NULL ? system->request.section : system->options.section,
        .failed = system->request.failed,
        .seal = system->request.seal_id,
    };
    return config_choose(workspace, &system->choice, &system->config, &system->section);
}

bool system_configure(struct system *system)
{
    uint64_t start = now(system);

    system->has_choice = read_config(system);
    system->is_configured = true;
    system->microseconds[STAGE_CONFIG] = now(system) - start;
    return system->has_choice;
}

static void report_no_config(struct system *system)
{
    if (system->plan.module_count == 0 && system->tried != NULL)
        diagnose(&system->diagnostics, SEVERITY_ERROR, NULL,
                 "write a configuration, or name one with -cfg=FILE in the load options",
                 "no configuration file in %s (tried %s), and the device tree names no binaries",
                 system->workspace.directory, system->tried);
}

/* The platform is told how much to measure. */
static void settle(struct system *system)
{
    const struct platform *platform = system->workspace.platform;

    if (platform->settle != NULL)
        platform->settle(platform->context, system->choice.global.measuring);
}

static bool describe(struct system *system)
{
    const struct workspace *workspace = &system->workspace;
    struct sources sources = {
        .section = &system->section,
        .firmware_tree = system->request.firmware_tree,
        .firmware_tree_size = system->request.firmware_tree_size,
        .xen_options = system->options.xen,
        .sealed = is_sealed(system),
    };
    uint64_t start = now(system);
    uint64_t composed;

    settle(system);
    if (!compose(workspace, &sources, &system->tree))
        return false;
    composed = now(system);
    system->microseconds[STAGE_COMPOSE] = composed - start;
    if (!plan_make(workspace, &system->section, &system->tree, &system->plan))
        return false;
    system->microseconds[STAGE_PLAN] = now(system) - composed;
    report_no_config(system);
    return system->tried == NULL || system->plan.module_count != 0;
}

bool system_describe(struct system *system)
{
    bool goes_on =
        (system->is_configured ? system->has_choice : system_configure(system)) && describe(system);

    if (!goes_on)
        system_conclude(system);
    return goes_on;
}

/* Room for the log of a TPM's events, which the finished tree tells of. */
static void keep_event_log(struct system *system)
{
    const struct platform *platform = system->workspace.platform;

    if (platform->log_room != NULL)
        event_log_place(&system->workspace, &system->regions, &system->tree,
                        platform->log_room(platform->context), &system->plan, &system->event_log);
}

/* The place of what is booted as a whole: the section's header, or the file. */
static struct location place_of(const struct system *system)
{
    const struct config *config = system->section.config;
    const struct config_section *section = config != NULL && system->section.name != NULL
                                               ? config_section(config, system->section.name)
                                               : NULL;

    return section != NULL ? section->where : (struct location){.file = system->config.file};
}

/* Each stage runs on what the ones before it left, so that all mistakes come to light at once. */
static bool complete(struct system *system)
{
    const struct workspace *workspace = &system->workspace;
    struct location section = place_of(system);
    struct finished finished = {
        .plan = &system->plan,
        .tree = &system->tree,
        .regions = &system->regions,
        .map = &system->map,
        .exception_level = system->request.exception_level,
        .section = &section,
        .options = system->section.options != NULL ? &system->section.options->value_where : NULL,
        .tries = system->config.file != NULL ? choice_tries(&system->choice) : NULL,
        .is_forced = system->options.force,
    };
    uint64_t times[STAGE_COUNT + 1];
    bool is_placed;

    times[STAGE_PLACE] = now(system);
    if (!memory_map_read(workspace, &system->map) ||
        !regions_collect(&system->arena, &system->tree, &system->plan, &system->regions))
        return false;
    is_placed = place(workspace, &system->regions, &system->plan);
    finished.is_placed = is_placed;
    if (is_placed)
        keep_event_log(system);
    times[STAGE_LOAD] = now(system);
    if (is_placed) {
        load(workspace, &system->plan);
        unpack(workspace, &system->regions, &system->plan);
    }
    times[STAGE_COMMIT] = now(system);
    commit(workspace, &system->plan, &system->event_log, &system->tree);
    times[STAGE_PREFLIGHT] = now(system);
    if (!system->arena.failed)
        preflight(workspace, &finished);
    times[STAGE_COUNT] = now(system);
    for (unsigned stage = STAGE_PLACE; stage < STAGE_COUNT; stage++)
        system->microseconds[stage] = times[stage + 1] - times[stage];
    return system->diagnostics.counts[SEVERITY_ERROR] == 0 && !system->arena.failed;
}

bool system_complete(struct system *system)
{
    bool is_ready = complete(system);

    system_conclude(system);
    return is_ready;
}

bool system_falls_back(const struct system *system)
{
    return system->config.file != NULL && choice_goes_on(&system->choice);
}

void system_conclude(struct system *system)
{
    struct diagnostics *diagnostics = &system->diagnostics;

    if (system->arena.failed && system->no_memory.what == NULL) {
        system->no_memory = (struct diagnostic){
            .severity = SEVERITY_ERROR,
            .what = "out of memory for the loader's own work",
            .next = diagnostics->first,
        };
        diagnostics->first = &system->no_memory;
        diagnostics->counts[SEVERITY_ERROR]++;
    }
    diagnostics_sort(&system->diagnostics);
}

void system_release(struct system *system)
{
    plan_release(&system->workspace, &system->plan);
    arena_release(&system->arena);
}

const char *system_times(struct system *system)
{
    struct arena *arena = &system->arena;
    const char *line = "time: ";

    for (unsigned stage = 0; stage < STAGE_COUNT; stage++) {
        uint64_t time = system->microseconds[stage];
        const char *one = text_format(arena, "%s %lu.%c ms", stage_name((enum stage)stage),
                                      time / 1000, (int)('0' + time % 1000 / 100));

        line = text_format(arena, "%s%s%s", line, stage != 0 ? ", " : "", one);
    }
    return text_format(arena, "%s\n", line);
}

const char *stage_name(enum stage stage)
{
    static const char *const names[] = {
        [STAGE_CONFIG] = "config",       [STAGE_COMPOSE] = "compose", [STAGE_PLAN] = "plan",
        [STAGE_PLACE] = "place",         [STAGE_LOAD] = "load",       [STAGE_COMMIT] = "commit",
        [STAGE_PREFLIGHT] = "preflight",
    };

    return stage < STAGE_COUNT ? names[stage] : "";
}
