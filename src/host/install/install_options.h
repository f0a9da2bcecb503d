/* SPDX-License-Identifier: BSD-2-Clause */
/* The options that commands about an installation share. */
#ifndef MUSTER_INSTALL_OPTIONS_H
#define MUSTER_INSTALL_OPTIONS_H

#include <stdbool.h>

#include "host/install/install.h"
#include "host/machine/host_request.h"

#define INSTALL_LABEL "Muster" /* of the boot entry */

enum install_option {
    INSTALL_OPTION_ESP = HOST_OPTION_OTHER,
    INSTALL_OPTION_NO_ENTRY,
    INSTALL_OPTION_LABEL,
    INSTALL_OPTION_ONCE,
    INSTALL_OPTION_KERNEL,
    INSTALL_OPTION_RAMDISK,
    INSTALL_OPTION_XEN,
};

/* Their entries in the table of long options: the two that all commands have. */
#define INSTALL_OPTIONS                                                                            \
    {"esp", required_argument, NULL, INSTALL_OPTION_ESP},                                          \
    {                                                                                              \
        "no-entry", no_argument, NULL, INSTALL_OPTION_NO_ENTRY                                     \
    }

/* The two, as --help explains them. */
#define INSTALL_OPTIONS_HELP                                                                       \
    "  --esp DIR        where the EFI system partition is mounted; default: /boot/efi, /efi or\n"  \
    "                   /boot\n"                                                                   \
    "  --no-entry       leave the boot entries of this machine as they are\n"

/* Takes an option into a request, which keeps the argument. False if it is none of these. */
bool install_option_take(struct install_request *request, int option, const char *argument);

#endif
