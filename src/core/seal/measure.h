/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The events that the loader measures into a TPM: one source for the loader, which extends the
 * registers, and for the tool, which says what they will hold.
 *
 * Each event is a text, and what a register is extended by is the digest of that text, without an
 * end. A text is readable in the event log as it is:
 *
 * PCR 11   "section NAME", or "section" where none has a name; then for each file that was loaded,
 *          in the order in which they were read to the end: "file DIGEST SIZE NAME"
 * PCR 12   "options TEXT", the load options as the loader reads them; then "tree DIGEST SIZE" of
 *          the firmware's device tree before anything is edited, or "tree" where it has none
 *
 * DIGEST is a SHA-256 in lower-case hexadecimal digits, SIZE bytes in decimal, NAME absolute in the
 * partition. A sealed configuration is a part of the loader, and not measured again.
 */
#ifndef MUSTER_MEASURE_H
#define MUSTER_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/seal/digest.h"

#define MEASURE_PCR_SYSTEM  11U
#define MEASURE_PCR_OPTIONS 12U

struct measured_file;

/* The files that were read, in order. Starts with {.arena = …}. */
struct measured_files {
    struct arena *arena;
    struct measured_file *first;
    struct measured_file *last;
};

/* Adds a file: a `struct sealed` calls it as `seen`, with the list as its data. */
void measure_file_seen(void *files, const char *name, uint64_t size,
                       const unsigned char digest[DIGEST_SIZE]);

/* All that is measured. */
struct measured {
    const struct measured_files *files;
    const char *section; /* its name, or NULL */
    const char *options; /* the load options as text, "" for none */
    const void *tree;    /* the firmware's as it came, or NULL */
    size_t tree_size;    /* bytes */
    const struct digest *digest;
};

/*
 * Makes the events one after the other, those of a register in order, and gives each to `event`
 * until that returns false. False then, or without memory in the arena of the files.
 */
bool measure(const struct measured *measured,
             bool (*event)(void *data, unsigned pcr, const char *text, size_t size), void *data);

/*
 * Extends the SHA-256 value of a register as a TPM does: by the digest of `size` bytes (TCG PC
 * Client Platform Firmware Profile §2.3).
 */
void measure_extend(const struct digest *digest, unsigned char pcr[DIGEST_SIZE], const void *data,
                    size_t size);

#endif
