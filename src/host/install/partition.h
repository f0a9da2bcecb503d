/* SPDX-License-Identifier: BSD-2-Clause */
/* The EFI system partition that is installed to, as it is mounted on this machine. */
#ifndef MUSTER_PARTITION_H
#define MUSTER_PARTITION_H

#include <stdbool.h>
#include <stdint.h>

/* The place of everything but the removable loader in the partition. */
#define PARTITION_DIRECTORY "/EFI/muster"

struct partition {
    char *path; /* the real path of its root */
    int lock;   /* descriptor of the root while it is locked, else -1 */
};

struct partition_space {
    uint64_t size; /* bytes */
    uint64_t free; /* bytes that can still be written */
    uint64_t unit; /* bytes in which files take room */
};

/*
 * Finds the partition: the directory `given`, or where NULL the FAT file system that is mounted on
 * /boot/efi, /efi or /boot. False after a message. Ended by partition_close in any case.
 */
bool partition_open(struct partition *partition, const char *given);

/* Keeps other runs from changing the partition until it is closed. False after a message. */
bool partition_lock(struct partition *partition);

void partition_close(struct partition *partition);

/* The path on this machine of a file, absolute in the partition; the caller frees it. Ends the
 * program without memory. */
char *partition_file(const struct partition *partition, const char *name);

/* False after a message. */
bool partition_space(const struct partition *partition, struct partition_space *space);

/*
 * The device of the disk that the partition is on, which the caller frees, and its number there.
 * False without a message where it is no partition of a disk.
 */
bool partition_device(const struct partition *partition, char **disk, unsigned *number);

#endif
