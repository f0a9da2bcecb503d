/* SPDX-License-Identifier: BSD-2-Clause */
/* The workstation as core sees it: a directory for the partition, and memory that is pretended. */
#ifndef MUSTER_HOST_PLATFORM_H
#define MUSTER_HOST_PLATFORM_H

#include <stdbool.h>

#include "core/base/platform.h"
#include "host/machine/host_files.h"
#include "host/machine/host_memory.h"

struct host_platform {
    struct host_files files;
    struct host_memory memory;
};

/*
 * Starts a platform over a directory, whose real path is `root`. False with errno when it cannot
 * be opened. Ended by host_platform_close in any case.
 */
bool host_platform_open(struct host_platform *platform, const char *root);

/* Returns what core did not give back. */
void host_platform_close(struct host_platform *platform);

/* Core's view of it; refers to `platform`. */
struct platform host_platform_interface(struct host_platform *platform);

#endif
