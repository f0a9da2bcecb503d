/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds out what a seal has to cover: every file that any section of the configurations loads. */
#ifndef MUSTER_SEAL_COLLECT_H
#define MUSTER_SEAL_COLLECT_H

#include "host/machine/host_system.h"
#include "host/seal/seal_list.h"

/* host_system_open, or what stands for it. */
typedef int seal_open(struct host_system *host, const struct host_request *request);

/*
 * Runs all stages for the section that boots by default, and for each other section of the
 * configuration and of those that chain= leads to, and lists what they read. What is wrong is
 * printed. *root becomes the real path of what stands for the partition, which the caller frees.
 * True if every section can be started. A system is opened by `open`.
 */
bool seal_collect(struct seal_list *list, const struct host_request *request, seal_open *open,
                  char **root);

#endif
