/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware's watchdog, which resets a machine whose boot option makes no progress. */
#ifndef MUSTER_WATCHDOG_H
#define MUSTER_WATCHDOG_H

#include "efi/firmware.h"

/*
 * Gives the loader five more minutes, as the boot manager gave it at first (UEFI 2.10 §7.5). It is
 * called whenever a piece of a file was read, so that a slow disk is not a reason for a reset.
 */
void watchdog_feed(struct firmware *firmware);

/*
 * Turns the watchdog off if the loader has set it: for the return to the firmware. A boot manager
 * does so as well (UEFI 2.10 §3.1.2), and a shell has it off.
 */
void watchdog_stop(struct firmware *firmware);

#endif
