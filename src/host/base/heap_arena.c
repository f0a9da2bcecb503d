/* SPDX-License-Identifier: BSD-2-Clause */
/* An arena on the memory of this process, for what needs one beside a system. */
#include "host/base/heap_arena.h"

#include <stdlib.h>

void *heap_allocate(void *context, size_t bytes)
{
    (void)context;
    return malloc(bytes);
}

void heap_release(void *context, void *memory, size_t bytes)
{
    (void)context;
    (void)bytes;
    free(memory);
}

/* An arena uses nothing else of a platform. */
static const struct platform memory = {.allocate = heap_allocate, .release = heap_release};

void heap_arena_init(struct arena *arena)
{
    arena_init(arena, &memory);
}
