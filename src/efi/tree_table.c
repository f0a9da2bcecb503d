/* SPDX-License-Identifier: BSD-2-Clause */
/* The device tree in the firmware's configuration table. */
#include "efi/tree_table.h"

#include <string.h>

static EFI_GUID tree_guid = {
    0xb1b621d5, 0xf19c, 0x41a5, {0x83, 0x0b, 0xd9, 0x15, 0x2c, 0x69, 0xaa, 0xe0}};

void *tree_table_get(const struct firmware *firmware)
{
    const EFI_CONFIGURATION_TABLE *tables = firmware->table->ConfigurationTable;

    for (UINTN at = 0; at < firmware->table->NumberOfTableEntries; at++)
        if (memcmp(&tables[at].VendorGuid, &tree_guid, sizeof(tree_guid)) == 0)
            return tables[at].VendorTable;
    return NULL;
}

EFI_STATUS tree_table_set(const struct firmware *firmware, void *tree)
{
    return firmware->boot->InstallConfigurationTable(&tree_guid, tree);
}
