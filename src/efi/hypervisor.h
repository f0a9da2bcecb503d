/* SPDX-License-Identifier: BSD-2-Clause */
/* Xen as a program of the firmware: loaded from memory, started, unloaded. */
#ifndef MUSTER_HYPERVISOR_H
#define MUSTER_HYPERVISOR_H

#include "efi/pe_loader.h"

#include "core/system.h"

/* It may refer to itself, so it must not move. */
struct hypervisor {
    EFI_HANDLE image;         /* as LoadImage made it; NULL under a seal */
    struct loaded_pe program; /* under a seal */
};

/*
 * Loads Xen from the pages that its file was read to, which stay its own. The firmware does it, and
 * may ask for a signature; under a seal the digest is what counts, and the loader does it by
 * itself. Errors are added to the diagnostics. After EFI_SUCCESS hypervisor_unload gives it back.
 */
EFI_STATUS hypervisor_load(const struct firmware *firmware, struct system *system,
                           struct hypervisor *hypervisor);

/* Starts Xen; its status when it comes back, which is added as an error. */
EFI_STATUS hypervisor_start(const struct firmware *firmware, struct system *system,
                            struct hypervisor *hypervisor);

void hypervisor_unload(const struct firmware *firmware, struct hypervisor *hypervisor);

#endif
