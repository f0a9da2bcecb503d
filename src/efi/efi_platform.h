/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware behind core's interface: found and opened for a run of the loader. */
#ifndef MUSTER_EFI_PLATFORM_H
#define MUSTER_EFI_PLATFORM_H

#include "efi/firmware.h"

/*
 * Finds the loader's own image and opens its partition, or the server that it came from. On an
 * error, which is printed, nothing stays open.
 */
EFI_STATUS platform_open(struct firmware *firmware, EFI_HANDLE image, EFI_SYSTEM_TABLE *table);
void platform_close(struct firmware *firmware);

/* The firmware as core's platform; it keeps a pointer to `firmware`. */
struct platform platform_of(struct firmware *firmware);

#endif
