/* SPDX-License-Identifier: BSD-2-Clause */
/* SHA-256 as core sees it: computed by a library of the platform, compared and written here. */
#ifndef MUSTER_SEAL_DIGEST_H
#define MUSTER_SEAL_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#define DIGEST_SIZE      32U /* bytes of a SHA-256 (FIPS 180-4) */
#define DIGEST_TEXT_SIZE 65U /* bytes of one as text: 64 digits and a NUL */

/* The state of a digest that is being computed. Only the platform knows what is in it. */
struct digest_state {
    _Alignas(8) unsigned char bytes[192];
};

/* SHA-256 in pieces, by a library of the platform. */
struct digest {
    void (*start)(struct digest_state *state);
    void (*update)(struct digest_state *state, const void *data, size_t size);
    /* Ends it: the digest of all that was given since the start. */
    void (*finish)(struct digest_state *state, unsigned char digest[DIGEST_SIZE]);
};

/* True if two digests are the same. */
bool digest_equal(const unsigned char left[DIGEST_SIZE], const unsigned char right[DIGEST_SIZE]);

/* Reads the 64 lower-case hexadecimal digits that `text` begins with. False if it has others. */
bool digest_from_text(const char *text, size_t length, unsigned char digest[DIGEST_SIZE]);

/* Writes a digest as lower-case hexadecimal digits, as sha256sum prints it. */
void digest_to_text(const unsigned char digest[DIGEST_SIZE], char text[DIGEST_TEXT_SIZE]);

#endif
