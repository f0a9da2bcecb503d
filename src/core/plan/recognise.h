/* SPDX-License-Identifier: BSD-2-Clause */
/* Recognising what a binary is from its first bytes. */
#ifndef MUSTER_RECOGNISE_H
#define MUSTER_RECOGNISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The formats that binaries have. */
enum content {
    CONTENT_UNKNOWN,
    CONTENT_IMAGE,       /* arm64 Linux Image: "ARM\x64" at 56 */
    CONTENT_ZIMAGE,      /* 32-bit Arm zImage: 0x016f2818 at 36 */
    CONTENT_ELF,         /* 0x7f "ELF" */
    CONTENT_UIMAGE,      /* U-Boot legacy image: 0x27051956 */
    CONTENT_GZIP,        /* 1f 8b: a kernel or a ramdisk */
    CONTENT_ZBOOT,       /* EFI zboot: a compressed kernel that only firmware can start */
    CONTENT_PE,          /* another EFI or Windows program */
    CONTENT_DEVICE_TREE, /* 0xd00dfeed */
    CONTENT_CPIO,        /* "0707" */
    CONTENT_COMPRESSED,  /* xz, zstd, lz4, lzo, bzip2 or lzma */
    CONTENT_XSM,         /* 0xf97cff8c, little endian: a Flask policy */
};

/* Recognises `size` bytes, which are the start of a binary or all of it. */
enum content recognise(const void *data, size_t size);

/* The words for a content, such as "arm64 Image"; static. */
const char *content_name(enum content content);

#endif
