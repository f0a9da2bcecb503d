/* SPDX-License-Identifier: BSD-2-Clause */
/* Device paths: the file name in one, and the path of a file on the loader's partition. */
#ifndef MUSTER_DEVICE_PATH_H
#define MUSTER_DEVICE_PATH_H

#include "efi/firmware.h"

/*
 * The name of the file that the loader was started from: absolute, with '/', from the pool. When
 * the firmware does not tell, "/muster.efi". NULL without memory.
 */
char *device_path_image_name(const struct firmware *firmware);

/*
 * The full device path of the file `name` on the loader's partition, from the pool; NULL without
 * memory. UEFI 2.10 §10.3.5.4.
 */
EFI_DEVICE_PATH *device_path_of_file(const struct firmware *firmware, const char *name);

/* Bytes of a path, with its end. */
size_t device_path_size(const EFI_DEVICE_PATH *path);

/* The part of such a path that names the file, as the loaded-image protocol has it. */
EFI_DEVICE_PATH *device_path_file_part(EFI_DEVICE_PATH *path);

#endif
