/* SPDX-License-Identifier: BSD-2-Clause */
/* The device tree in the firmware's configuration table. */
#ifndef MUSTER_TREE_TABLE_H
#define MUSTER_TREE_TABLE_H

#include "efi/firmware.h"

/* The tree that the configuration table holds, or NULL (EBBR, "Devicetree"). */
void *tree_table_get(const struct firmware *firmware);

/* Puts `tree` there; NULL removes the entry. UEFI 2.10 §7.5.6. */
EFI_STATUS tree_table_set(const struct firmware *firmware, void *tree);

#endif
