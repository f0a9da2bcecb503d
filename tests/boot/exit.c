/* SPDX-License-Identifier: BSD-2-Clause */
/* In Xen's place: ends as Xen does when it cannot go on, by Exit with its own handle. */

#include <efi.h>

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table);

/* Without gnu-efi's library, whose pointers need relocations: like Xen, this has none. */
EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
    EFI_GUID guid = LOADED_IMAGE_PROTOCOL;
    EFI_LOADED_IMAGE *loaded = NULL;
    SIMPLE_TEXT_OUTPUT_INTERFACE *console = table->ConOut;

    table->BootServices->HandleProtocol(image, &guid, (void **)&loaded);
    console->OutputString(console, loaded != NULL && loaded->DeviceHandle != NULL
                                       ? L"exit: loaded\r\n"
                                       : L"exit: lost\r\n");
    table->BootServices->Exit(image, EFI_ABORTED, 0, NULL);
    console->OutputString(console, L"exit: Exit came back\r\n");
    return EFI_LOAD_ERROR;
}
