/* SPDX-License-Identifier: BSD-2-Clause */
/* The digest of an EFI program that its signature covers, and that firmware measures. */
#ifndef MUSTER_AUTHENTICODE_H
#define MUSTER_AUTHENTICODE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/seal/digest.h"

/*
 * The Authenticode digest of a file: of all of it but its checksum, its certificates and where they
 * are (Microsoft, "Windows Authenticode Portable Executable Signature Format"). False if it is no
 * PE image, or one that is cut off.
 */
bool authenticode(const void *data, size_t size, unsigned char digest[DIGEST_SIZE]);

#endif
