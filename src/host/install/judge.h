/* SPDX-License-Identifier: BSD-2-Clause */
/* The last look at a section before it is installed. */
#ifndef MUSTER_JUDGE_H
#define MUSTER_JUDGE_H

#include <stdbool.h>

#include "host/machine/host_system.h"

/*
 * Shows what is wrong with a section, under its name; with `is_quiet` only where it cannot be
 * started. True if it can. The boot state is left out of it: that is made when the system is put in
 * place.
 */
bool judge(struct host_system *host, bool is_quiet);

#endif
