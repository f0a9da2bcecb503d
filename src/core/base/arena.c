/* SPDX-License-Identifier: BSD-2-Clause */
/* The arena: chains of blocks from the platform, those of the one cut up front to back. */
#include "core/base/arena.h"

#include <string.h>

#define ALIGNMENT 8U

/* Bytes that an allocation takes, so that the next one is aligned. */
static size_t aligned(size_t bytes)
{
    return (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

/* Tests make it small: then each allocation can fail, and its edges are those of a block. */
#ifndef ARENA_BLOCK_SIZE
#define ARENA_BLOCK_SIZE (16U * 1024U)
#endif

struct arena_block {
    struct arena_block *next;
    size_t size; /* bytes, with this header */
    size_t used;
};

void arena_init(struct arena *arena, const struct platform *platform)
{
    *arena = (struct arena){.platform = platform};
}

/* Adds a block for `bytes` to a chain of the arena; it has `least` bytes in all, or more. */
static struct arena_block *add_block(struct arena *arena, struct arena_block **chain, size_t bytes,
                                     size_t least)
{
    const struct platform *platform = arena->platform;
    size_t size = aligned(bytes + sizeof(struct arena_block));
    struct arena_block *block = NULL;

    if (size < least)
        size = least;
    if (bytes <= SIZE_MAX / 2)
        block = platform->allocate(platform->context, size);
    if (block == NULL) {
        arena->failed = true;
        return NULL;
    }
    *block = (struct arena_block){.next = *chain, .size = size, .used = sizeof(*block)};
    *chain = block;
    arena->total += size;
    return block;
}

void *arena_bulk(struct arena *arena, size_t bytes)
{
    struct arena_block *block = add_block(arena, &arena->bulk, bytes, 0);

    return block != NULL ? block + 1 : NULL;
}

void *arena_allocate(struct arena *arena, size_t bytes)
{
    struct arena_block *block = arena->blocks;
    void *memory;

    if (block == NULL || block->size - block->used < bytes)
        block = add_block(arena, &arena->blocks, bytes, ARENA_BLOCK_SIZE);
    if (block == NULL)
        return NULL;
    memory = (char *)block + block->used;
    block->used += aligned(bytes);
    return memset(memory, 0, bytes);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) {
        arena->failed = true;
        return NULL;
    }
    return arena_allocate(arena, count * size);
}

char *arena_copy(struct arena *arena, const char *text, size_t length)
{
    char *copy = length < SIZE_MAX ? arena_allocate(arena, length + 1) : NULL;

    if (copy != NULL)
        memcpy(copy, text, length);
    return copy;
}

static void release_chain(struct arena *arena, struct arena_block *chain)
{
    while (chain != NULL) {
        struct arena_block *block = chain;

        chain = block->next;
        arena->platform->release(arena->platform->context, block, block->size);
    }
}

void arena_release_bulk(struct arena *arena)
{
    release_chain(arena, arena->bulk);
    arena->bulk = NULL;
}

void arena_release(struct arena *arena)
{
    arena_release_bulk(arena);
    release_chain(arena, arena->blocks);
    arena_init(arena, arena->platform);
}
