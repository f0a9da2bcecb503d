/* SPDX-License-Identifier: BSD-2-Clause */
/* Device paths: names of files and addresses of the network in one, and one for a file. */
#ifndef MUSTER_DEVICE_PATH_H
#define MUSTER_DEVICE_PATH_H

#include "efi/firmware.h"
#include "efi/http_protocol.h"

/*
 * The name of the file that the loader was started from: absolute, with '/', from the pool. When
 * the firmware does not tell, "/muster.efi". NULL without memory.
 */
char *device_path_image_name(const struct firmware *firmware);

/* The last URI in a path and its length in bytes, or NULL. UEFI 2.10 §10.3.4.23. */
const char *device_path_uri(const EFI_DEVICE_PATH *path, size_t *length);

/*
 * The machine's own address in a path, if it has one: it goes to *ipv4 or *ipv6, which stay as they
 * are otherwise. UEFI 2.10 §10.3.4.12 and §10.3.4.13.
 */
void device_path_addresses(const EFI_DEVICE_PATH *path, struct http_ipv4 *ipv4,
                           struct http_ipv6 *ipv6, bool *is_ipv6);

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
