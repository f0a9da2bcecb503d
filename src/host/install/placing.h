/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that a system needs on the partition, under names that nothing else has there. */
#ifndef MUSTER_PLACING_H
#define MUSTER_PLACING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/base/digest.h"
#include "host/install/manifest.h"
#include "host/install/partition.h"

struct placed_file {
    char *source; /* its path on this machine */
    char *name;   /* absolute in the partition */
    uint64_t size;
    unsigned char digest[DIGEST_SIZE];
    bool is_there; /* install wrote it before, and it still has this content */
};

/* Starts with {.partition = …, .manifest = …}, which must outlive it; ended by placing_release. */
struct placing {
    const struct partition *partition;
    const struct manifest *manifest;
    struct placed_file *files;
    size_t count;
};

/*
 * Gives the file `source` a place in the partition, that of a file with the same content where
 * there is one. Returns its name there, which belongs to `placing` and lives until the next call;
 * NULL after a message.
 */
const char *placing_add(struct placing *placing, const char *source);

void placing_release(struct placing *placing);

/* The digest and size of a file. False after a message. */
bool placing_digest(const char *path, unsigned char digest[DIGEST_SIZE], uint64_t *size);

#endif
