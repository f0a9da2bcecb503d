/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of the machine's IOMMU. */
#ifndef MUSTER_IOMMU_H
#define MUSTER_IOMMU_H

#include "core/preflight/check.h"

/* True if the machine has an IOMMU that the Xen at hand drives, and is not told to leave alone. */
bool iommu_is_used(const struct check *check);

/* Reports an IOMMU that is demanded, but not there. */
void check_iommu(const struct check *check);

#endif
