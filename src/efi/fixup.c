/* SPDX-License-Identifier: BSD-2-Clause */
/* EFI_DT_FIXUP_PROTOCOL: the firmware completes a device tree that it did not make. */
#include "efi/fixup.h"

enum platform_status fixup_apply(void *context, void *tree, size_t *capacity)
{
    const struct firmware *firmware = context;
    EFI_GUID guid = EFI_DT_FIXUP_PROTOCOL_GUID;
    struct dt_fixup_protocol *protocol = NULL;
    UINTN size = *capacity;
    EFI_STATUS status = firmware->boot->LocateProtocol(&guid, NULL, (void **)&protocol);

    if (EFI_ERROR(status) || protocol == NULL)
        return PLATFORM_UNSUPPORTED;
    /* Memory reserved here stays so if the boot fails: the protocol has no way back. */
    status = protocol->fixup(protocol, tree, &size, EFI_DT_APPLY_FIXUPS | EFI_DT_RESERVE_MEMORY);
    *capacity = size;
    return firmware_status(status);
}
