/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of the console that the kernel of a domain is told to use. */
#ifndef MUSTER_CONSOLE_H
#define MUSTER_CONSOLE_H

#include "core/preflight/check.h"

/* Warns when a domain has none of the consoles that its kernel is told to use. */
void check_console(const struct check *check, const struct domain *domain);

#endif
