/* SPDX-License-Identifier: BSD-2-Clause */
/* Unpacking on the workstation, by zlib. */
#ifndef MUSTER_HOST_INFLATE_H
#define MUSTER_HOST_INFLATE_H

#include "core/base/platform.h"

/* `inflate` of struct platform; `context` is not used. */
enum platform_status host_inflate(void *context, const void *data, size_t size, void *memory,
                                  size_t bytes, size_t *used);

#endif
