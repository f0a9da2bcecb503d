/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes a seal into the loader: its sections, as core/seal/seal.h describes them. */
#ifndef MUSTER_SEAL_WRITE_H
#define MUSTER_SEAL_WRITE_H

#include <stdbool.h>

#include "host/base/file_content.h"
#include "host/seal/seal_list.h"

/*
 * Makes the file of a loader with a seal from the loader's file `path`, and from the files
 * themselves, found in the directory `root`, if `embed` is set. The same input gives the same
 * bytes. False after a message. The caller releases *sealed in any case.
 */
bool seal_write(struct file_content *sealed, const char *path, const struct seal_list *list,
                const char *root, bool embed);

#endif
