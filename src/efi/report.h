/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors of the firmware's services as diagnostics. */
#ifndef MUSTER_EFI_REPORT_H
#define MUSTER_EFI_REPORT_H

#include "core/system.h"
#include "efi/firmware.h"

/* Words for the status of a service that is not about files; static. */
const char *status_text(EFI_STATUS status);

/* Adds the error "SUBJECT WHAT: REASON (status …)", with a hint if the reason is a signature. */
void report_status(struct system *system, const char *subject, const char *what, EFI_STATUS status);

#endif
