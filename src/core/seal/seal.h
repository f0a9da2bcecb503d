/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The seal: configurations, and a digest of each file that they can load, as sections of the
 * loader's own PE image, so that one signature covers all of them.
 *
 * .config    for each configuration, the one to start with first, the line "SIZE NAME", then SIZE
 *            bytes of it, then a line break
 * .digests   for each file the line "DIGEST SIZE NAME", or "DIGEST SIZE OFFSET NAME" where the
 *            loader's image holds the file itself
 * .files     these files, each at its offset in the section, which starts a page
 *
 * DIGEST is a SHA-256 in lower-case hexadecimal digits, SIZE and OFFSET are bytes in decimal, NAME
 * is absolute in the partition, as struct platform has it. Lines end with LF. `objdump -s` shows
 * the first two as they are.
 */
#ifndef MUSTER_SEAL_H
#define MUSTER_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/names.h"
#include "core/pe/pe.h"
#include "core/seal/digest.h"

#define SEAL_CONFIG  ".config"
#define SEAL_DIGESTS ".digests"
#define SEAL_FILES   ".files"

/* A file that the seal covers. */
struct sealed_file {
    const char *name;                  /* absolute in the partition */
    uint64_t size;                     /* bytes */
    const void *content;               /* `size` bytes in the loader's image; NULL if not there */
    unsigned char digest[DIGEST_SIZE]; /* of a configuration: zero, as `content` is what counts */
    bool is_config;
};

struct seal {
    struct sealed_file *configs; /* the one to start with first; at least one */
    size_t config_count;
    struct sealed_file *files; /* in the order of the section */
    size_t file_count;
    struct names names; /* all of them */
};

/* From which side an image is looked at. */
enum seal_view {
    SEAL_IN_FILE,   /* its file */
    SEAL_IN_MEMORY, /* as firmware has mapped it to start it */
};

/* True if an image has any section of a seal. It must not be used as if it had none then. */
bool seal_exists(const struct pe *image);

/*
 * Reads the seal of an image, which has to outlive it; the rest belongs to the arena. False if
 * anything in it is wrong, with *problem as a sentence that says what, or NULL without memory:
 * nothing of the seal is to be used then. A name that stands twice, also in another case, is wrong.
 */
bool seal_read(struct seal *seal, struct arena *arena, const struct pe *image, enum seal_view view,
               const char **problem);

/*
 * The file with an absolute name of the partition, as file_resolve gives it; NULL if it is not in
 * the seal, or when the arena of seal_read failed. Upper and lower case of ASCII letters count as
 * the same, as on a FAT volume: there, two names that differ in case alone are one file. That is
 * safe, as a name only finds the digest that the content must have; names with other letters are
 * the same only byte for byte.
 */
const struct sealed_file *seal_find(const struct seal *seal, const char *name);

/*
 * Writes what tells one seal from another: the digest of names and contents of its configurations,
 * and of the digests of its files.
 */
void seal_identify(const struct seal *seal, const struct digest *digest,
                   unsigned char id[DIGEST_SIZE]);

#endif
