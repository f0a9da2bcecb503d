/* SPDX-License-Identifier: BSD-2-Clause */
/* The Boot Loader Interface: variables by which systemd-analyze in dom0 shows the loader. */
#ifndef MUSTER_LOADER_VARIABLES_H
#define MUSTER_LOADER_VARIABLES_H

#include "efi/firmware.h"

/*
 * Sets LoaderTimeInitUSec (`started`, in microseconds), LoaderTimeExecUSec (now),
 * LoaderInfo and LoaderImageIdentifier (`image`, with '/'), but for those that an earlier loader
 * has set. Firmware that keeps no variables does without. Returns the set of those written, for
 * loader_variables_remove. https://systemd.io/BOOT_LOADER_INTERFACE
 */
unsigned loader_variables_write(const struct firmware *firmware, const char *image,
                                uint64_t started);

/* Removes the variables that loader_variables_write has set. */
void loader_variables_remove(const struct firmware *firmware, unsigned written);

#endif
