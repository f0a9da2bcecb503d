/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware's memory: its pool, its pages and its map. */
#ifndef MUSTER_MEMORY_H
#define MUSTER_MEMORY_H

#include "efi/firmware.h"

/* core's platform calls for memory; `context` is the firmware. UEFI 2.10 §7.2. */
void *memory_allocate(void *context, size_t bytes);
void memory_release(void *context, void *memory, size_t bytes);
enum platform_status memory_map(void *context, struct memory_region *regions, size_t *count);
enum platform_status memory_claim(void *context, uint64_t address, uint64_t pages,
                                  enum memory_kind kind, void **memory);
void memory_release_pages(void *context, uint64_t address, uint64_t pages);

/* Gives back the room that the memory map was read to. */
void memory_forget_map(struct firmware *firmware);

#endif
