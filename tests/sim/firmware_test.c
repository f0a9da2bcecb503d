/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of the simulated firmware: unless it behaves as UEFI says, it proves nothing. */
#include "firmware.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <libfdt.h>

#define PAGE EFI_PAGE_SIZE

static EFI_GUID loaded_image_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
static EFI_GUID volume_guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
static EFI_GUID device_path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
static EFI_GUID file_info_guid = EFI_FILE_INFO_ID;
static EFI_GUID tree_guid = EFI_DTB_TABLE_GUID;

/* A machine for one test, with its volume in a directory that is removed at the end. */
struct machine {
    struct firmware_setup setup;
    struct firmware *fw;
    EFI_BOOT_SERVICES *services;
    char volume[64];
};

static void put(const struct machine *machine, const char *name, const void *bytes, size_t size)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", machine->volume, name);
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

static void start(struct machine *machine)
{
    machine->setup.volume = machine->volume;
    machine->fw = firmware_create(&machine->setup);
    machine->services = firmware_system_table(machine->fw)->BootServices;
}

static int set_up(void **state)
{
    struct machine *machine = calloc(1, sizeof(*machine));
    char directory[128];

    strcpy(machine->volume, "/tmp/firmware_test.XXXXXX");
    if (mkdtemp(machine->volume) == NULL) {
        return -1;
    }
    snprintf(directory, sizeof(directory), "%s/EFI", machine->volume);
    mkdir(directory, 0777);
    *state = machine;
    return 0;
}

static int tear_down(void **state)
{
    struct machine *machine = *state;
    char command[128];

    if (machine->fw != NULL) {
        firmware_destroy(machine->fw);
    }
    snprintf(command, sizeof(command), "rm -r %s", machine->volume);
    free(machine);
    return system(command);
}

static void expect_clean(struct machine *machine)
{
    firmware_check_clean(machine->fw);
    assert_string_equal(firmware_complaints(machine->fw), "");
}

static void expect_complaint(struct machine *machine, const char *part)
{
    firmware_check_clean(machine->fw);
    if (strstr(firmware_complaints(machine->fw), part) == NULL) {
        fail_msg("no \"%s\" in: %s", part, firmware_complaints(machine->fw));
    }
}

/* Memory */

static void pages_are_backed_and_not_zero(void **state)
{
    struct machine *machine = *state;
    EFI_PHYSICAL_ADDRESS at;
    uint8_t *bytes;

    start(machine);
    assert_int_equal(machine->services->AllocatePages(AllocateAnyPages, EfiLoaderData, 3, &at), 0);
    assert_true(at >= 0x40000000 && at < 0x7fe00000);
    bytes = (uint8_t *)at;
    assert_int_not_equal(bytes[0], 0);
    memset(bytes, 1, 3 * PAGE);
    assert_true(firmware_owns(machine->fw, at, 3 * PAGE));
    assert_false(firmware_owns(machine->fw, at, 3 * PAGE + 1));
    assert_int_equal(machine->services->FreePages(at, 3), 0);
    assert_false(firmware_owns(machine->fw, at, 1));
    expect_clean(machine);
}

static void pages_can_be_freed_in_parts(void **state)
{
    struct machine *machine = *state;
    EFI_PHYSICAL_ADDRESS at;

    start(machine);
    assert_int_equal(machine->services->AllocatePages(AllocateAnyPages, EfiLoaderData, 5, &at), 0);
    assert_int_equal(machine->services->FreePages(at + PAGE, 2), 0);
    assert_int_equal(machine->services->FreePages(at + 3 * PAGE, 2), 0);
    assert_int_equal(machine->services->FreePages(at, 1), 0);
    expect_clean(machine);
}

static void pages_at_an_address(void **state)
{
    struct machine *machine = *state;
    EFI_PHYSICAL_ADDRESS at = 0x41000000;
    EFI_BOOT_SERVICES *bs;

    start(machine);
    bs = machine->services;
    assert_int_equal(bs->AllocatePages(AllocateAddress, EfiLoaderData, 16, &at), 0);
    assert_int_equal(at, 0x41000000);
    at += 8 * PAGE;
    assert_int_equal(bs->AllocatePages(AllocateAddress, EfiLoaderData, 16, &at), EFI_NOT_FOUND);
    at = 0x42000000; /* the firmware's own */
    assert_int_equal(bs->AllocatePages(AllocateAddress, EfiLoaderData, 1, &at), EFI_NOT_FOUND);
    at = 0x80000000; /* no RAM */
    assert_int_equal(bs->AllocatePages(AllocateAddress, EfiLoaderData, 1, &at), EFI_NOT_FOUND);
    at = 0x41800000;
    assert_int_equal(bs->AllocatePages(AllocateMaxAddress, EfiLoaderData, 1, &at), 0);
    assert_true(at < 0x41800000);
    bs->FreePages(at, 1);
    bs->FreePages(0x41000000, 16);
    expect_clean(machine);
}

static void memory_runs_out(void **state)
{
    static const struct firmware_region small[] = {{0x50000000, 8, EfiConventionalMemory}};
    struct machine *machine = *state;
    EFI_PHYSICAL_ADDRESS at;
    void *pool;

    machine->setup.regions = small;
    machine->setup.region_count = 1;
    start(machine);
    assert_int_equal(machine->services->AllocatePages(AllocateAnyPages, EfiLoaderData, 9, &at),
                     EFI_OUT_OF_RESOURCES);
    assert_int_equal(machine->services->AllocatePages(AllocateAnyPages, EfiLoaderData, 8, &at), 0);
    assert_int_equal(machine->services->AllocatePool(EfiLoaderData, 1, &pool),
                     EFI_OUT_OF_RESOURCES);
    machine->services->FreePages(at, 8);
    expect_clean(machine);
}

static void leaked_and_twice_freed_memory_is_reported(void **state)
{
    struct machine *machine = *state;
    EFI_PHYSICAL_ADDRESS at;
    void *pool;

    start(machine);
    machine->services->AllocatePages(AllocateAnyPages, EfiLoaderData, 2, &at);
    assert_int_equal(machine->services->FreePages(at, 3), EFI_NOT_FOUND);
    machine->services->FreePages(at, 1);
    assert_int_equal(machine->services->FreePages(at, 1), EFI_NOT_FOUND);
    assert_int_equal(machine->services->AllocatePool(EfiLoaderData, 33, &pool), 0);
    assert_int_equal(machine->services->FreePool((uint8_t *)pool + 8), EFI_INVALID_PARAMETER);
    expect_complaint(machine, "FreePages of 3 pages");
    expect_complaint(machine, "FreePages of 1 pages");
    expect_complaint(machine, "1 pages at");
    expect_complaint(machine, "which is not allocated");
    expect_complaint(machine, "33 bytes of pool");
}

static void memory_map_is_larger_than_it_looks(void **state)
{
    struct machine *machine = *state;
    UINTN size = 0;
    UINTN key;
    UINTN stride;
    UINTN larger = 0;
    UINT32 version;
    UINT64 pages = 0;
    uint8_t *map;
    EFI_BOOT_SERVICES *bs;

    start(machine);
    bs = machine->services;
    assert_int_equal(bs->GetMemoryMap(&size, NULL, &key, &stride, &version), EFI_BUFFER_TOO_SMALL);
    assert_true(stride > sizeof(EFI_MEMORY_DESCRIPTOR));
    assert_int_equal(version, 1);
    assert_int_equal(bs->AllocatePool(EfiLoaderData, size + 4 * stride, (void **)&map), 0);
    assert_int_equal(bs->GetMemoryMap(&larger, NULL, &key, &stride, &version),
                     EFI_BUFFER_TOO_SMALL);
    assert_true(larger > size); /* the pool for the map changed the map */
    size += 4 * stride;
    assert_int_equal(bs->GetMemoryMap(&size, (EFI_MEMORY_DESCRIPTOR *)map, &key, &stride, &version),
                     0);
    assert_int_equal(size, larger);
    for (size_t at = 0; at < size; at += stride) {
        EFI_MEMORY_DESCRIPTOR descriptor;

        memcpy(&descriptor, map + at, sizeof(descriptor));
        pages += descriptor.NumberOfPages;
    }
    assert_int_equal(pages, 0x3fe00 + 1);
    bs->FreePool(map);
    expect_clean(machine);
}

static void memory_map_key_changes(void **state)
{
    struct machine *machine = *state;
    uint8_t map[4096];
    UINTN size = sizeof(map);
    UINTN before;
    UINTN after;
    UINTN stride;
    UINT32 version;
    void *pool;

    start(machine);
    machine->services->GetMemoryMap(&size, (void *)map, &before, &stride, &version);
    machine->services->AllocatePool(EfiLoaderData, 8, &pool);
    machine->services->FreePool(pool);
    size = sizeof(map);
    machine->services->GetMemoryMap(&size, (void *)map, &after, &stride, &version);
    assert_int_not_equal(before, after);
}

static void cleaned_memory_must_not_change(void **state)
{
    struct machine *machine = *state;
    EFI_PHYSICAL_ADDRESS at;

    start(machine);
    machine->services->AllocatePages(AllocateAnyPages, EfiLoaderData, 1, &at);
    assert_false(firmware_is_cleaned(machine->fw, at, 100));
    firmware_clean_cache(machine->fw, at, 100);
    assert_true(firmware_is_cleaned(machine->fw, at, 100));
    assert_false(firmware_is_cleaned(machine->fw, at, 101));
    *(uint8_t *)at ^= 1;
    assert_false(firmware_is_cleaned(machine->fw, at, 100));
}

/* Handles */

static void protocols_of_handles(void **state)
{
    struct machine *machine = *state;
    EFI_HANDLE self;
    EFI_LOADED_IMAGE_PROTOCOL *image;
    void *interface;
    EFI_BOOT_SERVICES *bs;

    machine->setup.image_path = "\\EFI\\BOOT\\BOOTAA64.EFI";
    start(machine);
    bs = machine->services;
    self = firmware_image(machine->fw);
    assert_int_equal(bs->HandleProtocol(self, &loaded_image_guid, (void **)&image), 0);
    assert_int_equal(bs->HandleProtocol(self, &volume_guid, &interface), EFI_UNSUPPORTED);
    assert_int_equal(bs->HandleProtocol(image->DeviceHandle, &volume_guid, &interface), 0);
    assert_int_equal(bs->HandleProtocol(image->DeviceHandle, &device_path_guid, &interface), 0);
    assert_int_equal(bs->OpenProtocol(self, &loaded_image_guid, (void **)&image, self, NULL,
                                      EFI_OPEN_PROTOCOL_GET_PROTOCOL),
                     0);
    expect_clean(machine); /* GET_PROTOCOL need not be closed */
    assert_int_equal(bs->OpenProtocol(self, &loaded_image_guid, (void **)&image, self, NULL,
                                      EFI_OPEN_PROTOCOL_EXCLUSIVE),
                     0);
    firmware_check_clean(machine->fw);
    assert_string_not_equal(firmware_complaints(machine->fw), "");
    assert_int_equal(bs->CloseProtocol(self, &loaded_image_guid, self, NULL), 0);
}

static void optional_parts_can_be_missing(void **state)
{
    struct machine *machine = *state;
    EFI_LOADED_IMAGE_PROTOCOL *image;

    machine->setup.no_device = true;
    machine->setup.no_console = true;
    start(machine);
    machine->services->HandleProtocol(firmware_image(machine->fw), &loaded_image_guid,
                                      (void **)&image);
    assert_null(image->DeviceHandle);
    assert_null(image->FilePath);
    assert_null(image->LoadOptions);
    assert_null(firmware_system_table(machine->fw)->ConOut);
}

static void a_service_that_is_not_simulated_complains(void **state)
{
    struct machine *machine = *state;
    EFI_HANDLE handle = NULL;

    start(machine);
    assert_int_equal(
        machine->services->ReinstallProtocolInterface(handle, &volume_guid, NULL, NULL),
        EFI_UNSUPPORTED);
    assert_int_equal(machine->services->InstallMultipleProtocolInterfaces(
                         &handle, &volume_guid, NULL, &loaded_image_guid, NULL, NULL),
                     EFI_UNSUPPORTED);
    expect_complaint(machine, "ReinstallProtocolInterface was called");
    expect_complaint(machine, "InstallMultipleProtocolInterfaces was called");
}

/* Files */

static EFI_FILE_PROTOCOL *open_root(struct machine *machine)
{
    EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *volume;
    EFI_FILE_PROTOCOL *root;

    assert_int_equal(machine->services->LocateProtocol(&volume_guid, NULL, (void **)&volume), 0);
    assert_int_equal(volume->OpenVolume(volume, &root), 0);
    return root;
}

static EFI_STATUS try_open(EFI_FILE_PROTOCOL *from, const CHAR16 *name)
{
    EFI_FILE_PROTOCOL *file;
    EFI_STATUS status = from->Open(from, &file, (CHAR16 *)name, EFI_FILE_MODE_READ, 0);

    if (status == EFI_SUCCESS) {
        file->Close(file);
    }
    return status;
}

static void names_are_those_of_fat(void **state)
{
    struct machine *machine = *state;
    EFI_FILE_PROTOCOL *root;
    EFI_FILE_PROTOCOL *directory;
    EFI_FILE_PROTOCOL *file;

    put(machine, "EFI/Muster.cfg", "x", 1);
    start(machine);
    root = open_root(machine);
    assert_int_equal(try_open(root, u"efi\\MUSTER.CFG"), 0);
    assert_int_equal(try_open(root, u"\\EFI\\muster.cfg"), 0);
    assert_int_equal(try_open(root, u"EFI/Muster.cfg"), EFI_NOT_FOUND);
    assert_int_equal(try_open(root, u"EFI\\\\Muster.cfg"), EFI_NOT_FOUND);
    assert_int_equal(try_open(root, u"EFI\\other.cfg"), EFI_NOT_FOUND);
    assert_int_equal(try_open(root, u".."), EFI_NOT_FOUND);
    assert_int_equal(root->Open(root, &directory, (CHAR16 *)u"EFI", EFI_FILE_MODE_READ, 0), 0);
    assert_int_equal(
        directory->Open(directory, &file, (CHAR16 *)u"muster.cfg", EFI_FILE_MODE_READ, 0), 0);
    assert_int_equal(try_open(directory, u"..\\EFI\\.\\muster.cfg"), 0);
    assert_int_equal(try_open(file, u"muster.cfg"), 0); /* beside the file */
    assert_int_equal(try_open(directory, u"\\muster.cfg"), EFI_NOT_FOUND);
    file->Close(file);
    directory->Close(directory);
    root->Close(root);
    expect_clean(machine);
}

static void reads_are_short(void **state)
{
    struct machine *machine = *state;
    EFI_FILE_PROTOCOL *root;
    EFI_FILE_PROTOCOL *file;
    char bytes[10];
    UINTN size = sizeof(bytes);
    UINT64 position;

    put(machine, "ten", "0123456789", 10);
    machine->setup.read_limit = 4;
    start(machine);
    root = open_root(machine);
    assert_int_equal(root->Open(root, &file, (CHAR16 *)u"ten", EFI_FILE_MODE_READ, 0), 0);
    assert_int_equal(file->Read(file, &size, bytes), 0);
    assert_int_equal(size, 4);
    assert_memory_equal(bytes, "0123", 4);
    assert_int_equal(file->GetPosition(file, &position), 0);
    assert_int_equal(position, 4);
    assert_int_equal(file->SetPosition(file, UINT64_MAX), 0);
    size = sizeof(bytes);
    assert_int_equal(file->Read(file, &size, bytes), 0);
    assert_int_equal(size, 0);
    assert_int_equal(file->SetPosition(file, 11), 0);
    assert_int_equal(file->Read(file, &size, bytes), EFI_DEVICE_ERROR);
    file->Close(file);
    root->Close(root);
    expect_clean(machine);
}

static void file_information_has_the_name_behind_it(void **state)
{
    struct machine *machine = *state;
    EFI_FILE_PROTOCOL *root;
    EFI_FILE_PROTOCOL *file;
    uint64_t buffer[32];
    EFI_FILE_INFO *information = (EFI_FILE_INFO *)buffer;
    UINTN size = sizeof(EFI_FILE_INFO);

    put(machine, "EFI/a name.bin", "12345", 5);
    start(machine);
    root = open_root(machine);
    assert_int_equal(root->Open(root, &file, (CHAR16 *)u"EFI\\A NAME.BIN", EFI_FILE_MODE_READ, 0),
                     0);
    assert_int_equal(file->GetInfo(file, &file_info_guid, &size, buffer), EFI_BUFFER_TOO_SMALL);
    assert_int_equal(size, offsetof(EFI_FILE_INFO, FileName) + 2 * sizeof("a name.bin"));
    assert_int_equal(file->GetInfo(file, &file_info_guid, &size, buffer), 0);
    assert_int_equal(information->FileSize, 5);
    assert_int_equal(information->Attribute & EFI_FILE_DIRECTORY, 0);
    assert_memory_equal(information->FileName, u"a name.bin", 22);
    file->Close(file);
    assert_int_equal(root->GetInfo(root, &file_info_guid, &size, buffer), 0);
    assert_int_not_equal(information->Attribute & EFI_FILE_DIRECTORY, 0);
    root->Close(root);
}

static void directories_are_read_entry_by_entry(void **state)
{
    struct machine *machine = *state;
    EFI_FILE_PROTOCOL *root;
    uint64_t buffer[32];
    EFI_FILE_INFO *information = (EFI_FILE_INFO *)buffer;
    UINTN size = 8;

    put(machine, "file", "1", 1);
    start(machine);
    root = open_root(machine);
    assert_int_equal(root->Read(root, &size, buffer), EFI_BUFFER_TOO_SMALL);
    assert_int_equal(root->Read(root, &size, buffer), 0);
    assert_memory_equal(information->FileName, u"EFI", 8);
    size = sizeof(buffer);
    assert_int_equal(root->Read(root, &size, buffer), 0);
    assert_memory_equal(information->FileName, u"file", 10);
    size = sizeof(buffer);
    assert_int_equal(root->Read(root, &size, buffer), 0);
    assert_int_equal(size, 0);
    root->Close(root);
}

static void a_volume_can_be_written(void **state)
{
    const uint64_t mode = EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE | EFI_FILE_MODE_CREATE;
    struct machine *machine = *state;
    EFI_FILE_PROTOCOL *root;
    EFI_FILE_PROTOCOL *file;
    UINTN size = 5;
    char bytes[8];

    machine->setup.writable = true;
    start(machine);
    root = open_root(machine);
    assert_int_equal(root->Open(root, &file, (CHAR16 *)u"efi\\new", mode, 0), 0);
    assert_int_equal(file->Write(file, &size, (void *)"hello"), 0);
    assert_int_equal(file->Flush(file), 0);
    assert_int_equal(file->SetPosition(file, 1), 0);
    assert_int_equal(file->Read(file, &size, bytes), 0);
    assert_memory_equal(bytes, "ello", 4);
    assert_int_equal(file->Delete(file), 0);
    assert_int_equal(try_open(root, u"efi\\new"), EFI_NOT_FOUND);
    root->Close(root);
    expect_clean(machine);
}

static void a_read_only_volume_is_protected(void **state)
{
    const uint64_t mode = EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE | EFI_FILE_MODE_CREATE;
    struct machine *machine = *state;
    EFI_FILE_PROTOCOL *root;
    EFI_FILE_PROTOCOL *file;

    start(machine);
    root = open_root(machine);
    assert_int_equal(root->Open(root, &file, (CHAR16 *)u"new", mode, 0), EFI_WRITE_PROTECTED);
    assert_int_equal(root->Open(root, &file, (CHAR16 *)u"EFI", EFI_FILE_MODE_WRITE, 0),
                     EFI_INVALID_PARAMETER);
    root->Close(root);
    expect_complaint(machine, "Open of a file with mode 0x2");
}

static void files_left_open_or_closed_twice_are_reported(void **state)
{
    struct machine *machine = *state;
    EFI_FILE_PROTOCOL *root;
    EFI_FILE_PROTOCOL *file;
    EFI_STATUS(EFIAPI * close)(EFI_FILE_PROTOCOL *);

    put(machine, "open", "1", 1);
    start(machine);
    root = open_root(machine);
    assert_int_equal(root->Open(root, &file, (CHAR16 *)u"open", EFI_FILE_MODE_READ, 0), 0);
    close = root->Close;
    close(root);
    close(root);
    expect_complaint(machine, "\"open\" was not closed");
    expect_complaint(machine, "Close of a file that is not open");
}

/* Console */

static void the_console_keeps_text(void **state)
{
    struct machine *machine = *state;
    SIMPLE_TEXT_OUTPUT_INTERFACE *out;

    start(machine);
    out = firmware_system_table(machine->fw)->ConOut;
    assert_int_equal(out->OutputString(out, (CHAR16 *)u"grün – \u20ac\r\n"), 0);
    assert_int_equal(out->OutputString(out, (CHAR16 *)u"10 %\r20 %\r"), 0);
    assert_int_equal(out->OutputString(out, (CHAR16 *)u"\n"), 0);
    assert_string_equal(firmware_console(machine->fw), "grün – €\n10 %\r20 %\n");
    expect_clean(machine);
    out->OutputString(out, (CHAR16 *)u"line\n");
    expect_complaint(machine, "LF without CR");
}

static void keys_are_read(void **state)
{
    struct machine *machine = *state;
    SIMPLE_INPUT_INTERFACE *in;
    EFI_INPUT_KEY key;
    UINTN index;

    start(machine);
    in = firmware_system_table(machine->fw)->ConIn;
    assert_int_equal(in->ReadKeyStroke(in, &key), EFI_NOT_READY);
    assert_int_equal(machine->services->CheckEvent(in->WaitForKey), EFI_NOT_READY);
    firmware_press(machine->fw, "ab");
    assert_int_equal(machine->services->WaitForEvent(1, &in->WaitForKey, &index), 0);
    assert_int_equal(in->ReadKeyStroke(in, &key), 0);
    assert_int_equal(key.UnicodeChar, 'a');
    assert_int_equal(in->ReadKeyStroke(in, &key), 0);
    assert_int_equal(in->ReadKeyStroke(in, &key), EFI_NOT_READY);
    expect_clean(machine);
}

static void timers_end(void **state)
{
    struct machine *machine = *state;
    EFI_EVENT timer;
    UINTN index;

    start(machine);
    assert_int_equal(machine->services->CreateEvent(EVT_TIMER, 0, NULL, NULL, &timer), 0);
    assert_int_equal(machine->services->SetTimer(timer, TimerRelative, 10000000), 0);
    assert_int_equal(machine->services->CheckEvent(timer), EFI_NOT_READY);
    machine->services->Stall(999000);
    assert_int_equal(machine->services->WaitForEvent(1, &timer, &index), 0);
    assert_int_equal(machine->services->CheckEvent(timer), EFI_NOT_READY);
    expect_complaint(machine, "event of type 0x80000000 was not closed");
    assert_int_equal(machine->services->CloseEvent(timer), 0);
}

/* Variables and tables */

static void variables_keep_their_value(void **state)
{
    static EFI_GUID vendor = {0x12345678, 1, 2, {3}};
    const uint32_t access = EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS;
    struct machine *machine = *state;
    EFI_RUNTIME_SERVICES *runtime;
    char value[4];
    UINTN size = 2;

    start(machine);
    runtime = firmware_system_table(machine->fw)->RuntimeServices;
    assert_int_equal(runtime->SetVariable((CHAR16 *)u"V", &vendor, access, 4, (void *)"four"), 0);
    assert_int_equal(runtime->GetVariable((CHAR16 *)u"V", &vendor, NULL, &size, value),
                     EFI_BUFFER_TOO_SMALL);
    assert_int_equal(size, 4);
    assert_int_equal(runtime->GetVariable((CHAR16 *)u"V", &vendor, NULL, &size, value), 0);
    assert_memory_equal(value, "four", 4);
    vendor.Data2++;
    assert_int_equal(runtime->GetVariable((CHAR16 *)u"V", &vendor, NULL, &size, value),
                     EFI_NOT_FOUND);
    vendor.Data2--;
    expect_complaint(machine, "variable V was not removed");
    assert_int_equal(runtime->SetVariable((CHAR16 *)u"V", &vendor, 0, 0, NULL), 0);
    assert_null(firmware_variable(machine->fw, "V", &(size_t){0}));
}

static void a_changed_table_is_reported(void **state)
{
    struct machine *machine = *state;
    static uint64_t tree[64];
    static int other;
    EFI_CONFIGURATION_TABLE *before;

    assert_int_equal(fdt_create_empty_tree(tree, sizeof(tree)), 0);
    machine->setup.tree = tree;
    machine->setup.tree_size = fdt_totalsize(tree);
    machine->setup.acpi = true;
    start(machine);
    before = firmware_system_table(machine->fw)->ConfigurationTable;
    assert_int_equal(firmware_system_table(machine->fw)->NumberOfTableEntries, 2);
    assert_int_equal(fdt_check_header(firmware_table(machine->fw, &tree_guid)), 0);
    assert_int_equal(machine->services->InstallConfigurationTable(&tree_guid, &other), 0);
    assert_ptr_not_equal(firmware_system_table(machine->fw)->ConfigurationTable, before);
    assert_ptr_equal(firmware_table(machine->fw, &tree_guid), &other);
    expect_complaint(machine, "b1b621d5-f19c-41a5-830b-d9152c69aae0 is not the one of before");
    assert_int_equal(machine->services->InstallConfigurationTable(&tree_guid, NULL), 0);
    assert_int_equal(machine->services->InstallConfigurationTable(&tree_guid, NULL), EFI_NOT_FOUND);
    expect_complaint(machine, "there are 1 configuration tables, and were 2");
}

static void the_fixup_wants_room(void **state)
{
    struct fixup_protocol {
        UINT64 revision;
        EFI_STATUS(EFIAPI *fixup)(void *, void *, UINTN *, UINT32);
    } * protocol;
    static EFI_GUID guid = {
        0xe617d64c, 0xfe08, 0x46da, {0xf4, 0xdc, 0xbb, 0xd5, 0x87, 0x0c, 0x73, 0x00}};
    struct machine *machine = *state;
    static uint64_t tree[2048];
    UINTN size = 64;

    assert_int_equal(fdt_create_empty_tree(tree, sizeof(tree)), 0);
    assert_int_equal(fdt_pack(tree), 0);
    machine->setup.fixup = true;
    start(machine);
    assert_int_equal(machine->services->LocateProtocol(&guid, NULL, (void **)&protocol), 0);
    assert_int_equal(protocol->fixup(protocol, tree, &size, 1), EFI_BUFFER_TOO_SMALL);
    assert_true(size > fdt_totalsize(tree) && size <= sizeof(tree));
    size = sizeof(tree);
    assert_int_equal(protocol->fixup(protocol, tree, &size, 1), 0);
    assert_non_null(fdt_getprop(tree, 0, "serial-number", NULL));
}

/* Images */

#define IMAGE_SIZE 1024

/* The head of an AArch64 EFI application. */
static void make_image(uint8_t bytes[IMAGE_SIZE])
{
    memset(bytes, 0, IMAGE_SIZE);
    memcpy(bytes, "MZ", 2);
    bytes[0x3c] = 0x80;
    memcpy(bytes + 0x80, "PE\0\0", 4);
    bytes[0x84] = 0x64;
    bytes[0x85] = 0xaa;
    bytes[0x80 + 92] = IMAGE_SUBSYSTEM_EFI_APPLICATION;
}

/* The steps that the applications of these tests share. */
static struct {
    EFI_STATUS load;
    EFI_STATUS start;
    EFI_STATUS unload;
    bool from_device;
    bool want_exit_data;
} run;

static EFI_STATUS load_xen(EFI_HANDLE self, EFI_BOOT_SERVICES *bs, EFI_HANDLE *handle)
{
    uint8_t bytes[IMAGE_SIZE];
    uint64_t path[32];
    EFI_LOADED_IMAGE_PROTOCOL *image;
    EFI_DEVICE_PATH *device;
    UINT8 *at = (UINT8 *)path;
    static const CHAR16 name[] = u"\\efi\\xen.efi";

    make_image(bytes);
    if (!run.from_device) {
        return bs->LoadImage(FALSE, self, NULL, bytes, sizeof(bytes), handle);
    }
    bs->HandleProtocol(self, &loaded_image_guid, (void **)&image);
    bs->HandleProtocol(image->DeviceHandle, &device_path_guid, (void **)&device);
    while (!IsDevicePathEnd(device)) {
        memcpy(at, device, (size_t)DevicePathNodeLength(device));
        at += DevicePathNodeLength(device);
        device = NextDevicePathNode(device);
    }
    memcpy(at, (UINT8[]){MEDIA_DEVICE_PATH, MEDIA_FILEPATH_DP, 4 + sizeof(name), 0}, 4);
    memcpy(at + 4, name, sizeof(name));
    memcpy(at + 4 + sizeof(name), device, 4);
    return bs->LoadImage(FALSE, self, (EFI_DEVICE_PATH *)path, NULL, 0, handle);
}

static EFI_STATUS EFIAPI chain_load(EFI_HANDLE self, EFI_SYSTEM_TABLE *table)
{
    EFI_BOOT_SERVICES *bs = table->BootServices;
    EFI_HANDLE handle = NULL;
    EFI_LOADED_IMAGE_PROTOCOL *image;
    CHAR16 *data = NULL;
    UINTN size;
    static CHAR16 options[] = u"console=dtuart";

    run.load = load_xen(self, bs, &handle);
    if (handle != NULL) {
        bs->HandleProtocol(handle, &loaded_image_guid, (void **)&image);
        image->LoadOptions = options;
        image->LoadOptionsSize = sizeof(options);
        run.start = bs->StartImage(handle, &size, run.want_exit_data ? &data : NULL);
        run.unload = bs->UnloadImage(handle);
    }
    return data != NULL ? bs->FreePool(data) : run.start;
}

static EFI_STATUS give_up(struct firmware *fw, const struct handover *handover, void *context)
{
    (void)fw;
    assert_string_equal(handover->load_options, "console=dtuart");
    assert_string_equal(handover->file_path, run.from_device ? "\\efi\\xen.efi" : "");
    assert_int_equal(handover->has_device, run.from_device);
    assert_int_equal(handover->image_size, IMAGE_SIZE);
    assert_memory_equal(handover->image, "MZ", 2);
    ++*(unsigned *)context;
    return EFI_ABORTED;
}

static void an_image_returns_and_is_unloaded(void **state)
{
    struct machine *machine = *state;
    unsigned calls = 0;

    memset(&run, 0, sizeof(run));
    machine->setup.handover = give_up;
    machine->setup.context = &calls;
    start(machine);
    assert_int_equal(firmware_run(machine->fw, chain_load), EFI_ABORTED);
    assert_int_equal(calls, 1);
    assert_int_equal(firmware_starts(machine->fw), 1);
    assert_int_equal(run.unload, EFI_INVALID_PARAMETER); /* it is gone */
    expect_clean(machine);
}

static void an_image_comes_from_the_volume_and_leaves_data(void **state)
{
    struct machine *machine = *state;
    uint8_t bytes[IMAGE_SIZE];
    unsigned calls = 0;

    make_image(bytes);
    put(machine, "EFI/XEN.EFI", bytes, sizeof(bytes));
    memset(&run, 0, sizeof(run));
    run.from_device = true;
    run.want_exit_data = true;
    machine->setup.handover = give_up;
    machine->setup.context = &calls;
    start(machine);
    assert_int_equal(firmware_run(machine->fw, chain_load), EFI_SUCCESS);
    assert_int_equal(run.start, EFI_ABORTED);
    assert_int_equal(calls, 1);
    expect_clean(machine);
}

static void an_image_may_never_return(void **state)
{
    struct machine *machine = *state;

    memset(&run, 0, sizeof(run));
    run.unload = 1;
    start(machine);
    assert_true(firmware_run(machine->fw, chain_load) == IMAGE_NEVER_RETURNS);
    assert_int_equal(run.unload, 1);
}

static void a_refused_image_must_be_unloaded(void **state)
{
    struct machine *machine = *state;

    memset(&run, 0, sizeof(run));
    machine->setup.secure_boot = true;
    start(machine);
    firmware_run(machine->fw, chain_load);
    assert_int_equal(run.load, EFI_SECURITY_VIOLATION);
    assert_int_equal(run.start, EFI_SECURITY_VIOLATION);
    assert_int_equal(run.unload, 0);
    assert_int_equal(firmware_starts(machine->fw), 0);
    expect_clean(machine);
}

static void only_arm_applications_are_loaded(void **state)
{
    struct machine *machine = *state;
    uint8_t bytes[IMAGE_SIZE];
    EFI_HANDLE self;
    EFI_HANDLE handle;
    EFI_BOOT_SERVICES *bs;

    start(machine);
    bs = machine->services;
    self = firmware_image(machine->fw);
    make_image(bytes);
    assert_int_equal(bs->LoadImage(FALSE, self, NULL, bytes, 0x90, &handle), EFI_LOAD_ERROR);
    bytes[0x84] = 0;
    assert_int_equal(bs->LoadImage(FALSE, self, NULL, bytes, sizeof(bytes), &handle),
                     EFI_UNSUPPORTED);
    bytes[0] = 0;
    assert_int_equal(bs->LoadImage(FALSE, self, NULL, bytes, sizeof(bytes), &handle),
                     EFI_UNSUPPORTED);
    make_image(bytes);
    assert_int_equal(bs->LoadImage(FALSE, self, NULL, bytes, sizeof(bytes), &handle), 0);
    expect_complaint(machine, "an image of 1024 bytes was not unloaded");
}

static EFI_STATUS EFIAPI leave_early(EFI_HANDLE self, EFI_SYSTEM_TABLE *table)
{
    table->BootServices->Exit(self, EFI_TIMEOUT, 0, NULL);
    return EFI_SUCCESS;
}

static void an_application_may_exit(void **state)
{
    struct machine *machine = *state;

    start(machine);
    assert_int_equal(firmware_run(machine->fw, leave_early), EFI_TIMEOUT);
    expect_clean(machine);
}

/* Failures that are asked for */

static void the_nth_call_fails_once(void **state)
{
    struct machine *machine = *state;
    EFI_BOOT_SERVICES *bs;
    const char *what;
    void *pool;

    start(machine);
    bs = machine->services;
    firmware_fail(machine->fw, SERVICE_ALLOCATE_POOL, 2, EFI_OUT_OF_RESOURCES, false);
    assert_int_equal(bs->AllocatePool(EfiLoaderData, 8, &pool), 0);
    bs->FreePool(pool);
    assert_false(firmware_has_failed(machine->fw, &what));
    assert_int_equal(bs->AllocatePool(EfiLoaderData, 8, &pool), EFI_OUT_OF_RESOURCES);
    assert_true(firmware_has_failed(machine->fw, &what));
    assert_string_equal(what, "AllocatePool");
    assert_int_equal(bs->AllocatePool(EfiLoaderData, 8, &pool), 0);
    bs->FreePool(pool);
    assert_int_equal(firmware_calls(machine->fw, SERVICE_ALLOCATE_POOL), 3);
    assert_int_equal(firmware_calls(machine->fw, SERVICE_ANY), 5);
    expect_clean(machine);
}

static void a_lasting_failure_stays(void **state)
{
    struct machine *machine = *state;
    EFI_BOOT_SERVICES *bs;
    const char *what;
    void *pool;

    start(machine);
    bs = machine->services;
    firmware_fail(machine->fw, SERVICE_ALLOCATE_POOL, 2, EFI_OUT_OF_RESOURCES, true);
    assert_int_equal(bs->AllocatePool(EfiLoaderData, 8, &pool), 0);
    bs->FreePool(pool);
    assert_false(firmware_has_failed(machine->fw, &what));
    assert_int_equal(bs->AllocatePool(EfiLoaderData, 8, &pool), EFI_OUT_OF_RESOURCES);
    assert_int_equal(bs->AllocatePool(EfiLoaderData, 8, &pool), EFI_OUT_OF_RESOURCES);
    assert_true(firmware_has_failed(machine->fw, &what));
    expect_clean(machine);
}

static void the_nth_call_of_all_fails(void **state)
{
    struct machine *machine = *state;
    EFI_FILE_PROTOCOL *root;
    const char *what;

    start(machine);
    firmware_fail(machine->fw, SERVICE_ANY, 3, 0, false);
    root = open_root(machine); /* two calls */
    assert_int_equal(try_open(root, u"EFI"), EFI_NOT_FOUND);
    assert_true(firmware_has_failed(machine->fw, &what));
    assert_string_equal(what, "EFI_FILE_PROTOCOL.Open (EFI)");
    root->Close(root);
    expect_clean(machine);
}

static void a_failing_release_has_released(void **state)
{
    struct machine *machine = *state;
    EFI_PHYSICAL_ADDRESS at;

    start(machine);
    machine->services->AllocatePages(AllocateAnyPages, EfiLoaderData, 1, &at);
    firmware_fail(machine->fw, SERVICE_FREE_PAGES, 1, EFI_NOT_FOUND, false);
    assert_int_equal(machine->services->FreePages(at, 1), EFI_NOT_FOUND);
    expect_clean(machine);
}

static void a_file_can_end_early(void **state)
{
    struct machine *machine = *state;
    EFI_FILE_PROTOCOL *root;
    EFI_FILE_PROTOCOL *file;
    char byte;
    UINTN size = 1;

    put(machine, "ten", "0123456789", 10);
    start(machine);
    root = open_root(machine);
    root->Open(root, &file, (CHAR16 *)u"ten", EFI_FILE_MODE_READ, 0);
    firmware_truncate(machine->fw, 2);
    assert_int_equal(file->Read(file, &size, &byte), 0);
    assert_int_equal(size, 1);
    assert_int_equal(file->Read(file, &size, &byte), 0);
    assert_int_equal(size, 0);
    file->Close(file);
    root->Close(root);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(pages_are_backed_and_not_zero),
        TEST(pages_can_be_freed_in_parts),
        TEST(pages_at_an_address),
        TEST(memory_runs_out),
        TEST(leaked_and_twice_freed_memory_is_reported),
        TEST(memory_map_is_larger_than_it_looks),
        TEST(memory_map_key_changes),
        TEST(cleaned_memory_must_not_change),
        TEST(protocols_of_handles),
        TEST(optional_parts_can_be_missing),
        TEST(a_service_that_is_not_simulated_complains),
        TEST(names_are_those_of_fat),
        TEST(reads_are_short),
        TEST(file_information_has_the_name_behind_it),
        TEST(directories_are_read_entry_by_entry),
        TEST(a_volume_can_be_written),
        TEST(a_read_only_volume_is_protected),
        TEST(files_left_open_or_closed_twice_are_reported),
        TEST(the_console_keeps_text),
        TEST(keys_are_read),
        TEST(timers_end),
        TEST(variables_keep_their_value),
        TEST(a_changed_table_is_reported),
        TEST(the_fixup_wants_room),
        TEST(an_image_returns_and_is_unloaded),
        TEST(an_image_comes_from_the_volume_and_leaves_data),
        TEST(an_image_may_never_return),
        TEST(a_refused_image_must_be_unloaded),
        TEST(only_arm_applications_are_loaded),
        TEST(an_application_may_exit),
        TEST(the_nth_call_fails_once),
        TEST(a_lasting_failure_stays),
        TEST(the_nth_call_of_all_fails),
        TEST(a_failing_release_has_released),
        TEST(a_file_can_end_early),
    };

    return cmocka_run_group_tests_name("firmware", tests, NULL, NULL);
}
