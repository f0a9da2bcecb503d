/* SPDX-License-Identifier: BSD-2-Clause */
/* Parts of a file that are read and rewritten where they are: the boot state. */
#ifndef MUSTER_REWRITE_H
#define MUSTER_REWRITE_H

#include "efi/firmware.h"

/* The calls of struct platform with these names; `context` is the firmware. UEFI 2.10 §13.5. */
enum platform_status rewrite_read_at(void *context, const char *name, uint64_t offset, void *buffer,
                                     size_t bytes);
enum platform_status rewrite_write_at(void *context, const char *name, uint64_t offset,
                                      const void *buffer, size_t bytes);

/* The CRC-32 by the processor, else by the firmware (UEFI 2.10 §7.5.3); 0 if neither has it. */
uint32_t rewrite_crc32(void *context, const void *data, size_t bytes);

#endif
