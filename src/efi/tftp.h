/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of a TFTP server, for a loader that came by PXE. */
#ifndef MUSTER_TFTP_H
#define MUSTER_TFTP_H

#include "efi/firmware.h"

#define TFTP_NAME_MAX 512U /* bytes of the boot file's name, with its end */

struct tftp {
    struct firmware *firmware;
    EFI_PXE_BASE_CODE_PROTOCOL *pxe;
    EFI_IP_ADDRESS server;
    bool is_silent;            /* the server has not answered once: it is not asked again */
    bool is_rooted;            /* the boot file's name began with '/', so all names do */
    char image[TFTP_NAME_MAX]; /* the boot file, absolute */
};

/*
 * Finds the server and the boot file in what the DHCP servers have answered. False if the loader
 * did not come by PXE over IPv4. UEFI 2.10 §24.3, RFC 2132.
 */
bool tftp_open(struct tftp *tftp, struct firmware *firmware);

/*
 * The server's files; the volume refers to `tftp`. A file has to be read in one piece, and shows
 * how much of it has come. PLATFORM_NO_VOLUME from a firmware that has PXE, but loads no files.
 */
struct volume tftp_volume(struct tftp *tftp);

#endif
