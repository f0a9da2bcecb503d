/* SPDX-License-Identifier: BSD-2-Clause */
/* The files that a seal is to cover, as they are found. */
#ifndef MUSTER_SEAL_LIST_H
#define MUSTER_SEAL_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/seal/digest.h"

struct seal_entry {
    char *name;    /* absolute in the partition */
    uint64_t size; /* bytes */
    unsigned char digest[DIGEST_SIZE];
    char *config; /* the content of a configuration, NULL for other files */
};

/* Starts zeroed, ended by seal_list_release. */
struct seal_list {
    struct seal_entry *entries; /* in the order in which they were added */
    size_t count;
    bool failed; /* something could not be added, after a message */
};

/* Adds a configuration of `size` bytes, unless its name is there. False if it is, or failed. */
bool seal_list_add_config(struct seal_list *list, const char *name, const char *content,
                          size_t size);

/*
 * Adds a file, unless its name is there. Two files whose names differ in case alone, and not in
 * content, are one: a FAT file system has only one of them.
 */
void seal_list_add_file(struct seal_list *list, const char *name, uint64_t size,
                        const unsigned char digest[DIGEST_SIZE]);

void seal_list_release(struct seal_list *list);

#endif
