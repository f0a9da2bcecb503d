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
    /* Memory is not reserved on the way: that could not be undone if the boot fails. */
    status = protocol->fixup(protocol, tree, &size, EFI_DT_APPLY_FIXUPS);
    *capacity = size;
    return firmware_status(status);
}
