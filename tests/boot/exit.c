/* SPDX-License-Identifier: BSD-2-Clause */
/* In Xen's place: ends as Xen does when it cannot go on, by Exit with its own handle. */

#include <efi.h>
#include <efilib.h>

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table);

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table)
{
    EFI_GUID guid = LOADED_IMAGE_PROTOCOL;
    EFI_LOADED_IMAGE *loaded = NULL;

    InitializeLib(image, system_table);
    uefi_call_wrapper(BS->HandleProtocol, 3, image, &guid, (void **)&loaded);
    Print(L"exit: %s\r\n", loaded != NULL && loaded->DeviceHandle != NULL ? L"loaded" : L"lost");
    uefi_call_wrapper(BS->Exit, 4, image, EFI_ABORTED, 0, NULL);
    Print(L"exit: Exit came back\r\n");
    return EFI_LOAD_ERROR;
}
