/* SPDX-License-Identifier: BSD-2-Clause */
/* Advice: what would have the domains of a system up sooner, and what each thing costs. */
#ifndef MUSTER_ADVICE_H
#define MUSTER_ADVICE_H

#include "host/report/facts.h"

/*
 * Adds a note to the diagnostics of the system for each thing that takes time at its boot and that
 * its files can do without. False without memory.
 */
bool advice_add(const struct facts *facts);

#endif
