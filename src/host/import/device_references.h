/* SPDX-License-Identifier: BSD-2-Clause */
/* References of a device: the properties that name other nodes by phandle. */
#ifndef MUSTER_DEVICE_REFERENCES_H
#define MUSTER_DEVICE_REFERENCES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * True for a property about what only the machine's owner manages: IOMMU, reset lines, power
 * domains, pins, memory for DMA. A domain's device does without it.
 */
bool reference_is_of_machine(const char *name);

/*
 * The node that entry `at` of a property refers to, where the property is one that does so; a
 * negative libfdt error where there is none.
 */
int reference_target(const void *fdt, int node, const char *name, size_t at);

#endif
