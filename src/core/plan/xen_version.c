/* SPDX-License-Identifier: BSD-2-Clause */
/* The version of a Xen, read from its binary. */
#include "core/plan/xen_version.h"

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
    const char *end = (const char *)data + size;
    const char *found;
    struct search search;
    unsigned version = 0;

    xen_search(&search, data, size, before, length);
    while (version == 0 && (found = search_next(&search)) != NULL)
        version = read_version(found + length, end);
    return version;
}

void xen_search(struct search *search, const void *data, size_t size, const char *text,
                size_t length)
{
    search_start(search, data, size, XEN_START_PART(size), text, length);
}
