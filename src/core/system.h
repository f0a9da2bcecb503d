/* SPDX-License-Identifier: BSD-2-Clause */
/* The system to boot: the stages, run in order over one workspace. */
#ifndef MUSTER_SYSTEM_H
#define MUSTER_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/workspace.h"
#include "core/config/choose.h"
#include "core/config/config.h"
#include "core/config/options.h"
#include "core/finish/event_log.h"
#include "core/memory/place.h"
#include "core/memory/regions.h"
#include "core/plan/plan.h"
#include "core/seal/seal.h"
#include "core/tree/tree.h"

/* The input that the platform has when it starts the stages. */
struct request {
    const char *image;            /* absolute name of the loader's own file in its partition */
    const void *load_options;     /* as the firmware passes them, may be NULL */
    size_t load_options_size;     /* bytes */
    const void *firmware_tree;    /* the tree that the firmware provides, or NULL */
    size_t firmware_tree_size;    /* most bytes that it can have, 0 if not known */
    unsigned exception_level;     /* 1 to 3, 0 if not known */
    const struct seal *seal;      /* that of the loader, whose volume the platform has; or NULL */
    const unsigned char *seal_id; /* STATE_SEAL_SIZE bytes that identify it; NULL without one */
    bool is_sealing;              /* the system is to be sealed: trees are judged as under a seal */
    const char *section;          /* chosen in the menu, or NULL */
    unsigned failed;              /* sections that could not be prepared before, in this run */
};

/* The stages whose time is taken. */
enum stage {
    STAGE_CONFIG,
    STAGE_COMPOSE,
    STAGE_PLAN,
    STAGE_PLACE,
    STAGE_LOAD,
    STAGE_COMMIT,
    STAGE_PREFLIGHT,
    STAGE_COUNT,
};

struct system {
    struct arena arena;
    struct diagnostics diagnostics;
    struct diagnostic no_memory; /* has its place even when the arena has none left */
    struct workspace workspace;
    struct request request;
    struct load_options options;
    struct config config;       /* that the section is in; file is NULL when there is none */
    struct config first_config; /* that was read first, before chain= led further */
    const char *tried;          /* names of configurations that are not there, where none is */
    bool is_configured;         /* system_configure has run */
    bool has_choice;            /* and succeeded */
    struct choice choice;
    struct boot_section section;
    struct tree tree; /* fdt is NULL until composed */
    struct plan plan;
    struct regions regions;
    struct memory_map map;
    struct event_log event_log;
    uint64_t microseconds[STAGE_COUNT]; /* 0 without a clock */
};

/*
 * Starts a system on a platform; both must outlive it and `system` must not move. Reads the load
 * options into system->options. With a seal, the configuration is the first of the seal, and names
 * of files are resolved against its directory, wherever the loader itself was moved to. The caller
 * ends it with system_release in any case. False without memory.
 */
bool system_init(struct system *system, const struct platform *platform,
                 const struct request *request);

/*
 * The first stage, config: reads the configuration and chooses the section. False when there is
 * nothing to go on with; the diagnostics say why.
 */
bool system_configure(struct system *system);

/* Config (if that has not run yet), compose, plan: what is to be booted. False when there is
 * nothing to go on with. */
bool system_describe(struct system *system);

/*
 * Place, load, commit, preflight: it is in memory and checked. True when Xen can be started; the
 * diagnostics are then warnings and notes only, and in either case in order.
 */
bool system_complete(struct system *system);

/*
 * True if another section follows where this one cannot be prepared: the same request, with one
 * more that has `failed`. The choice is told to the person by that run.
 */
bool system_falls_back(const struct system *system);

/* Puts the diagnostics in order and adds the one about memory if that ran out. */
void system_conclude(struct system *system);

/* Closes files, returns pages, and releases the arena with every text of the system. */
void system_release(struct system *system);

/* The time of each stage in milliseconds, in one line with its end; in the system's arena. */
const char *system_times(struct system *system);

/* The word for a stage, such as "load"; static. */
const char *stage_name(enum stage stage);

#endif
