/* SPDX-License-Identifier: BSD-2-Clause */
/* A system on the workstation: core's stages, run over a directory laid out as the ESP. */
#ifndef MUSTER_HOST_SYSTEM_H
#define MUSTER_HOST_SYSTEM_H

#include <stdbool.h>
#include <stdint.h>

#include "core/system.h"
#include "host/machine/host_platform.h"
#include "host/machine/host_request.h"
#include "host/machine/host_seal.h"

struct host_system {
    struct host_platform platform;
    struct host_seal seal; /* of the loader, if it has one: then that is what counts */
    struct platform interface;
    struct system system;
    char *directory;        /* the loader's, as the person would write it; "" for the current one */
    char *image;            /* the loader's name in the partition */
    void *firmware_tree;    /* content of request.tree, or of local_tree */
    const char *local_tree; /* the file with this machine's own tree, where that is taken */
    bool is_found;          /* the directory, as EFI/BOOT has nothing for Muster */
    unsigned other_count;   /* directories that it could have been as well */
    bool is_open;           /* system is valid */
    bool is_bootable;       /* every stage was run and found no error */
};

/*
 * The file with the device tree that the firmware of this machine provided, if it is one that Xen
 * runs on and Xen is not running; else NULL. Static.
 */
const char *host_system_local_tree(void);

/*
 * Finds the partition and runs all stages, or, with request->is_choosing, config alone: all
 * diagnostics of the system are then in host->system.diagnostics, in order. Returns 0, or an enum
 * exit_code after printing why the system could not be looked at. The caller ends it with
 * host_system_close in any case.
 */
int host_system_open(struct host_system *host, const struct host_request *request);

/*
 * Describes a system that was opened with is_choosing: its modules are known then, under the names
 * that they have in the tree. False when there is nothing to go on with.
 */
bool host_system_describe(struct host_system *host);

/* Runs the stages behind host_system_describe; host->is_bootable says what came of it. */
void host_system_finish(struct host_system *host, const struct host_request *request);

/*
 * As system_complete, for another system on the platform of `host`, which was described. The
 * machine has the RAM that its tree and the request say.
 */
bool host_system_complete(struct host_system *host, const struct host_request *request,
                          struct system *system);

void host_system_close(struct host_system *host);

/*
 * The name under which a person finds a file of the partition: that of the directory which the
 * command line named, and the file's. The caller frees it. `file` as in struct location.
 */
char *host_file_name(const struct host_system *host, const char *file);

#endif
