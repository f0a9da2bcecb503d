/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of the command line of a domain: whether Xen finds it again. */
#ifndef MUSTER_COMMAND_LINES_H
#define MUSTER_COMMAND_LINES_H

#include "core/preflight/check.h"

/* Warns of what makes a domain, other than dom0, start without its command line. */
void check_command_lines(const struct check *check, const struct domain *domain);

#endif
