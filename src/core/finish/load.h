/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage load: each binary is read once into its pages, and its type is recognised. */
#ifndef MUSTER_LOAD_H
#define MUSTER_LOAD_H

#include "core/base/workspace.h"
#include "core/plan/plan.h"

/*
 * Reads every placed binary, shows progress, closes its file, and completes the kinds of modules
 * that the tree leaves open. Reports what cannot be read; false then.
 */
bool load(const struct workspace *workspace, struct plan *plan);

#endif
