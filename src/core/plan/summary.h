/* SPDX-License-Identifier: BSD-2-Clause */
/* The system in lines of text, for a person at a console. */
#ifndef MUSTER_SUMMARY_H
#define MUSTER_SUMMARY_H

#include "core/base/diagnostic.h"
#include "core/config/choose.h"
#include "core/plan/plan.h"
#include "core/tree/tree.h"

/*
 * The system to boot: the file and section, and a line for each domain with its vCPUs, memory and
 * binaries. Lines end with '\n'. In the arena; NULL without memory.
 */
const char *summary_of_domains(struct arena *arena, const struct boot_section *section,
                               const struct tree *tree, const struct plan *plan);

/* A line for each binary with its size and address. As summary_of_domains. */
const char *summary_of_binaries(struct arena *arena, const struct plan *plan);

/* All diagnostics with their hints, then how many there are; "" when there are none. */
const char *summary_of_diagnostics(const struct diagnostics *diagnostics);

#endif
