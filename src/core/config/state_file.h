/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of the boot state: read before a section is chosen, written before Xen starts. */
#ifndef MUSTER_CONFIG_STATE_FILE_H
#define MUSTER_CONFIG_STATE_FILE_H

#include <stdbool.h>

#include "core/base/workspace.h"
#include "core/config/state.h"

#define STATE_FILE_NAME "muster.state" /* of the state without state=, beside the loader */

struct state_file {
    const char *name;                /* as the person wrote it */
    const char *paths[STATE_COPIES]; /* of its copies in the partition */
    unsigned copy;                   /* that is rewritten next */
    bool is_damaged;                 /* neither copy could be read */
    struct state state;
};

/*
 * Reads the state `name`, relative to the loader's directory. Returns why there is none:
 * PLATFORM_NOT_FOUND, PLATFORM_UNSUPPORTED by this firmware, PLATFORM_SHORT_READ when a copy is
 * smaller than a record, or what reading it gave. Damaged copies give PLATFORM_OK, an empty state
 * and is_damaged.
 */
enum platform_status state_file_read(const struct workspace *workspace, const char *name,
                                     struct state_file *file);

/*
 * Writes a state over the older copy, with the next revision; nothing else is touched.
 */
enum platform_status state_file_write(const struct workspace *workspace, struct state_file *file,
                                      const struct state *state);

#endif
