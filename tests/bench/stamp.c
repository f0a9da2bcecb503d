/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The benchmark's starting gun: asks on the console what to run, prints the counter, then loads and
 * starts that image from its own partition.
 *
 * A command is one line: "time FILE OPTIONS" starts FILE; "count FILE OPTIONS" starts it too and
 * says, when boot services end, what it used of them; "return" only prints the counter and returns
 * to whoever started this application, for a contender that is not an EFI application.
 */

#include <stdint.h>

#include <efi.h>

#define COMMAND_SIZE    64
#define PATH_SIZE       512
#define TICKS_TO_SETTLE 200000 /* 20 ms, in units of 100 ns */

struct usage {
    UINT64 pages_allocated;
    UINT64 pages_freed;
    UINT64 pages_peak;
    UINT64 characters;
    UINT64 images_loaded;
    UINT64 xen_entered;
    UINT64 exited;
};

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table);

/* The services that are replaced in the firmware's table have no parameter for a context. */
static EFI_BOOT_SERVICES *services;
static SIMPLE_TEXT_OUTPUT_INTERFACE *console;
static struct usage usage;
static struct {
    EFI_ALLOCATE_PAGES allocate;
    EFI_FREE_PAGES free;
    EFI_IMAGE_LOAD load;
    EFI_IMAGE_START start;
    EFI_EXIT_BOOT_SERVICES exit;
    EFI_TEXT_OUTPUT_STRING output;
} original;

static UINT64 counter(void)
{
    UINT64 value;

    __asm__ volatile("isb\n\tmrs %0, cntpct_el0" : "=r"(value) : : "memory");
    return value;
}

static void print(CHAR16 *text)
{
    console->OutputString(console, text);
}

static void print_number(CHAR16 *label, UINT64 value)
{
    CHAR16 digits[] = L"0000000000000000\r\n";

    for (int i = 15; i >= 0; i--, value >>= 4)
        digits[i] = L"0123456789abcdef"[value & 15];
    print(label);
    print(digits);
}

static EFI_STATUS EFIAPI count_allocate(EFI_ALLOCATE_TYPE type, EFI_MEMORY_TYPE memory, UINTN pages,
                                        EFI_PHYSICAL_ADDRESS *address)
{
    EFI_STATUS status = original.allocate(type, memory, pages, address);

    if (EFI_ERROR(status))
        return status;
    usage.pages_allocated += pages;
    if (usage.pages_peak < usage.pages_allocated - usage.pages_freed)
        usage.pages_peak = usage.pages_allocated - usage.pages_freed;
    return status;
}

static EFI_STATUS EFIAPI count_free(EFI_PHYSICAL_ADDRESS address, UINTN pages)
{
    EFI_STATUS status = original.free(address, pages);

    if (!EFI_ERROR(status))
        usage.pages_freed += pages;
    return status;
}

static EFI_STATUS EFIAPI count_load(BOOLEAN boot, EFI_HANDLE parent, EFI_DEVICE_PATH *path,
                                    VOID *source, UINTN size, EFI_HANDLE *image)
{
    usage.images_loaded++;
    return original.load(boot, parent, path, source, size, image);
}

/* The last image to be started is Xen, so what this keeps is when the contender was done. */
static EFI_STATUS EFIAPI count_start(EFI_HANDLE image, UINTN *size, CHAR16 **data)
{
    usage.xen_entered = counter();
    return original.start(image, size, data);
}

static EFI_STATUS EFIAPI count_output(SIMPLE_TEXT_OUTPUT_INTERFACE *output, CHAR16 *text)
{
    for (CHAR16 *end = text; *end; end++)
        usage.characters++;
    return original.output(output, text);
}

/* Printed before the call, because afterwards there is no console: a caller that is refused asks
 * again, and the last figures count. */
static EFI_STATUS EFIAPI count_exit(EFI_HANDLE image, UINTN key)
{
    struct usage seen = usage;

    seen.exited = counter();
    print_number(L"pages allocated ", seen.pages_allocated);
    print_number(L"pages peak ", seen.pages_peak);
    print_number(L"characters ", seen.characters);
    print_number(L"images loaded ", seen.images_loaded);
    print_number(L"xen entered ", seen.xen_entered);
    print_number(L"exited ", seen.exited);
    return original.exit(image, key);
}

static void count_from_here(void)
{
    original.allocate = services->AllocatePages;
    original.free = services->FreePages;
    original.load = services->LoadImage;
    original.start = services->StartImage;
    original.exit = services->ExitBootServices;
    original.output = console->OutputString;
    services->AllocatePages = count_allocate;
    services->FreePages = count_free;
    services->LoadImage = count_load;
    services->StartImage = count_start;
    services->ExitBootServices = count_exit;
    console->OutputString = count_output;
}

/* The terminal of a serial line sends one key for each character. */
static void read_command(EFI_SYSTEM_TABLE *table, CHAR16 *command)
{
    UINTN length = 0;
    EFI_INPUT_KEY key = {0, 0};

    while (table->ConIn->ReadKeyStroke(table->ConIn, &key) != EFI_SUCCESS ||
           key.UnicodeChar != L'\r') {
        if (key.UnicodeChar >= L' ' && length < COMMAND_SIZE - 1)
            command[length++] = key.UnicodeChar;
        key.UnicodeChar = 0;
    }
    command[length] = 0;
}

static CHAR16 *argument(CHAR16 *command, const CHAR16 *verb)
{
    for (; *verb; verb++, command++)
        if (*command != *verb)
            return NULL;
    return command;
}

/* Each run then starts at the same distance from the firmware's timer interrupt. */
static void settle(void)
{
    EFI_EVENT event;
    UINTN index;

    services->CreateEvent(EVT_TIMER, TPL_CALLBACK, NULL, NULL, &event);
    services->SetTimer(event, TimerRelative, TICKS_TO_SETTLE);
    services->WaitForEvent(1, &event, &index);
    services->CloseEvent(event);
}

/* Two equal lines: the second starts when the first has been printed, so the host knows what
 * printing costs and counts from the end of the second. */
static void print_stamp(void)
{
    settle();
    print_number(L"stamp ", counter());
    print_number(L"stamp ", counter());
}

static UINTN path_size(const EFI_DEVICE_PATH *path)
{
    const UINT8 *node = (const UINT8 *)path;

    while (!IsDevicePathEnd((const EFI_DEVICE_PATH *)node))
        node += DevicePathNodeLength((const EFI_DEVICE_PATH *)node);
    return (UINTN)(node - (const UINT8 *)path);
}

static void copy(UINT8 *to, const void *from, UINTN size)
{
    for (const UINT8 *byte = from; size; size--)
        *to++ = *byte++;
}

/* Appends a file path node and the end node to the device path of a partition. */
static EFI_STATUS file_path(EFI_HANDLE device, const CHAR16 *file, UINT8 path[PATH_SIZE])
{
    EFI_GUID guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
    EFI_DEVICE_PATH *partition, *node;
    UINTN start, name_size = sizeof(*file);
    EFI_STATUS status;

    status = services->HandleProtocol(device, &guid, (void **)&partition);
    if (EFI_ERROR(status))
        return status;
    for (const CHAR16 *end = file; *end; end++)
        name_size += sizeof(*file);
    start = path_size(partition);
    if (start + 2 * sizeof(*node) + name_size > PATH_SIZE)
        return EFI_BUFFER_TOO_SMALL;

    copy(path, partition, start);
    node = (EFI_DEVICE_PATH *)(path + start);
    node->Type = MEDIA_DEVICE_PATH;
    node->SubType = MEDIA_FILEPATH_DP;
    SetDevicePathNodeLength(node, sizeof(*node) + name_size);
    copy(path + start + sizeof(*node), file, name_size);
    node = NextDevicePathNode(node);
    SetDevicePathEndNode(node);
    return EFI_SUCCESS;
}

/* Ends the file's name at the first blank; what follows are the load options. */
static CHAR16 *split_options(CHAR16 *file)
{
    while (*file && *file != L' ')
        file++;
    if (*file)
        *file++ = 0;
    return file;
}

static EFI_STATUS give_options(EFI_HANDLE contender, CHAR16 *options)
{
    EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
    EFI_LOADED_IMAGE *loaded;
    EFI_STATUS status = services->HandleProtocol(contender, &guid, (void **)&loaded);

    if (EFI_ERROR(status))
        return status;
    loaded->LoadOptions = options;
    while (*options)
        options++;
    loaded->LoadOptionsSize = (UINT32)((UINT8 *)(options + 1) - (UINT8 *)loaded->LoadOptions);
    return EFI_SUCCESS;
}

static EFI_STATUS start(EFI_HANDLE image, CHAR16 *file)
{
    EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
    static UINT8 path[PATH_SIZE] __attribute__((aligned(8)));
    CHAR16 *options = split_options(file);
    EFI_LOADED_IMAGE *loaded;
    EFI_HANDLE contender;
    EFI_STATUS status;

    status = services->HandleProtocol(image, &guid, (void **)&loaded);
    if (EFI_ERROR(status))
        return status;
    status = file_path(loaded->DeviceHandle, file, path);
    if (EFI_ERROR(status))
        return status;
    print_stamp();
    status = services->LoadImage(FALSE, image, (EFI_DEVICE_PATH *)path, NULL, 0, &contender);
    if (EFI_ERROR(status))
        return status;
    status = *options ? give_options(contender, options) : EFI_SUCCESS;
    if (EFI_ERROR(status))
        return status;
    return services->StartImage(contender, NULL, NULL);
}

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
    static CHAR16 command[COMMAND_SIZE];
    EFI_STATUS status;
    CHAR16 *file;

    services = table->BootServices;
    console = table->ConOut;
    print(L"what to run?\r\n");
    read_command(table, command);
    if (argument(command, L"return")) {
        print_stamp();
        return EFI_SUCCESS;
    }
    file = argument(command, L"count ");
    if (file)
        count_from_here();
    else
        file = argument(command, L"time ");
    status = file ? start(image, file) : EFI_INVALID_PARAMETER;
    print_number(L"returned ", status);
    return status;
}
