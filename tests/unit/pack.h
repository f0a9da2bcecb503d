/* SPDX-License-Identifier: BSD-2-Clause */
/* Support for tests of packed kernels: files in each form. */
#ifndef MUSTER_TESTS_UNIT_PACK_H
#define MUSTER_TESTS_UNIT_PACK_H

#include <stddef.h>
#include <stdint.h>

/* A file in memory; the caller frees `data`. */
struct pack {
    unsigned char *data;
    size_t size;
};

/* `size` bytes in gzip; with all that its header can have. */
struct pack pack_gzip(const void *data, size_t size);
struct pack pack_gzip_with_names(const void *data, size_t size);

/*
 * Puts a header in front, and frees what was there: U-Boot's, with an image type, a compression and
 * a load address; or that of an EFI zboot image, whose payload is of a type such as "gzip".
 */
struct pack pack_uimage(struct pack inner, unsigned char type, unsigned char compression,
                        uint32_t load);
struct pack pack_zboot(struct pack inner, const char *type);

#endif
