/* SPDX-License-Identifier: BSD-2-Clause */
/* Unpacking by libdeflate. */
#ifndef MUSTER_DEFLATE_H
#define MUSTER_DEFLATE_H

#include "efi/firmware.h"

/* `inflate` of struct platform; `context` is the firmware. */
enum platform_status deflate_unpack(void *context, const void *data, size_t size, void *memory,
                                    size_t bytes, size_t *used);

#endif
