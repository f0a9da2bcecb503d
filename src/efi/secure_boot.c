/* SPDX-License-Identifier: BSD-2-Clause */
/* Secure Boot: whether the firmware starts signed programs alone. */
#include "efi/secure_boot.h"

/* The value of a variable of one byte in the specification's namespace. */
static EFI_STATUS read_byte(const struct firmware *firmware, const CHAR16 *name, UINT8 *value)
{
    EFI_GUID global = EFI_GLOBAL_VARIABLE;
    UINTN size = sizeof(*value);

    /* The service takes a name that is not constant, but leaves it as it is. */
    return firmware->table->RuntimeServices->GetVariable((CHAR16 *)(uintptr_t)name, &global, NULL,
                                                         &size, value);
}

bool secure_boot_is_on(const struct firmware *firmware)
{
    UINT8 secure_boot = 0;
    UINT8 setup_mode = 0;
    EFI_STATUS status = read_byte(firmware, L"SecureBoot", &secure_boot);

    if (status == EFI_NOT_FOUND || status == EFI_UNSUPPORTED)
        return false;
    if (EFI_ERROR(status))
        return true;
    if (secure_boot != 1)
        return false;
    return EFI_ERROR(read_byte(firmware, L"SetupMode", &setup_mode)) || setup_mode != 1;
}
