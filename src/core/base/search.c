/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding bytes among very many: by Horspool's method, which looks at few of them. */
#include "core/base/search.h"

#include <string.h>

void search_start(struct search *search, const void *data, size_t size, size_t from,
                  const void *pattern, size_t length)
{
    size_t most = length < 255 ? length : 255;
    unsigned char *last;

    *search = (struct search){.data = data, .pattern = pattern, .length = length};
    if (length == 0)
        return;
    search->at = search->from = from;
    search->end = size;
    search->stretch = from < size ? size - from : size;
    /* The least that the pattern can move on, by the byte that is at its end now. */
    memset(search->skip, (int)most, sizeof(search->skip));
    for (size_t at = length - most; at + 1 < length; at++)
        search->skip[search->pattern[at]] = (unsigned char)(length - 1 - at);
    /* 0 where the pattern may be. */
    last = &search->skip[search->pattern[length - 1]];
    search->again = *last;
    *last = 0;
}

/* The next place before the end of what is searched now. */
static const unsigned char *next(struct search *search)
{
    const unsigned char *data = search->data;
    size_t before = search->length - 1;
    size_t end = search->end;
    size_t at = search->at + before;

    while (at < end) {
        size_t skip = search->skip[data[at]];

        at += skip;
        if (skip != 0)
            continue;
        at += search->again;
        search->at = at - before;
        if (memcmp(data + search->at - search->again, search->pattern, before) == 0)
            return data + search->at - search->again;
    }
    search->at = at - before;
    return NULL;
}

const void *search_next(struct search *search)
{
    const unsigned char *found = search->length != 0 ? next(search) : NULL;

    while (found == NULL && search->from != 0) {
        /* A place that begins before a stretch may end in it. */
        if (search->end - search->from >= search->length)
            search->end = search->from + search->length - 1;
        search->from -= search->stretch < search->from ? search->stretch : search->from;
        search->at = search->from;
        found = next(search);
    }
    return found;
}
