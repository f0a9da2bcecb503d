/* SPDX-License-Identifier: BSD-2-Clause */
/* The system that is run, as its plan tells: the domains' names in the order of Xen's numbers. */
#ifndef MUSTER_RUN_SYSTEM_H
#define MUSTER_RUN_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>

#include "host/run/screen.h"

struct run_system {
    struct screen_domain *domains; /* [0] is dom0 */
    size_t count;
    bool has_dom0;
};

/*
 * Plans the system in `directory`, a partition's content, on a machine whose firmware provides
 * `tree`. A domain with a console is awaited. Without a configuration there, nothing is known, and
 * the system stays empty. False, after its diagnostics were printed, when it cannot start.
 */
bool run_system_read(struct run_system *system, const char *directory, const char *tree);

void run_system_release(struct run_system *system);

#endif
