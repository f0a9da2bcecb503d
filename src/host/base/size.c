/* SPDX-License-Identifier: BSD-2-Clause */
/* Sizes and addresses as people write them. */
#include "host/base/size.h"

#include <string.h>

#include "core/base/text.h"

/* The power of two that a unit stands for; 64 for what is not a unit. */
static unsigned shift_of(const char *unit)
{
    static const char letters[] = "KMGT";
    const char *letter = unit[0] != '\0' ? strchr(letters, unit[0] & ~0x20) : NULL;

    if (unit[0] == '\0' || text_equal_nocase(unit, "B"))
        return 0;
    if (letter == NULL ||
        !(unit[1] == '\0' || text_equal_nocase(unit + 1, "B") || text_equal_nocase(unit + 1, "iB")))
        return 64;
    return 10 * (unsigned)(letter - letters + 1);
}

bool size_parse(const char *text, uint64_t *bytes)
{
    bool is_hexadecimal = text_starts(text, "0x") || text_starts(text, "0X");
    size_t digits = is_hexadecimal ? 2 + strspn(text + 2, "0123456789abcdefABCDEF")
                                   : strspn(text, "0123456789");
    unsigned shift = shift_of(text + digits);
    uint64_t number;

    if (shift >= 64 || !text_to_number(text, digits, &number) || number > UINT64_MAX >> shift)
        return false;
    *bytes = number << shift;
    return true;
}
