/* SPDX-License-Identifier: BSD-2-Clause */
/* Packed kernels: files with gzip data in them, and where it lies. */
#ifndef MUSTER_PACKED_H
#define MUSTER_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The gzip data of a file. */
struct packed {
    const unsigned char *data;
    uint64_t size;     /* bytes; as the file's header says, it may end behind the file */
    uint64_t unpacked; /* bytes, as its end says */
    bool is_credible;  /* it is in the file, and can become that many bytes */
};

/*
 * Finds the gzip data of a file of `size` bytes: all of it, or what is in a U-Boot image or in an
 * EFI zboot image. False if it is no such file, or packed in another way. Source: RFC 1952, 2.2;
 * U-Boot's legacy image header; the header of Linux's EFI zboot images.
 */
bool packed_find(const void *file, uint64_t size, struct packed *packed);

/*
 * Tells where the data of an EFI zboot image in zstd lies, in bytes from the start of the file, as
 * its header says. False if it is no such file.
 */
bool packed_in_zstd(const void *file, uint64_t size, uint64_t *start, uint64_t *bytes);

#endif
