/* SPDX-License-Identifier: BSD-2-Clause */
/* The forms of files that Xen starts: what their headers say of their size and processor. */
#ifndef MUSTER_IMAGES_H
#define MUSTER_IMAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/plan/plan.h"
#include "core/preflight/check.h"

/* A kernel as Xen reads it. */
struct kernel_image {
    uint64_t size;    /* bytes, unpacked */
    uint64_t offset;  /* from the start of the domain's memory */
    uint64_t address; /* where it has to be in that memory; 0 where it may be anywhere */
    bool is_32;       /* for 32 bits; Xen places it below 128 MiB, as high as it can */
};

/* Reports a binary that is an EFI image, and shorter than its headers say. */
void check_whole(const struct check *check, const struct binary *binary);

/* Reports a kernel in a U-Boot image, which is loaded, that the Xen at hand starts as it is. */
void check_unpacked(const struct check *check, const struct binary *binary);

/*
 * The reason why a loaded binary is not a kernel for Xen: words that follow on "FILE is"; static.
 * NULL if it is one; then *image is filled in.
 */
const char *image_read(const struct check *check, const struct binary *binary,
                       struct kernel_image *image);

/* A hint for a loaded binary that is not a kernel; static, or in the arena. */
const char *image_hint(const struct check *check, const struct binary *binary);

#endif
