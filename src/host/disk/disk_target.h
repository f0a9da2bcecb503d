/* SPDX-License-Identifier: BSD-2-Clause */
/* The place that a disk is written to: a file, or a device if the person says so. */
#ifndef MUSTER_DISK_TARGET_H
#define MUSTER_DISK_TARGET_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The file that becomes the disk `disk` of `directory`, with links followed. NULL after a message
 * when something is there that is not a regular file, or when the file is within the directory. The
 * caller frees it.
 */
char *disk_target_file(const char *disk, const char *directory);

/* A file for a draft of what is written in place later. The caller frees it; NULL without memory.
 */
char *disk_target_draft(void);

/* The size of a device or file in bytes. False after a message. */
bool disk_target_size(const char *disk, uint64_t *size);

/*
 * Writes the file `draft` over a device or file, but for the holes of the draft. A device that is
 * in use, such as one that is mounted, is left alone. False after a message.
 */
bool disk_target_write(const char *disk, const char *draft);

#endif
