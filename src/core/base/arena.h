/* SPDX-License-Identifier: BSD-2-Clause */
/* The arena: all memory that core needs for itself, released at once. */
#ifndef MUSTER_ARENA_H
#define MUSTER_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/platform.h"

struct arena_block;

struct arena {
    const struct platform *platform;
    struct arena_block *blocks; /* newest first */
    struct arena_block *bulk;
    size_t total; /* bytes taken from the platform */
    bool failed;  /* an allocation failed since arena_init */
};

/* Starts an empty arena on a platform, which must outlive it. */
void arena_init(struct arena *arena, const struct platform *platform);

/*
 * Returns `bytes` zeroed bytes, aligned to 8, or NULL when the platform has no more; then `failed`
 * stays set, so that one place can report it. The arena owns the memory.
 */
void *arena_allocate(struct arena *arena, size_t bytes);

/* As arena_allocate, for `count` elements of `size` bytes; NULL also when the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/*
 * As arena_allocate, for a tree or a file: the bytes are not zeroed, and arena_release_bulk gives
 * them back before the rest.
 */
void *arena_bulk(struct arena *arena, size_t bytes);

/* Returns a NUL-terminated copy of `length` characters, or NULL. */
char *arena_copy(struct arena *arena, const char *text, size_t length);

/* Gives back what arena_bulk has given. */
void arena_release_bulk(struct arena *arena);

/* Gives everything back to the platform; the arena is empty and usable again. */
void arena_release(struct arena *arena);

#endif
