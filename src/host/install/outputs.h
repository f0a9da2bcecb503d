/* SPDX-License-Identifier: BSD-2-Clause */
/* The files that an installation writes: announced in the manifest first, then written. */
#ifndef MUSTER_OUTPUTS_H
#define MUSTER_OUTPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/install/manifest.h"
#include "host/install/partition.h"

struct output {
    char *name;   /* absolute in the partition */
    char *source; /* the file that it is a copy of, or NULL */
    char *bytes;  /* else what is in it, of `size` bytes */
    uint64_t size;
    unsigned char digest[DIGEST_SIZE];
};

/* Starts with {.partition = …, .manifest = …}, which must outlive it; ended by outputs_release. */
struct outputs {
    const struct partition *partition;
    struct manifest *manifest;
    struct output *list; /* in the order in which they are written */
    size_t count;
    bool failed; /* after a message */
};

/* The relation of a file of the partition to what install writes. */
enum ownership { OWNED_ABSENT, OWNED_OURS, OWNED_BY_HAND };

/*
 * Whose a file is: with another content than was written it is somebody else's. `digest`, unless
 * NULL, gets that of its content where there is one.
 */
enum ownership outputs_owner(const struct partition *partition, const struct manifest *manifest,
                             const char *name, unsigned char digest[DIGEST_SIZE]);

/*
 * Adds a copy of a file, unless it is there with this content already. False if the name is
 * somebody else's file, which stays; `outputs->failed` tells of a failure after a message.
 */
bool outputs_add_file(struct outputs *outputs, const char *name, const char *source);

/* The same with bytes, which are copied. */
bool outputs_add_bytes(struct outputs *outputs, const char *name, const void *bytes, size_t size);

/* True if there is room for all of them; false after a message. */
bool outputs_fit(const struct outputs *outputs);

/* Makes the directories that a file of the partition is to be in. False after a message. */
bool outputs_make_directories(const struct partition *partition, const char *name);

/* Writes the manifest, then the files, all onto the medium. False after a message. */
bool outputs_write(const struct outputs *outputs);

void outputs_release(struct outputs *outputs);

#endif
