/* SPDX-License-Identifier: BSD-2-Clause */
/* The file of the boot state: read before a section is chosen, written before Xen starts. */
#ifndef MUSTER_CONFIG_STATE_FILE_H
#define MUSTER_CONFIG_STATE_FILE_H

#include <stdbool.h>

#include "core/base/workspace.h"
#include "core/config/state.h"

#define STATE_FILE_NAME "muster.state" /* of the file without state=, beside the loader */

struct state_file {
    const char *name; /* as the person wrote it */
    const char *path; /* in the partition */
    unsigned copy;    /* that is rewritten next */
    bool is_damaged;  /* neither copy could be read */
    struct state state;
};

/*
 * Reads the file `name`, relative to the loader's directory. Returns why there is no state:
 * PLATFORM_NOT_FOUND, PLATFORM_UNSUPPORTED by this firmware, PLATFORM_SHORT_READ when the file is
 * smaller than a state, or what reading it gave. A damaged file gives PLATFORM_OK, an empty state
 * and is_damaged.
 */
enum platform_status state_file_read(const struct workspace *workspace, const char *name,
                                     struct state_file *file);

/*
 * Writes a state over the older copy, with the next revision; nothing else of the file is touched.
 */
enum platform_status state_file_write(const struct workspace *workspace, struct state_file *file,
                                      const struct state *state);

#endif
