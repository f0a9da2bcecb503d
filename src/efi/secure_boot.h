/* SPDX-License-Identifier: BSD-2-Clause */
/* Secure Boot: whether the firmware starts signed programs alone. */
#ifndef MUSTER_SECURE_BOOT_H
#define MUSTER_SECURE_BOOT_H

#include "efi/firmware.h"

/*
 * True with Secure Boot on: the variable SecureBoot is 1, and SetupMode, in which anybody may
 * change the keys, is not (UEFI 2.10 §3.3, §32.3). Firmware without the variable has it off. A
 * variable that is there and cannot be read counts as on.
 */
bool secure_boot_is_on(const struct firmware *firmware);

#endif
