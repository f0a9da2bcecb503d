/* SPDX-License-Identifier: BSD-2-Clause */
/* A system on a machine that the command line names: its tree is that of muster run's. */
#ifndef MUSTER_QEMU_SYSTEM_H
#define MUSTER_QEMU_SYSTEM_H

#include "host/machine/host_system.h"

/* As host_system_open, after request->machine, if it is set, has given its device tree. */
int qemu_system_open(struct host_system *host, const struct host_request *request);

/*
 * The directory to look at where none is named, if it is there: what muster init wrote, else NULL.
 * Where this machine has no tree, and the request names none, it is the one of muster run's.
 */
const char *qemu_system_default(struct host_request *request);

/*
 * Calls `use` with a request whose tree is that of request->machine, if it is set, for as long as
 * the call lasts. Returns what it returns, or EXIT_CODE_ERRORS if there is no such tree.
 */
typedef int qemu_system_user(const struct host_request *request, void *data);
int qemu_system_use(const struct host_request *request, qemu_system_user *use, void *data);

#endif
