/* SPDX-License-Identifier: BSD-2-Clause */
/* Disk images: a GPT with one EFI system partition that holds a directory. */
#ifndef MUSTER_DISK_H
#define MUSTER_DISK_H

#include <stdbool.h>
#include <stdint.h>

/* The first byte of the partition in such an image. */
#define DISK_PARTITION_START (1024U * 1024U)

/* A disk to be made. */
struct disk_request {
    const char *directory; /* with the files */
    const char *disk;      /* the image */
    uint64_t size;         /* of the image in bytes, 0 for what is needed */
    bool is_in_place;      /* `disk` is there, perhaps as a device, and is written over */
};

/* Tells if a directory has a loader of its own. False after a message, when it cannot be read. */
bool disk_has_loader(const char *directory, bool *has_loader);

/*
 * Makes a disk. Muster's own loader is put at EFI/BOOT/BOOTAA64.EFI where the directory has none,
 * and the boot state that its configuration counts in where there is none.
 * The same files give the same bytes. On a terminal, progress is shown. False after a message, or
 * after a signal, and then an image that was there before is still as it was.
 */
bool disk_make(const struct disk_request *request);

#endif
