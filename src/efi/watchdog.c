/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware's watchdog, which resets a machine whose boot option makes no progress. */
#include "efi/watchdog.h"

#define SECONDS 300U     /* the time that boot managers give */
#define CODE    0x10000U /* smaller ones are the firmware's */

void watchdog_feed(struct firmware *firmware)
{
    if (!EFI_ERROR(firmware->boot->SetWatchdogTimer(SECONDS, CODE, 0, NULL)))
        firmware->has_set_watchdog = true;
}

void watchdog_stop(struct firmware *firmware)
{
    if (firmware->has_set_watchdog)
        firmware->boot->SetWatchdogTimer(0, CODE, 0, NULL);
    firmware->has_set_watchdog = false;
}
