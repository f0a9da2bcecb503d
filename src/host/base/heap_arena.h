/* SPDX-License-Identifier: BSD-2-Clause */
/* An arena on the memory of this process, for what needs one beside a system. */
#ifndef MUSTER_HEAP_ARENA_H
#define MUSTER_HEAP_ARENA_H

#include "core/base/arena.h"

/* The functions of struct platform with the same names; see core/base/platform.h. */
void *heap_allocate(void *context, size_t bytes);
void heap_release(void *context, void *memory, size_t bytes);

/* Starts an empty arena; ended by arena_release. */
void heap_arena_init(struct arena *arena);

#endif
