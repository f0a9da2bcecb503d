/* SPDX-License-Identifier: BSD-2-Clause */
/* EFI_MEMORY_ATTRIBUTE_PROTOCOL: the protection of pages against writing and execution. */
#ifndef MUSTER_MEMORY_ATTRIBUTES_H
#define MUSTER_MEMORY_ATTRIBUTES_H

#include "efi/firmware.h"

#ifndef EFI_MEMORY_RO
#define EFI_MEMORY_RO 0x20000U
#endif

struct memory_attribute_protocol;

/* The firmware's protocol, or NULL. Without it the firmware protects no code that is loaded. */
struct memory_attribute_protocol *memory_attributes_find(const struct firmware *firmware);

/*
 * Gives whole pages the protection `attributes` (EFI_MEMORY_RO, EFI_MEMORY_XP), and takes what is
 * not named. EFI_SUCCESS without a protocol. UEFI 2.10 §37.
 */
EFI_STATUS memory_attributes_set(struct memory_attribute_protocol *protocol, uint64_t address,
                                 uint64_t bytes, uint64_t attributes);

#endif
