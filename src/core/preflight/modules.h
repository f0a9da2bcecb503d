/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of modules: which ones a domain has, and what is in them. */
#ifndef MUSTER_MODULES_H
#define MUSTER_MODULES_H

#include "core/preflight/check.h"

void check_modules(const struct check *check);

#endif
