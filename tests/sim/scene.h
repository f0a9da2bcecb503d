/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenes: volumes that scenes.py made, booted by Muster on the simulated firmware, and judged. */
#ifndef SIM_SCENE_H
#define SIM_SCENE_H

#include "firmware.h"

#define FREED_MEMORY "freed memory" /* in a problem: the worst that a table can name */

struct scene;

/* The result of one run of a scene. All text belongs to the outcome; scene_free_outcome() frees it.
 */
struct outcome {
    EFI_STATUS status; /* of the entry point, IMAGE_NEVER_RETURNS if Xen was started for good */
    unsigned starts;   /* how often an image was started */
    char *console;
    char *system;   /* what Xen found: its options, and a line for each module; "" if nothing */
    char *measured; /* what went into the TPM, "REGISTER TEXT" a line */
    char *problems; /* what was wrong, whatever was asked for; "" if nothing */
    bool has_log;   /* the tree that Xen found names the TPM's log of events */
    bool fixed_up;  /* the firmware completed the tree that Xen found */
    unsigned fixup_flags; /* what it was asked for then */
    bool failed;          /* the failure that was asked for has happened */
    char *what;           /* and where */
    unsigned calls[SERVICE_COUNT];
};

/* One run of a scene. Zero is the usual. */
struct run {
    const char *load_options;    /* ASCII; NULL: none */
    const char *keys;            /* that are pressed, see firmware_press(); NULL: the scene's own */
    struct firmware_setup setup; /* for its own parts the scene overrides it: volume, tree, … */
    enum service service;        /* the failure to ask for, see firmware_fail() */
    unsigned nth;                /* 0: none */
    EFI_STATUS failure;
    bool lasting;                         /* and all calls after it */
    bool truncate;                        /* the nth Read is the end, see firmware_truncate() */
    void (*prepare)(struct firmware *fw); /* the firmware before it starts Muster; or NULL */
    bool no_image;          /* the loader is started without its file, see setup.image */
    EFI_STATUS xen_returns; /* Xen ends with this; 0: never, unless */
    bool xen_ends;
};

/* Open the scene @name below the directory that the environment's SCENES names, or where the
 * Makefile puts it. */
struct scene *scene_open(const char *name);
void scene_close(struct scene *scene);

/* The system that Xen is to find, as outcome.system has it; NULL if nobody wrote that down. */
const char *scene_expectation(const struct scene *scene);

/* The directory EFI/BOOT of the scene's volume. */
const char *scene_directory(const struct scene *scene);

/* Run Muster once in a new firmware. */
struct outcome scene_run(const struct scene *scene, const struct run *run);
void scene_free_outcome(struct outcome *outcome);

#endif
