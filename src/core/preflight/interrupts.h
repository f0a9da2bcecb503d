/* SPDX-License-Identifier: BSD-2-Clause */
/* The interrupts of a device: the shared ones of the machine's interrupt controller. */
#ifndef MUSTER_INTERRUPTS_H
#define MUSTER_INTERRUPTS_H

#include <libfdt.h>

#include "core/preflight/check.h"

/* The interrupts that Xen gives to a domain for an nr_spis: it gives 32 at a time. */
static inline uint64_t interrupts_given(uint32_t nr_spis)
{
    return ((uint64_t)nr_spis + 31) / 32 * 32;
}

/* Interrupts of a node that go to the interrupt controller. */
struct interrupts {
    const fdt32_t *cells; /* three for each: kind, number, flags */
    size_t count;
};

/* An interrupt. */
struct interrupt {
    bool is_shared;  /* it is no interrupt of one processor */
    uint32_t number; /* among those of its kind */
};

/* The interrupts of a node (Devicetree Specification §2.4.1), none where others serve them. */
struct interrupts interrupts_of(const struct check *check, int node);

/* Interrupt number `at`, which is one of them. */
struct interrupt interrupt_at(const struct interrupts *interrupts, size_t at);

#endif
