/* SPDX-License-Identifier: BSD-2-Clause */
/* EFI_MEMORY_ATTRIBUTE_PROTOCOL: the protection of pages against writing and execution. */
#include "efi/memory_attributes.h"

#define ALL (EFI_MEMORY_RO | EFI_MEMORY_XP)

/* The protocol as UEFI 2.10 §37.1 has it. */
struct memory_attribute_protocol {
    EFI_STATUS(EFIAPI *get)
    (struct memory_attribute_protocol *this, EFI_PHYSICAL_ADDRESS address, UINT64 bytes,
     UINT64 *attributes);
    EFI_STATUS(EFIAPI *set)
    (struct memory_attribute_protocol *this, EFI_PHYSICAL_ADDRESS address, UINT64 bytes,
     UINT64 attributes);
    EFI_STATUS(EFIAPI *clear)
    (struct memory_attribute_protocol *this, EFI_PHYSICAL_ADDRESS address, UINT64 bytes,
     UINT64 attributes);
};

struct memory_attribute_protocol *memory_attributes_find(const struct firmware *firmware)
{
    EFI_GUID guid = {0xf4560cf6, 0x40ec, 0x4b4a, {0xa1, 0x92, 0xbf, 0x1d, 0x57, 0xd0, 0xb1, 0x89}};
    struct memory_attribute_protocol *protocol = NULL;

    if (EFI_ERROR(firmware->boot->LocateProtocol(&guid, NULL, (void **)&protocol)))
        return NULL;
    return protocol;
}

EFI_STATUS memory_attributes_set(struct memory_attribute_protocol *protocol, uint64_t address,
                                 uint64_t bytes, uint64_t attributes)
{
    EFI_STATUS status = EFI_SUCCESS;
    EFI_STATUS set_status = EFI_SUCCESS;

    if (protocol == NULL)
        return EFI_SUCCESS;
    if (attributes != ALL)
        status = protocol->clear(protocol, address, bytes, ALL & ~attributes);
    if (attributes != 0)
        set_status = protocol->set(protocol, address, bytes, attributes);
    return EFI_ERROR(status) ? status : set_status;
}
