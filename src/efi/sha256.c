/* SPDX-License-Identifier: BSD-2-Clause */
/* SHA-256 by OpenSSL's libcrypto, with the processor's instructions for it if there are any. */
#include "efi/sha256.h"

#define OPENSSL_SUPPRESS_DEPRECATED /* the newer calls want providers, files and memory */
#include <openssl/sha.h>

#include "efi/arch.h"

#define HAS_NEON   0x01U /* UEFI has floating point and SIMD enabled, UEFI 2.10 §2.3.6 */
#define HAS_SHA256 0x10U

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct digest_state), "");
_Static_assert(SHA256_DIGEST_LENGTH == DIGEST_SIZE, "");

/* The library's code chooses by it; its own detection needs an operating system. */
extern unsigned int OPENSSL_armcap_P;
unsigned int OPENSSL_armcap_P;

static SHA256_CTX *context_of(struct digest_state *state)
{
    return (SHA256_CTX *)(void *)state->bytes;
}

static void start(struct digest_state *state)
{
    SHA256_Init(context_of(state));
}

static void update(struct digest_state *state, const void *data, size_t size)
{
    SHA256_Update(context_of(state), data, size);
}

static void finish(struct digest_state *state, unsigned char digest[DIGEST_SIZE])
{
    SHA256_Final(digest, context_of(state));
}

const struct digest *sha256(void)
{
    static const struct digest calls = {.start = start, .update = update, .finish = finish};

    OPENSSL_armcap_P = HAS_NEON | (arch_has_sha256() ? HAS_SHA256 : 0);
    return &calls;
}
