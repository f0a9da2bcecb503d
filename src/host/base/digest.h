/* SPDX-License-Identifier: BSD-2-Clause */
/* Digests by which a person recognises a file. */
#ifndef MUSTER_DIGEST_H
#define MUSTER_DIGEST_H

#include <stddef.h>

#define DIGEST_TEXT_SIZE 65U /* bytes: 64 digits and a NUL */

/* Writes the SHA-256 of `size` bytes as lower-case hexadecimal digits, as sha256sum prints it. */
void digest_text(const void *data, size_t size, char text[DIGEST_TEXT_SIZE]);

#endif
