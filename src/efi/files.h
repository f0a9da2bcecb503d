/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of the loader's partition, read through the simple file system protocol. */
#ifndef MUSTER_FILES_H
#define MUSTER_FILES_H

#include "efi/firmware.h"

/* The loader's partition as a volume; it refers to `firmware`. */
struct volume files_volume(struct firmware *firmware);

/*
 * Opens what is there under an absolute name of the partition, with '/' between its parts; `mode`
 * is EFI_FILE_MODE_READ, with EFI_FILE_MODE_WRITE or not. The caller closes *handle.
 */
EFI_STATUS files_open_name(const struct firmware *firmware, const char *name, UINT64 mode,
                           EFI_FILE_HANDLE *handle);

/*
 * Calls `each` with the name of each file in a directory, as struct platform has it; `context` is
 * the firmware. UEFI 2.10 §13.5.
 */
void files_list(void *context, const char *directory, bool (*each)(void *data, const char *name),
                void *data);

#endif
