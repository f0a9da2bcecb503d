/* SPDX-License-Identifier: BSD-2-Clause */
/* The shares of RAM: what Xen, each domain, the binaries and the regions take, and what is left. */
#ifndef MUSTER_AMOUNTS_H
#define MUSTER_AMOUNTS_H

#include "host/report/facts.h"

enum amount_kind { AMOUNT_XEN, AMOUNT_DOMAIN, AMOUNT_BINARIES, AMOUNT_REGION, AMOUNT_FREE };

struct amount {
    enum amount_kind kind;
    uint64_t size; /* bytes */
    const char *label;
};

struct amounts {
    struct amount *each;
    size_t count;
    uint64_t ram;  /* bytes of all banks */
    bool too_much; /* they ask for more than there is */
};

/*
 * Divides RAM among those who take of it: Xen with the least that it has for itself, domains in
 * their order, regions, all binaries together, and the rest. Each byte counts once: static
 * memory is its region's and not its domain's, and what comes out of a static heap is not the
 * heap's. A dom0 without dom0_mem= has the amount that Xen chooses. Everything belongs to the
 * facts' arena. False without memory.
 */
bool amounts_gather(struct amounts *amounts, const struct facts *facts);

#endif
