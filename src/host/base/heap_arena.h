/* SPDX-License-Identifier: BSD-2-Clause */
/* An arena on the memory of this process, for what needs one beside a system. */
#ifndef MUSTER_HEAP_ARENA_H
#define MUSTER_HEAP_ARENA_H

#include "core/base/arena.h"

/* Starts an empty arena; ended by arena_release. */
void heap_arena_init(struct arena *arena);

#endif
