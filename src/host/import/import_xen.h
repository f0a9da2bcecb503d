/* SPDX-License-Identifier: BSD-2-Clause */
/* The import's lines for Xen and dom0, with ImageBuilder's defaults. */
#ifndef MUSTER_IMPORT_XEN_H
#define MUSTER_IMPORT_XEN_H

#include "host/import/import.h"

/* Writes options=. Domain INDEX of `count` is started at boot if starts[INDEX]. */
void import_put_options(struct import *import, bool has_dom0, const bool *starts, unsigned count);

/* Writes dom0's kernel= and ramdisk=. */
void import_put_dom0(struct import *import);

#endif
