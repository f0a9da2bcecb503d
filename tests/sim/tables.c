/* SPDX-License-Identifier: BSD-2-Clause */
/* System table and configuration tables of the simulated firmware (UEFI 2.10 §4.3, §4.6). */
#include "internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static EFI_GUID tree_guid = EFI_DTB_TABLE_GUID;
static EFI_GUID acpi_guid = ACPI_20_TABLE_GUID;
static CHAR16 vendor[] = u"Simulated";

static void set_header(EFI_TABLE_HEADER *header, uint64_t signature, size_t size)
{
    header->Signature = signature;
    header->Revision = 2 << 16 | 100;
    header->HeaderSize = (UINT32)size;
    header->CRC32 = 0;
    header->CRC32 = checksum(header, size);
}

void tables_refresh(struct firmware *fw)
{
    set_header(&fw->system_table->Hdr, EFI_SYSTEM_TABLE_SIGNATURE, sizeof(*fw->system_table));
}

/* The tables move at each change: a pointer to the old ones is worth nothing. */
static void resize_tables(struct firmware *fw, size_t count)
{
    EFI_SYSTEM_TABLE *table = fw->system_table;
    EFI_CONFIGURATION_TABLE *moved = must_allocate((count + 1) * sizeof(*moved));
    size_t kept = count < table->NumberOfTableEntries ? count : table->NumberOfTableEntries;

    memset(moved, 0, (count + 1) * sizeof(*moved));
    if (kept > 0) {
        memcpy(moved, table->ConfigurationTable, kept * sizeof(*moved));
    }
    free(table->ConfigurationTable);
    table->ConfigurationTable = moved;
    table->NumberOfTableEntries = count;
}

static size_t find_table(const struct firmware *fw, const EFI_GUID *guid)
{
    const EFI_SYSTEM_TABLE *table = fw->system_table;
    size_t i = 0;

    while (i < table->NumberOfTableEntries &&
           !guid_equal(&table->ConfigurationTable[i].VendorGuid, guid)) {
        i++;
    }
    return i;
}

void *firmware_table(const struct firmware *fw, const EFI_GUID *guid)
{
    size_t at = find_table(fw, guid);

    return at < fw->system_table->NumberOfTableEntries
               ? fw->system_table->ConfigurationTable[at].VendorTable
               : NULL;
}

static EFI_STATUS change_table(struct firmware *fw, const EFI_GUID *guid, void *value)
{
    EFI_SYSTEM_TABLE *table = fw->system_table;
    size_t count = table->NumberOfTableEntries;
    size_t at = find_table(fw, guid);

    if (at == count && value == NULL) {
        return EFI_NOT_FOUND;
    }
    if (value == NULL) {
        memmove(&table->ConfigurationTable[at], &table->ConfigurationTable[at + 1],
                (count - at - 1) * sizeof(*table->ConfigurationTable));
        resize_tables(fw, count - 1);
    } else {
        resize_tables(fw, at == count ? count + 1 : count);
        table->ConfigurationTable[at].VendorGuid = *guid;
        table->ConfigurationTable[at].VendorTable = value;
    }
    tables_refresh(fw);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI install_configuration_table(EFI_GUID *guid, VOID *value)
{
    struct firmware *fw = firmware_current();
    EFI_STATUS status;

    if (guid == NULL) {
        complain(fw, "InstallConfigurationTable without a GUID");
        return EFI_INVALID_PARAMETER;
    }
    if (service_fails(fw, SERVICE_INSTALL_CONFIGURATION_TABLE, guid_name(guid), &status)) {
        return status;
    }
    return change_table(fw, guid, value);
}

/* The firmware's tree ends where its last page ends, and cannot be written. */
static void install_tree(struct firmware *fw)
{
    uint64_t pages = EFI_SIZE_TO_PAGES(fw->setup.tree_size);
    uint64_t slack = (pages * EFI_PAGE_SIZE - fw->setup.tree_size) & ~UINT64_C(7);
    uint64_t start;

    if (memory_take(fw, pages, EfiBootServicesData, false, &start) != EFI_SUCCESS) {
        die("the setup has no RAM for the device tree");
    }
    memory_open(start, pages);
    fw->tree = (void *)(start + slack);
    memcpy(fw->tree, fw->setup.tree, fw->setup.tree_size);
    memory_protect(start, pages, PROT_READ);
    change_table(fw, &tree_guid, fw->tree);
}

static void remember_tables(struct firmware *fw)
{
    size_t count = fw->system_table->NumberOfTableEntries;

    fw->initial_table_count = count;
    fw->initial_tables = must_allocate((count + 1) * sizeof(*fw->initial_tables));
    memcpy(fw->initial_tables, fw->system_table->ConfigurationTable,
           count * sizeof(*fw->initial_tables));
}

void tables_create(struct firmware *fw)
{
    EFI_SYSTEM_TABLE *table = must_allocate(sizeof(*table));

    memset(table, 0, sizeof(*table));
    fw->system_table = table;
    table->FirmwareVendor = vendor;
    table->BootServices = &fw->boot_services;
    table->RuntimeServices = &fw->runtime_services;
    set_header(&fw->boot_services.Hdr, EFI_BOOT_SERVICES_SIGNATURE, sizeof(fw->boot_services));
    set_header(&fw->runtime_services.Hdr, EFI_RUNTIME_SERVICES_SIGNATURE,
               sizeof(fw->runtime_services));
    resize_tables(fw, 0);
    if (fw->setup.acpi) {
        memcpy(fw->acpi, "RSD PTR ", 8);
        change_table(fw, &acpi_guid, fw->acpi);
    }
    if (fw->setup.tree != NULL) {
        install_tree(fw);
    }
    remember_tables(fw);
    tables_refresh(fw);
}

void tables_check(struct firmware *fw)
{
    const EFI_SYSTEM_TABLE *table = fw->system_table;

    if (fw->boot_services.Exit != fw->firmware_exit) {
        complain(fw, "the boot service Exit is not the firmware's own");
    }
    if (table->NumberOfTableEntries != fw->initial_table_count) {
        complain(fw, "there are %zu configuration tables, and were %zu",
                 (size_t)table->NumberOfTableEntries, fw->initial_table_count);
    }
    for (size_t i = 0; i < fw->initial_table_count; i++) {
        const EFI_CONFIGURATION_TABLE *before = &fw->initial_tables[i];

        if (firmware_table(fw, &before->VendorGuid) != before->VendorTable) {
            complain(fw, "configuration table %s is not the one of before",
                     guid_name(&before->VendorGuid));
        }
    }
}

void tables_destroy(struct firmware *fw)
{
    free(fw->system_table->ConfigurationTable);
    free(fw->system_table);
    free(fw->initial_tables);
}

void tables_fill_services(EFI_BOOT_SERVICES *services)
{
    services->InstallConfigurationTable = install_configuration_table;
}
