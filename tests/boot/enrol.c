/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Turns Secure Boot on, by the signed lists of keys at the root of its partition, and starts what
 * its load options name: a file, then load options of that one's own. Without, it returns.
 */

#include <efi.h>
#include <efilib.h>

#define ATTRIBUTES                                                                                 \
    (EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS |   \
     EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS)
#define ROOM 8192

static EFI_HANDLE this_image;
static EFI_LOADED_IMAGE *loaded;

static EFI_GUID global_guid = EFI_GLOBAL_VARIABLE;
static EFI_GUID database_guid = {
    0xd719b2cb, 0x3d3a, 0x4596, {0xa3, 0xbc, 0xda, 0xd0, 0x0e, 0x67, 0x65, 0x6f}};

/* Sets a variable to what the file of its name holds. */
static void enrol(EFI_FILE_HANDLE root, CHAR16 *name, CHAR16 *file_name, EFI_GUID *guid)
{
    static UINT8 content[ROOM];
    UINTN size = sizeof(content);
    EFI_FILE_HANDLE file = NULL;
    EFI_STATUS status =
        uefi_call_wrapper(root->Open, 5, root, &file, file_name, EFI_FILE_MODE_READ, 0);

    if (!EFI_ERROR(status)) {
        status = uefi_call_wrapper(file->Read, 3, file, &size, content);
        uefi_call_wrapper(file->Close, 1, file);
    }
    if (!EFI_ERROR(status))
        status = uefi_call_wrapper(RT->SetVariable, 5, name, guid, ATTRIBUTES, size, content);
    Print(L"enrol: %s %r\r\n", name, status);
}

static void print_byte(CHAR16 *name)
{
    UINT8 value = 0xff;
    UINTN size = sizeof(value);
    EFI_STATUS status =
        uefi_call_wrapper(RT->GetVariable, 5, name, &global_guid, NULL, &size, &value);

    Print(L"enrol: %s is %d, %r\r\n", name, (UINT64)value, status);
}

/* Starts the file that the text begins with; what follows a space are its load options. */
static EFI_STATUS start(CHAR16 *text)
{
    EFI_LOADED_IMAGE *program = NULL;
    EFI_HANDLE image = NULL;
    EFI_STATUS status;
    CHAR16 *options = text;

    while (*options != 0 && *options != L' ')
        options++;
    if (*options != 0)
        *options++ = 0;
    status = uefi_call_wrapper(BS->LoadImage, 6, FALSE, this_image,
                               FileDevicePath(loaded->DeviceHandle, text), NULL, 0, &image);
    if (EFI_ERROR(status)) {
        Print(L"enrol: %s is refused: %r\r\n", text, status);
        return status;
    }
    uefi_call_wrapper(BS->HandleProtocol, 3, image, &LoadedImageProtocol, (void **)&program);
    program->LoadOptions = options;
    program->LoadOptionsSize = (UINT32)StrSize(options);
    return uefi_call_wrapper(BS->StartImage, 3, image, NULL, NULL);
}

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table);

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table)
{
    EFI_FILE_HANDLE root;

    InitializeLib(image, system_table);
    this_image = image;
    uefi_call_wrapper(BS->HandleProtocol, 3, image, &LoadedImageProtocol, (void **)&loaded);
    root = LibOpenRoot(loaded->DeviceHandle);
    enrol(root, L"db", L"\\db.auth", &database_guid);
    enrol(root, L"KEK", L"\\KEK.auth", &global_guid);
    enrol(root, L"PK", L"\\PK.auth", &global_guid);
    uefi_call_wrapper(root->Close, 1, root);
    print_byte(L"SetupMode");
    print_byte(L"SecureBoot");
    Print(L"enrol: done\r\n");
    if (loaded->LoadOptionsSize <= sizeof(CHAR16))
        return EFI_NOT_FOUND;
    return start(loaded->LoadOptions);
}
