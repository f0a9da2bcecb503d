/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes the firmware's device tree to firmware.dtb at the root of its partition. */

#include <efi.h>
#include <efilib.h>

static EFI_GUID device_tree_guid = {
    0xb1b621d5, 0xf19c, 0x41a5, {0x83, 0x0b, 0xd9, 0x15, 0x2c, 0x69, 0xaa, 0xe0}};

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table);

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table)
{
    EFI_LOADED_IMAGE *loaded = NULL;
    EFI_FILE_HANDLE root, file = NULL;
    EFI_STATUS status;
    UINT8 *tree = NULL;
    UINTN size;

    InitializeLib(image, system_table);
    uefi_call_wrapper(BS->HandleProtocol, 3, image, &LoadedImageProtocol, (void **)&loaded);
    LibGetSystemConfigurationTable(&device_tree_guid, (void **)&tree);
    root = LibOpenRoot(loaded->DeviceHandle);
    status = uefi_call_wrapper(root->Open, 5, root, &file, L"\\firmware.dtb",
                               EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE | EFI_FILE_MODE_CREATE, 0);
    if (!EFI_ERROR(status)) {
        /* Devicetree Specification §5.2: big-endian words, the second one is the tree's size. */
        size = (UINTN)tree[4] << 24 | (UINTN)tree[5] << 16 | (UINTN)tree[6] << 8 | tree[7];
        status = uefi_call_wrapper(file->Write, 3, file, &size, tree);
        uefi_call_wrapper(file->Close, 1, file);
    }
    uefi_call_wrapper(root->Close, 1, root);
    Print(L"tree: %r\r\n", status);
    return EFI_NOT_FOUND;
}
