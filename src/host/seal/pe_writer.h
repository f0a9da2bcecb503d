/* SPDX-License-Identifier: BSD-2-Clause */
/* Adds sections to a PE image: each behind all that the file has, so that a signature covers it. */
#ifndef MUSTER_PE_WRITER_H
#define MUSTER_PE_WRITER_H

#include <stdbool.h>
#include <stddef.h>

/* The image that is being written. Starts with pe_writer_start. */
struct pe_writer {
    unsigned char *data; /* the file so far; the caller frees it */
    size_t size;         /* bytes */
};

/*
 * Starts with a copy of an image, which must have no signature, as that would be wrong afterwards,
 * and nothing behind its sections. Returns NULL, or what is wrong; static.
 */
const char *pe_writer_start(struct pe_writer *writer, const void *data, size_t size);

/*
 * Adds a section of initialized data that is only read. Its address is the next multiple of the
 * section alignment, its place in the file the next one of the file alignment, padded with zeros.
 * Returns NULL, or why it cannot be added; static.
 */
const char *pe_writer_add(struct pe_writer *writer, const char *name, const void *data,
                          size_t size);

/* Writes the image's checksum into its header. */
void pe_writer_finish(struct pe_writer *writer);

#endif
