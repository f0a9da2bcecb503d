/* SPDX-License-Identifier: BSD-2-Clause */
/* A volume: where files come from, such as the loader's partition or the loader's own file. */
#ifndef MUSTER_VOLUME_H
#define MUSTER_VOLUME_H

#include "core/base/platform.h"

/* The calls are those of struct platform with the same names; each gets `context` first. */
struct volume {
    void *context;
    enum platform_status (*open)(void *context, const char *name, struct platform_file **file,
                                 uint64_t *size);
    enum platform_status (*read)(void *context, struct platform_file *file, void *buffer,
                                 size_t bytes);
    void (*close)(void *context, struct platform_file *file);
};

#endif
