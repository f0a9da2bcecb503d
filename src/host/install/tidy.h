/* SPDX-License-Identifier: BSD-2-Clause */
/* Removes from a partition what install wrote and nothing needs any more. */
#ifndef MUSTER_TIDY_H
#define MUSTER_TIDY_H

#include <stdbool.h>
#include <stddef.h>

#include "host/install/manifest.h"
#include "host/install/partition.h"

/*
 * Removes all files of systems that a configuration does not lead to, and writes the manifest.
 * `config` is the text of INSTALLED_CONFIG, NULL where there is none; what one that was written by
 * hand names is needed, too. A file that somebody changed stays, and is named. False after a
 * message.
 */
bool tidy(const struct partition *partition, struct manifest *manifest, const char *config,
          size_t size, bool is_by_hand);

/* Removes everything that install wrote, as far as nobody changed it. False after a message. */
bool tidy_all(const struct partition *partition, struct manifest *manifest);

/* Calls `each` for each file in the directory that install writes to and that it did not write. */
void tidy_list_others(const struct partition *partition, const struct manifest *manifest,
                      void (*each)(const char *name));

#endif
