/* SPDX-License-Identifier: BSD-2-Clause */
/* The addresses of a device: its registers, as the processors of the machine see them. */
#ifndef MUSTER_DEVICE_ADDRESS_H
#define MUSTER_DEVICE_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/tree/trail.h"

/* True if processors reach the children of a node (Devicetree Specification §2.3.8, ranges). */
bool device_is_bus(const void *fdt, int node);

/*
 * Entry `at` of the reg of a node, as the processors see it: translated by the ranges of every bus
 * above it. False where there is no such entry, or a bus does not map it.
 */
bool device_address(const void *fdt, int node, size_t at, struct trail_span *span);

#endif
