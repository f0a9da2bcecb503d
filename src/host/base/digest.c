/* SPDX-License-Identifier: BSD-2-Clause */
/* SHA-256 of data on the workstation, by nettle. */
#include "host/base/digest.h"

#include <nettle/sha2.h>

_Static_assert(sizeof(struct sha256_ctx) <= sizeof(struct digest_state), "room");

static struct sha256_ctx *context_of(struct digest_state *state)
{
    return (struct sha256_ctx *)(void *)state->bytes;
}

static void start(struct digest_state *state)
{
    sha256_init(context_of(state));
}

static void update(struct digest_state *state, const void *data, size_t size)
{
    sha256_update(context_of(state), size, data);
}

static void finish(struct digest_state *state, unsigned char digest[DIGEST_SIZE])
{
    sha256_digest(context_of(state), DIGEST_SIZE, digest);
}

const struct digest host_digest = {.start = start, .update = update, .finish = finish};

void digest_of(const void *data, size_t size, unsigned char digest[DIGEST_SIZE])
{
    struct digest_state state;

    start(&state);
    update(&state, data, size);
    finish(&state, digest);
}

void digest_text(const void *data, size_t size, char text[DIGEST_TEXT_SIZE])
{
    unsigned char digest[DIGEST_SIZE];

    digest_of(data, size, digest);
    digest_to_text(digest, text);
}
