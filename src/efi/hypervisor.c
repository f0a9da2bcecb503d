/* SPDX-License-Identifier: BSD-2-Clause */
/* Xen as a program of the firmware: loaded from memory, started, unloaded. */
#include "efi/hypervisor.h"

#include "efi/device_path.h"
#include "efi/measured_boot.h"
#include "efi/report.h"

static EFI_STATUS load_by_firmware(const struct firmware *firmware, struct system *system,
                                   EFI_HANDLE *image)
{
    const struct binary *binary = &system->plan.xen;
    EFI_DEVICE_PATH *path = device_path_of_file(firmware, binary->path);
    EFI_STATUS status = EFI_OUT_OF_RESOURCES;

    if (path != NULL) {
        status = firmware->boot->LoadImage(FALSE, firmware->image, path, binary->memory,
                                           (UINTN)binary->size, image);
        firmware->boot->FreePool(path);
    }
    if (!EFI_ERROR(status))
        return status;
    report_status(system, binary->name, "is refused by the firmware", status);
    /* With this status the image is loaded all the same (UEFI 2.10 §7.4.1). */
    if (status == EFI_SECURITY_VIOLATION && *image != NULL)
        firmware->boot->UnloadImage(*image);
    return status;
}

static EFI_STATUS load_sealed(const struct firmware *firmware, struct system *system,
                              struct loaded_pe *program)
{
    const struct binary *binary = &system->plan.xen;
    const char *problem;
    EFI_STATUS status = pe_loader_load(firmware, binary->memory, (size_t)binary->size, binary->path,
                                       program, &problem);

    if (problem != NULL)
        diagnose(&system->diagnostics, SEVERITY_ERROR, NULL, NULL, "%s cannot be loaded: %s",
                 binary->name, problem);
    else if (EFI_ERROR(status))
        report_status(system, binary->name, "cannot be loaded", status);
    return status;
}

EFI_STATUS hypervisor_load(const struct firmware *firmware, struct system *system,
                           struct hypervisor *hypervisor)
{
    const struct binary *binary = &system->plan.xen;
    bool is_sealed = system->request.seal != NULL;
    EFI_STATUS status;

    hypervisor->image = NULL;
    status = is_sealed ? load_sealed(firmware, system, &hypervisor->program)
                       : load_by_firmware(firmware, system, &hypervisor->image);
    if (!EFI_ERROR(status))
        measured_boot_extend(firmware->measured, system, is_sealed ? binary->memory : NULL,
                             is_sealed ? hypervisor->program.path : NULL);
    return status;
}

EFI_STATUS hypervisor_start(const struct firmware *firmware, struct system *system,
                            struct hypervisor *hypervisor)
{
    EFI_STATUS status;

    if (hypervisor->image == NULL) {
        status = pe_loader_start(firmware, &hypervisor->program);
    } else {
        status = firmware->boot->StartImage(hypervisor->image, NULL, NULL);
    }
    report_status(system, system->plan.xen.name,
                  "returned without starting, its reason stands above", status);
    return EFI_ERROR(status) ? status : EFI_ABORTED;
}

void hypervisor_unload(const struct firmware *firmware, struct hypervisor *hypervisor)
{
    /*
     * An image that ran is gone, and its handle with it, which UnloadImage finds out; one that the
     * firmware did not start is still there (UEFI 2.10 §7.4.2).
     */
    if (hypervisor->image != NULL)
        firmware->boot->UnloadImage(hypervisor->image);
    else
        pe_loader_unload(firmware, &hypervisor->program);
}
