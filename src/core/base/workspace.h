/* SPDX-License-Identifier: BSD-2-Clause */
/* The workspace of a stage: the machine, memory to work with, and a list for mistakes. */
#ifndef MUSTER_WORKSPACE_H
#define MUSTER_WORKSPACE_H

#include "core/base/arena.h"
#include "core/base/diagnostic.h"
#include "core/base/platform.h"

struct workspace {
    const struct platform *platform;
    struct arena *arena;
    struct diagnostics *diagnostics;
    const char *directory; /* the loader's, against which names of files are resolved */
};

#endif
