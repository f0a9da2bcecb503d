/* SPDX-License-Identifier: BSD-2-Clause */
/* Support for tests of PE images: one in memory to which sections are added. */
#ifndef MUSTER_TESTS_UNIT_PE_IMAGE_H
#define MUSTER_TESTS_UNIT_PE_IMAGE_H

#include <stddef.h>

#include "core/pe/pe.h"

/* The PE header of such an image, and its table of sections; bytes from its start. */
#define PE_IMAGE_HEADER   0x40U
#define PE_IMAGE_SECTIONS (PE_IMAGE_HEADER + PE_OFFSET_OPTIONAL + 160U)

/*
 * An image whose file and mapped form are the same: a page of headers, then each section from the
 * start of a page. It ends with its last section, so that ASan sees what is read behind that.
 */
struct pe_image {
    unsigned char *data;
    size_t size;
    unsigned count; /* of sections */
};

/* Starts an image without sections; the test frees its data. */
void pe_image_init(struct pe_image *image);

/* Adds a section; the image's data may move. */
void pe_image_add(struct pe_image *image, const char *name, const void *data, size_t size);

/* Writes a number of so many bytes in the order of the format. */
void pe_image_put(unsigned char *at, uint64_t value, unsigned bytes);

#endif
