/* SPDX-License-Identifier: BSD-2-Clause */
/* The arena: a chain of blocks from the platform, cut up front to back. */
#include "arena.h"

#include <string.h>

#define ALIGNMENT 8U

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

static struct arena_block *add_block(struct arena *arena, size_t bytes)
{
    const struct platform *platform = arena->platform;
    size_t size = bytes + sizeof(struct arena_block);
    struct arena_block *block;

    if (size < ARENA_BLOCK_SIZE)
        size = ARENA_BLOCK_SIZE;
    block = platform->allocate(platform->context, size);
    if (block == NULL)
        return NULL;
    *block = (struct arena_block){.next = arena->blocks, .size = size, .used = sizeof(*block)};
    arena->blocks = block;
    arena->total += size;
    return block;
}

void *arena_allocate(struct arena *arena, size_t bytes)
{
    struct arena_block *block = arena->blocks;
    void *memory;

    if (bytes > SIZE_MAX / 2) {
        arena->failed = true;
        return NULL;
    }
    bytes = (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (block == NULL || block->size - block->used < bytes)
        block = add_block(arena, bytes);
    if (block == NULL) {
        arena->failed = true;
        return NULL;
    }
    memory = (char *)block + block->used;
    block->used += bytes;
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

void arena_release(struct arena *arena)
{
    while (arena->blocks != NULL) {
        struct arena_block *block = arena->blocks;

        arena->blocks = block->next;
        arena->platform->release(arena->platform->context, block, block->size);
    }
    arena_init(arena, arena->platform);
}
