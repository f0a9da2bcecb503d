/* SPDX-License-Identifier: BSD-2-Clause */
/* Little-endian numbers at any place in memory. */
#include "core/base/little.h"

uint64_t read_little(const void *data, unsigned bytes)
{
    const unsigned char *from = data;
    uint64_t value = 0;

    while (bytes-- > 0)
        value = value << 8 | from[bytes];
    return value;
}

void write_little(void *data, uint64_t number, unsigned bytes)
{
    unsigned char *to = data;

    for (unsigned byte = 0; byte < bytes; byte++)
        to[byte] = (unsigned char)(number >> (8 * byte));
}
