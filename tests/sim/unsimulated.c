/* SPDX-License-Identifier: BSD-2-Clause */
/* The services that nobody has simulated yet: a call is a complaint, not a jump to address 0. */
#include "internal.h"

static EFI_STATUS unsimulated(const char *name)
{
    complain(firmware_current(), "service %s was called and is not simulated", name);
    return EFI_UNSUPPORTED;
}

/*
 * A function that no caller's arguments matter to. Both calling conventions let the caller remove
 * them, so that one shape serves for every service.
 */
#define UNSIMULATED(name)                                                                          \
    static EFI_STATUS EFIAPI call_##name(void)                                                     \
    {                                                                                              \
        return unsimulated(#name);                                                                 \
    }

#define BOOT_SERVICES(X)                                                                           \
    X(ReinstallProtocolInterface)                                                                  \
    X(RegisterProtocolNotify)                                                                      \
    X(LocateHandle)                                                                                \
    X(ExitBootServices)                                                                            \
    X(GetNextMonotonicCount)                                                                       \
    X(ConnectController)                                                                           \
    X(DisconnectController)                                                                        \
    X(OpenProtocolInformation)                                                                     \
    X(ProtocolsPerHandle)                                                                          \
    X(InstallMultipleProtocolInterfaces)                                                           \
    X(UninstallMultipleProtocolInterfaces)                                                         \
    X(CreateEventEx)

#define RUNTIME_SERVICES(X)                                                                        \
    X(GetTime)                                                                                     \
    X(SetTime)                                                                                     \
    X(GetWakeupTime)                                                                               \
    X(SetWakeupTime)                                                                               \
    X(SetVirtualAddressMap)                                                                        \
    X(ConvertPointer)                                                                              \
    X(GetNextVariableName)                                                                         \
    X(GetNextHighMonotonicCount)                                                                   \
    X(ResetSystem)                                                                                 \
    X(UpdateCapsule)                                                                               \
    X(QueryCapsuleCapabilities)                                                                    \
    X(QueryVariableInfo)

BOOT_SERVICES(UNSIMULATED)
RUNTIME_SERVICES(UNSIMULATED)

void unsimulated_fill_services(EFI_BOOT_SERVICES *boot, EFI_RUNTIME_SERVICES *runtime)
{
#define FILL_BOOT(name)    boot->name = (__typeof__(boot->name))(void (*)(void))call_##name;
#define FILL_RUNTIME(name) runtime->name = (__typeof__(runtime->name))(void (*)(void))call_##name;
    BOOT_SERVICES(FILL_BOOT)
    RUNTIME_SERVICES(FILL_RUNTIME)
}
