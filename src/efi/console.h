/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware's text console, for UTF-8. */
#ifndef MUSTER_CONSOLE_H
#define MUSTER_CONSOLE_H

#include "efi/firmware.h"

/* Prints UTF-8; '\n' becomes CR LF. Without a console it does nothing. */
void console_print(const struct firmware *firmware, const char *text);

/* core's platform call for progress: a bar, only for files that take a while. */
void console_progress(void *context, const char *name, uint64_t done, uint64_t total);

/* Ends the line of a bar that is not complete, as the file could not be read further. */
void console_end_bar(struct firmware *firmware);

#endif
