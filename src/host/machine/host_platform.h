/* SPDX-License-Identifier: BSD-2-Clause */
/* The workstation as core sees it: a directory for the partition, and memory that is pretended. */
#ifndef MUSTER_HOST_PLATFORM_H
#define MUSTER_HOST_PLATFORM_H

#include <stdbool.h>

#include "core/seal/sealed.h"
#include "host/machine/host_files.h"
#include "host/machine/host_memory.h"

struct host_platform {
    struct host_files files;
    struct host_memory memory;
    struct volume directory;  /* its files */
    struct sealed sealed;     /* the rules for them, if there are any */
    struct volume volume;     /* the files as core sees them */
    enum measuring measuring; /* as the configuration asks for, once it was read */
};

/*
 * Starts a platform over a directory, whose real path is `root`. False with errno when it cannot
 * be opened. Ended by host_platform_close in any case.
 */
bool host_platform_open(struct host_platform *platform, const char *root);

/* Returns what core did not give back. */
void host_platform_close(struct host_platform *platform);

/*
 * Puts core's files under rules, see core/seal/sealed.h: `rules` with its volume and digest left
 * open, which are set here.
 */
void host_platform_seal(struct host_platform *platform, const struct sealed *rules);

/* Core's view of it; refers to `platform`. */
struct platform host_platform_interface(struct host_platform *platform);

#endif
