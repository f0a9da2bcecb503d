/* SPDX-License-Identifier: BSD-2-Clause */
/* The version of a Xen, read from its binary. */
#include "core/plan/xen_version.h"

#include <string.h>

#define NUMBER_MAX 999U /* of a part of a version */

/* Reads a number of up to three digits and moves *at behind it. False if there is none. */
static bool read_part(const char **at, const char *end, unsigned *number)
{
    const char *start = *at;

    *number = 0;
    for (; *at < end && **at >= '0' && **at <= '9' && *number <= NUMBER_MAX / 10; ++*at)
        *number = *number * 10 + (unsigned)(**at - '0');
    return *at != start;
}

/* The version that stands at `at`, and ends there; 0 if none does. */
static unsigned read_version(const char *at, const char *end)
{
    unsigned major;
    unsigned minor;

    if (!read_part(&at, end, &major) || at == end || *at++ != '.' || !read_part(&at, end, &minor))
        return 0;
    return at < end && *at == '\0' ? XEN(major, minor) : 0;
}

unsigned xen_version(const void *data, size_t size)
{
    static const char before[] = "xen,xen-";
    const size_t length = sizeof(before) - 1;
    const char *at = data;
    const char *end = at + size;
    unsigned version = 0;

    for (; version == 0 && (size_t)(end - at) > length; at++)
        if (*at == 'x' && memcmp(at, before, length) == 0)
            version = read_version(at + length, end);
    return version;
}
