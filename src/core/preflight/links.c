/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of what nodes say of each other by phandle: CPU pools, CPUs and event channels. */
#include "core/preflight/links.h"

#include "core/preflight/affinity.h"
#include "core/preflight/channels.h"
#include "core/preflight/pools.h"
#include "core/preflight/targets.h"

void check_links(const struct check *check)
{
    struct targets targets;

    targets_find(&targets, check);
    check_pools(&targets);
    check_affinity(&targets);
    check_channels(&targets);
}
