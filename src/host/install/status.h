/* SPDX-License-Identifier: BSD-2-Clause */
/* Tells what is installed on an EFI system partition, and whether it would boot. */
#ifndef MUSTER_STATUS_H
#define MUSTER_STATUS_H

#include <stdbool.h>

/*
 * Prints the status of the partition at `esp`, NULL to find it. *is_good: something is installed,
 * and the section that boots by default has no errors. False after a message.
 */
bool status_print(const char *esp, bool *is_good);

#endif
