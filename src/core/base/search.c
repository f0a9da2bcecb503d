/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding bytes among very many: by Horspool's method, which looks at few of them. */
#include "core/base/search.h"

#include <string.h>

void search_start(struct search *search, const void *data, size_t size, size_t from,
                  const void *pattern, size_t length)
{
    size_t most = length < 255 ? length : 255;

    *search = (struct search){.data = data, .pattern = pattern, .length = length};
    search->at = search->from = search->data + from;
    search->end = search->data + size;
    /* The least that the pattern can move on, by the byte that is at its end now. */
    memset(search->skip, (int)most, sizeof(search->skip));
    for (size_t at = length - most; at + 1 < length; at++)
        search->skip[search->pattern[at]] = (unsigned char)(length - 1 - at);
}

/* The next place before the end of what is searched now. */
static const unsigned char *next(struct search *search)
{
    const unsigned char *pattern = search->pattern;
    size_t length = search->length;
    const unsigned char *at = search->at;

    while ((size_t)(search->end - at) >= length) {
        const unsigned char *found = at;
        unsigned char last = at[length - 1];

        at += search->skip[last];
        if (last == pattern[length - 1] && memcmp(found, pattern, length) == 0) {
            search->at = at;
            return found;
        }
    }
    search->at = at;
    return NULL;
}

const void *search_next(struct search *search)
{
    const unsigned char *found = next(search);

    if (found != NULL || search->from == NULL)
        return found;
    /* A place that began before `from` may end behind it. */
    if ((size_t)(search->end - search->from) >= search->length)
        search->end = search->from + search->length - 1;
    search->at = search->data;
    search->from = NULL;
    return next(search);
}
