/* SPDX-License-Identifier: BSD-2-Clause */
/* SHA-256 as core sees it: computed by a library of the platform, compared and written here. */
#include "core/seal/digest.h"

#include <string.h>

static const char digits[] = "0123456789abcdef";

bool digest_equal(const unsigned char left[DIGEST_SIZE], const unsigned char right[DIGEST_SIZE])
{
    return memcmp(left, right, DIGEST_SIZE) == 0;
}

/* The value of a lower-case hexadecimal digit; 16 for any other character. */
static unsigned value_of(char character)
{
    if (character >= '0' && character <= '9')
        return (unsigned)(character - '0');
    if (character >= 'a' && character <= 'f')
        return (unsigned)(character - 'a') + 10;
    return 16;
}

bool digest_from_text(const char *text, size_t length, unsigned char digest[DIGEST_SIZE])
{
    if (length < 2 * (size_t)DIGEST_SIZE)
        return false;
    for (size_t at = 0; at < DIGEST_SIZE; at++) {
        unsigned high = value_of(text[2 * at]);
        unsigned low = value_of(text[2 * at + 1]);

        if (high > 15 || low > 15)
            return false;
        digest[at] = (unsigned char)(high << 4 | low);
    }
    return true;
}

void digest_to_text(const unsigned char digest[DIGEST_SIZE], char text[DIGEST_TEXT_SIZE])
{
    for (size_t at = 0; at < DIGEST_SIZE; at++) {
        text[2 * at] = digits[digest[at] >> 4];
        text[2 * at + 1] = digits[digest[at] & 15];
    }
    text[2 * (size_t)DIGEST_SIZE] = '\0';
}
