/* SPDX-License-Identifier: BSD-2-Clause */
/* The section [global]: which section boots when nobody asks for one. */
#ifndef MUSTER_CONFIG_GLOBAL_H
#define MUSTER_CONFIG_GLOBAL_H

#include <stdbool.h>

#include "core/base/workspace.h"
#include "core/config/config.h"
#include "core/config/trial.h"

/* The entries of [global] that count; NULL for those that are not there or have no value. */
struct global {
    const struct config_entry *preset; /* default= */
    const struct config_entry *chain;
    const struct config_entry *fallback;
    const struct config_entry *tries;
    const struct config_entry *state;
    const struct config_entry *timeout;
    const struct config_entry *measure;
    struct trial_rules rules; /* without the seal */
    unsigned seconds;         /* of timeout=, 0 without it */
    enum measuring measuring; /* of measure= */
};

/*
 * Reads [global] of a configuration; everything in `global` stays zero where it has none. Reports
 * keys that are unknown, given again, or have a value that cannot be used; `is_of_boot` tells the
 * keys of boot sections. False without memory.
 */
bool global_read(const struct workspace *workspace, const struct config *config,
                 bool (*is_of_boot)(const char *key), struct global *global);

/* True if [global] has a key of this name. */
bool global_has_key(const char *name);

#endif
