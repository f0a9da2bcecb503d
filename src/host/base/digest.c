/* SPDX-License-Identifier: BSD-2-Clause */
/* Digests by which a person recognises a file. */
#include "host/base/digest.h"

#include <nettle/base16.h>
#include <nettle/sha2.h>

void digest_text(const void *data, size_t size, char text[DIGEST_TEXT_SIZE])
{
    struct sha256_ctx context;
    unsigned char digest[SHA256_DIGEST_SIZE];

    sha256_init(&context);
    sha256_update(&context, size, data);
    sha256_digest(&context, sizeof(digest), digest);
    base16_encode_update(text, sizeof(digest), digest);
    text[DIGEST_TEXT_SIZE - 1] = '\0';
}
