/* SPDX-License-Identifier: BSD-2-Clause */
/* Puts a system in place on an EFI system partition. */
#ifndef MUSTER_INSTALL_H
#define MUSTER_INSTALL_H

#include <stdbool.h>

#include "host/machine/host_request.h"

struct install_request {
    const char *esp;    /* where the partition is mounted; NULL to find it */
    const char *label;  /* of the boot entry */
    bool is_once;       /* the system is to be booted once, and not to become the default */
    bool has_no_entry;  /* the machine's boot entries are left alone */
    bool is_update;     /* the system is the one that is installed */
    const char *kernel; /* of an update: what takes the place of one, or NULL */
    const char *ramdisk;
    const char *xen;
    struct host_request request; /* of an installation: the configuration */
};

/*
 * Installs. The power may go at any time: what boots then is what did before, or the new system.
 * Prints what it did. False after a message.
 */
bool install(const struct install_request *request);

#endif
