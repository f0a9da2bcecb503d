/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage handover: the tree is installed and Xen started; if Xen returns, all that is undone. */
#ifndef MUSTER_HANDOVER_H
#define MUSTER_HANDOVER_H

#include "core/system.h"
#include "efi/firmware.h"

/*
 * Starts Xen with a system that is complete. Returns only on a failure, which is added to the
 * diagnostics, with the status of what failed and the firmware's own device tree table back in its
 * place. The pages of the binaries stay the system's.
 */
EFI_STATUS handover(const struct firmware *firmware, struct system *system);

#endif
