/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage config, second half: which file is read, and which of its entries are booted. */
#ifndef MUSTER_CHOOSE_H
#define MUSTER_CHOOSE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/workspace.h"
#include "core/config/choice.h"
#include "core/config/config.h"

#define CHAIN_MAX 8U /* files that may follow each other by chain= */

/* The section to boot: the entries that count, with the known keys looked up. */
struct boot_section {
    const struct config *config;
    const char *name; /* NULL when headers are ignored or there is no file */
    const struct config_entry *title;
    const struct config_entry *options;
    const struct config_entry *xen;
    const struct config_entry *kernel;
    const struct config_entry *ramdisk;
    const struct config_entry *xsm;
    const struct config_entry *dtb;
    const struct config_entry *domains;
    const struct config_entry **overlays; /* dtbo=, in order */
    size_t overlay_count;
    const struct config_entry **binaries; /* binary=, in order */
    size_t binary_count;
};

/*
 * The file names to try for a loader called `image`, best first, ended by NULL: its own name with
 * .efi replaced by .cfg, trailing parts dropped at '.', '-' and '_', then muster.cfg and xen.cfg.
 * NULL without memory.
 */
const char **config_candidates(struct arena *arena, const char *image);

/*
 * Reads and parses the configuration: `requested` if not NULL, else the first candidate for
 * `image` that exists. Where there is none, *config stays zeroed and *tried lists the names in a
 * sentence; that is no error. False when a file is unusable, or `requested` is missing.
 */
bool config_read(const struct workspace *workspace, const char *requested, const char *image,
                 struct config *config, const char **tried);

/*
 * Reads the file that chain= of *config names into it. False where there is none, or it cannot be
 * read.
 */
bool config_next(const struct workspace *workspace, struct config *config);

/*
 * Chooses what to boot: the section that `choice` says, in this file or in further ones that chain=
 * leads to (at most eight) while the section is not here; *config becomes the file that has it.
 * Reports unknown keys, keys given twice, and sections that do not exist. False when there is none,
 * or without memory.
 */
bool config_choose(const struct workspace *workspace, struct choice *choice, struct config *config,
                   struct boot_section *section);

/*
 * Sets is_domain of the sections that some domains= or like= of the configuration names. False if a
 * domains= names one that is not there.
 */
bool config_mark_domains(const struct workspace *workspace, const struct config *config);

#endif
