/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware's boot entry for the installed loader, made and found by efibootmgr. */
#ifndef MUSTER_BOOT_ENTRY_H
#define MUSTER_BOOT_ENTRY_H

#include <stdbool.h>

#include "host/install/partition.h"

/* The installed loader. */
#define BOOT_ENTRY_LOADER PARTITION_DIRECTORY "/musteraa64.efi"

#define BOOT_ENTRY_NUMBER_SIZE 5U /* four hexadecimal digits and a NUL */

struct boot_entry {
    bool is_there;
    char number[BOOT_ENTRY_NUMBER_SIZE];
    char label[64];
    bool is_ordered; /* it is in BootOrder */
    bool is_first;   /* as the first one */
};

/*
 * NULL if this machine's boot entries can be reached, and the partition is one that an entry can
 * name; else why not, in words that go on a sentence. Static.
 */
const char *boot_entry_obstacle(const struct partition *partition);

/* Finds the entry of a loader, absolute in the partition. False after a message. */
bool boot_entry_find(struct boot_entry *entry, const char *loader);

/*
 * Makes an entry of the installed loader, in front of the others; `once`: for the next start alone,
 * and the order stays as it is. False after a message.
 */
bool boot_entry_make(const struct partition *partition, const char *label, bool once);

/* Makes an entry of another loader that is tried when `first` fails. False after a message. */
bool boot_entry_make_behind(const struct partition *partition, const char *loader,
                            const char *label, const struct boot_entry *first);

/* Has an entry booted the next time, once. False after a message. */
bool boot_entry_next(const struct boot_entry *entry);

/* Removes an entry. False after a message. */
bool boot_entry_remove(const struct boot_entry *entry);

#endif
