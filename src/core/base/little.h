/* SPDX-License-Identifier: BSD-2-Clause */
/* Little-endian numbers at any place in memory. */
#ifndef MUSTER_LITTLE_H
#define MUSTER_LITTLE_H

#include <stdint.h>

/* Reads a number of 1 to 8 bytes. */
uint64_t read_little(const void *data, unsigned bytes);

/* Writes the lowest 1 to 8 bytes of a number. */
void write_little(void *data, uint64_t number, unsigned bytes);

#endif
