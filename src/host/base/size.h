/* SPDX-License-Identifier: BSD-2-Clause */
/* Sizes and addresses as people write them. */
#ifndef MUSTER_SIZE_H
#define MUSTER_SIZE_H

#include <stdbool.h>
#include <stdint.h>

/* Reads a size such as 512, 0x1000, 128K, 64M or 2GiB (binary units). False when it is none. */
bool size_parse(const char *text, uint64_t *bytes);

#endif
