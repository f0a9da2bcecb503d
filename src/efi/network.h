/* SPDX-License-Identifier: BSD-2-Clause */
/* The server that the loader came from, and what else of its files the firmware can fetch. */
#ifndef MUSTER_NETWORK_H
#define MUSTER_NETWORK_H

#include "efi/firmware.h"

/*
 * For a loader that was not started from a file system. The firmware's volume becomes the server
 * that it came from; without one, a volume on which no file can be opened: PLATFORM_NO_VOLUME. Only
 * memory can be lacking. network_close ends it in any case.
 */
EFI_STATUS network_open(struct firmware *firmware);
void network_close(struct firmware *firmware);

/* Ends connections that are only kept because another file may be fetched. */
void network_rest(const struct firmware *firmware);

/* The loader's own file on its server, absolute; NULL if it did not come from one. */
const char *network_image_name(const struct firmware *firmware);

#endif
