/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage preflight: everything that Xen would refuse or panic on, checked before it is started. */
#ifndef MUSTER_PREFLIGHT_H
#define MUSTER_PREFLIGHT_H

#include "core/base/workspace.h"
#include "core/preflight/check.h"

/* Reports every mistake that it finds. See docs/preflight.md for the list. */
void preflight(const struct workspace *workspace, const struct finished *finished);

#endif
