/* SPDX-License-Identifier: BSD-2-Clause */
/* SHA-256 of data on the workstation, by nettle. */
#ifndef MUSTER_DIGEST_H
#define MUSTER_DIGEST_H

#include "core/seal/digest.h"

/* SHA-256 for core. */
extern const struct digest host_digest;

/* The digest of `size` bytes. */
void digest_of(const void *data, size_t size, unsigned char digest[DIGEST_SIZE]);

/* Writes the digest of `size` bytes as text. */
void digest_text(const void *data, size_t size, char text[DIGEST_TEXT_SIZE]);

#endif
