/* SPDX-License-Identifier: BSD-2-Clause */
/* What every stage is given: the machine, memory to work with, and where to report mistakes. */
#ifndef MUSTER_WORKSPACE_H
#define MUSTER_WORKSPACE_H

#include "arena.h"
#include "diagnostic.h"
#include "platform.h"

struct workspace {
    const struct platform *platform;
    struct arena *arena;
    struct diagnostics *diagnostics;
    const char *directory; /* the loader's, against which names of files are resolved */
};

#endif
