/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of what install wrote on a partition: nothing else is ever changed or removed. */
#ifndef MUSTER_MANIFEST_H
#define MUSTER_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>

#include "host/base/digest.h"

#define MANIFEST_DIGESTS 2U /* of one file: while it is replaced it may be either */

struct manifest_entry {
    char *name;            /* of the file, absolute in the partition */
    unsigned digest_count; /* 0 for a file whose content changes */
    unsigned char digests[MANIFEST_DIGESTS][DIGEST_SIZE];
};

/* Starts zeroed, ended by manifest_release. */
struct manifest {
    char *path; /* of its own file on this machine */
    struct manifest_entry *entries;
    size_t count;
};

/* Reads the list that is in the file `path`, which need not be there. False after a message. */
bool manifest_read(struct manifest *manifest, const char *path);

/* Writes it to the medium. False after a message. */
bool manifest_write(const struct manifest *manifest);

/* The entry of a file, without regard to case as FAT has it, or NULL. */
const struct manifest_entry *manifest_find(const struct manifest *manifest, const char *name);

/* True if a file is one that install wrote, with what it wrote: `digest` is that of its content. */
bool manifest_has(const struct manifest *manifest, const char *name,
                  const unsigned char digest[DIGEST_SIZE]);

/*
 * Adds a file, or changes its digest; NULL for one whose content changes. `former` is the digest
 * that it has until it is replaced, or NULL. False after a message.
 */
bool manifest_add(struct manifest *manifest, const char *name, const unsigned char *digest,
                  const unsigned char *former);

/* Forgets a file. */
void manifest_drop(struct manifest *manifest, const char *name);

void manifest_release(struct manifest *manifest);

#endif
