/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding bytes among very many. */
#ifndef MUSTER_SEARCH_H
#define MUSTER_SEARCH_H

#include <stddef.h>

/* A search that goes on; data and pattern have to outlive it. */
struct search {
    const unsigned char *data;
    const unsigned char *pattern;
    size_t length;
    size_t at;
    size_t end;     /* of the stretch that is searched now */
    size_t from;    /* its start */
    size_t stretch; /* bytes of each stretch, but for the last one */
    size_t again;   /* what the pattern moves on where it may have been */
    unsigned char skip[256];
};

/*
 * Starts to search `size` bytes of data for a pattern of `length` bytes: from `from` to the end,
 * then, by stretches of that size, what is before. A pattern of no bytes is nowhere.
 */
void search_start(struct search *search, const void *data, size_t size, size_t from,
                  const void *pattern, size_t length);

/* The next place of the pattern, NULL when there is none left. */
const void *search_next(struct search *search);

#endif
