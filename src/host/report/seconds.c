/* SPDX-License-Identifier: BSD-2-Clause */
/* Times for a person to read. */
#include "host/report/seconds.h"

#include <stdio.h>

#include "core/base/arena.h"

const char *seconds_text(struct arena *arena, double seconds)
{
    char text[32];
    int length = snprintf(text, sizeof(text), "%.2f s", seconds);

    return arena_copy(arena, text, (size_t)length);
}
