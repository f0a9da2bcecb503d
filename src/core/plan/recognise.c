/* SPDX-License-Identifier: BSD-2-Clause */
/* Recognising what a binary is from its first bytes. */
#include "core/plan/recognise.h"

#include <string.h>

/* A run of bytes at an offset that tells a format. */
struct signature {
    size_t offset;
    char bytes[5]; /* here, so that the table needs no relocations */
    size_t length;
    enum content content;
};

/* The more telling signature stands first: a zboot or Image is also a PE file. */
static const struct signature signatures[] = {
    {56, "ARM\x64", 4, CONTENT_IMAGE},
    {36, "\x18\x28\x6f\x01", 4, CONTENT_ZIMAGE},
    {4, "zimg", 4, CONTENT_ZBOOT},
    {0, "MZ", 2, CONTENT_PE},
    {0,
     "\x7f"
     "ELF",
     4, CONTENT_ELF},
    {0, "\x27\x05\x19\x56", 4, CONTENT_UIMAGE},
    {0, "\x1f\x8b", 2, CONTENT_GZIP},
    {0, "\xd0\x0d\xfe\xed", 4, CONTENT_DEVICE_TREE},
    {0, "0707", 4, CONTENT_CPIO},
    {0, "\x8c\xff\x7c\xf9", 4, CONTENT_XSM},
    {0,
     "\xfd"
     "7zXZ",
     5, CONTENT_COMPRESSED},
    {0, "\x28\xb5\x2f\xfd", 4, CONTENT_COMPRESSED},
    {0, "\x04\x22\x4d\x18", 4, CONTENT_COMPRESSED},
    {0, "\x02\x21\x4c\x18", 4, CONTENT_COMPRESSED},
    {0, "\x89LZO", 4, CONTENT_COMPRESSED},
    {0, "BZh", 3, CONTENT_COMPRESSED},
    {0, "\x5d\x00\x00", 3, CONTENT_COMPRESSED},
};

enum content recognise(const void *data, size_t size)
{
    for (size_t at = 0; at < sizeof(signatures) / sizeof(signatures[0]); at++) {
        const struct signature *signature = &signatures[at];

        if (signature->offset + signature->length <= size &&
            memcmp((const char *)data + signature->offset, signature->bytes, signature->length) ==
                0)
            return signature->content;
    }
    return CONTENT_UNKNOWN;
}

const char *content_name(enum content content)
{
    static const char *const names[] = {
        [CONTENT_UNKNOWN] = "of unknown type",         [CONTENT_IMAGE] = "an arm64 Image",
        [CONTENT_ZIMAGE] = "a 32-bit Arm zImage",      [CONTENT_ELF] = "an ELF file",
        [CONTENT_UIMAGE] = "a U-Boot image",           [CONTENT_GZIP] = "gzip data",
        [CONTENT_ZBOOT] = "an EFI zboot image",        [CONTENT_PE] = "an EFI program",
        [CONTENT_DEVICE_TREE] = "a device tree",       [CONTENT_CPIO] = "a cpio archive",
        [CONTENT_COMPRESSED] = "a compressed archive", [CONTENT_XSM] = "an XSM policy",
    };

    return names[content];
}
