/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of the values of Xen's options: words and numbers that Xen takes. */
#ifndef MUSTER_OPTION_VALUES_H
#define MUSTER_OPTION_VALUES_H

#include "core/preflight/check.h"

/*
 * What to write for an option instead of a value that Xen does not understand, for a hint; NULL if
 * the value is right, or the option not one of those that are known here.
 */
const char *option_value_hint(const struct check *check, const char *name, const char *value);

#endif
