/* SPDX-License-Identifier: BSD-2-Clause */
/* EFI_DT_FIXUP_PROTOCOL: the firmware completes a device tree that it did not make. */
#ifndef MUSTER_FIXUP_H
#define MUSTER_FIXUP_H

#include "efi/firmware.h"

#define EFI_DT_FIXUP_PROTOCOL_GUID                                                                 \
    {                                                                                              \
        0xe617d64c, 0xfe08, 0x46da,                                                                \
        {                                                                                          \
            0xf4, 0xdc, 0xbb, 0xd5, 0x87, 0x0c, 0x73, 0x00                                         \
        }                                                                                          \
    }

#define EFI_DT_APPLY_FIXUPS   1U
#define EFI_DT_RESERVE_MEMORY 2U

/* The protocol as published with U-Boot (EFI_DT_FIXUP_PROTOCOL revision 1.0). */
struct dt_fixup_protocol {
    UINT64 revision;
    EFI_STATUS(EFIAPI *fixup)
    (struct dt_fixup_protocol *this, void *tree, UINTN *size, UINT32 flags);
};

/*
 * core's platform call; PLATFORM_UNSUPPORTED where the firmware has no such protocol. The firmware
 * also reserves what the tree reserves, in its memory block and under /reserved-memory, until the
 * machine is reset.
 */
enum platform_status fixup_apply(void *context, void *tree, size_t *capacity);

#endif
