/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of the loader's partition, read through the simple file system protocol. */
#ifndef MUSTER_FILES_H
#define MUSTER_FILES_H

#include "efi/firmware.h"

/* The loader's partition as a volume; it refers to `firmware`. */
struct volume files_volume(struct firmware *firmware);

/*
 * Calls `each` with the name of each file in a directory, as struct platform has it; `context` is
 * the firmware. UEFI 2.10 §13.5.
 */
void files_list(void *context, const char *directory, bool (*each)(void *data, const char *name),
                void *data);

#endif
