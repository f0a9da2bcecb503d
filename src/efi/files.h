/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of the loader's partition, read through the simple file system protocol. */
#ifndef MUSTER_FILES_H
#define MUSTER_FILES_H

#include "efi/firmware.h"

/* core's platform calls for files; `context` is the firmware. UEFI 2.10 §13.5. */
enum platform_status files_open(void *context, const char *name, struct platform_file **file,
                                uint64_t *size);
enum platform_status files_read(void *context, struct platform_file *file, void *buffer,
                                size_t bytes);
void files_close(void *context, struct platform_file *file);
void files_list(void *context, const char *directory, bool (*each)(void *data, const char *name),
                void *data);

#endif
