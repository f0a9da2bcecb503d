/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes away from an EFI system partition what install put there. */
#ifndef MUSTER_REMOVE_H
#define MUSTER_REMOVE_H

#include <stdbool.h>

/*
 * Removes what install wrote to the partition at `esp`, NULL to find it, as far as nobody changed
 * it, and the boot entry, unless `has_no_entry`. What was done is printed. False after a message.
 */
bool install_remove(const char *esp, bool has_no_entry);

#endif
