/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a disk image: its EFI system partition is copied to a directory. */
#ifndef MUSTER_DISK_EXTRACT_H
#define MUSTER_DISK_EXTRACT_H

#include <stdbool.h>

/*
 * True if a file has a partition table (GPT or MBR), which firmware needs to boot from it. False
 * after a message.
 */
bool disk_is_partitioned(const char *disk);

/*
 * Copies what the EFI system partition of a disk image holds to a directory; false, without a
 * message, where there is no such partition or mtools cannot read it.
 */
bool disk_extract(const char *disk, const char *directory);

#endif
