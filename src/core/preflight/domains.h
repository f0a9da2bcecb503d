/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of domains: what each asks for, alone and together with the others. */
#ifndef MUSTER_DOMAINS_H
#define MUSTER_DOMAINS_H

#include "core/preflight/check.h"

void check_domains(const struct check *check);

#endif
