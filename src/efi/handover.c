/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage handover: the tree is installed and Xen started; if Xen returns, all that is undone. */
#include "efi/handover.h"

#include <libfdt.h>
#include <string.h>

#include "core/memory/place.h"
#include "efi/arch.h"
#include "efi/console.h"
#include "efi/hypervisor.h"
#include "efi/measured_boot.h"
#include "efi/memory.h"
#include "efi/report.h"
#include "efi/tree_table.h"

/*
 * Copies the tree into whole pages, which must not be what it gives away. Its own memory does not
 * go back: the hole would part a stretch of memory in two, with which Xen compares each module.
 */
static enum platform_status make_final_tree(struct system *system, void **final)
{
    size_t size = fdt_totalsize(system->tree.fdt);
    uint64_t address;
    enum platform_status status = place_pages(&system->workspace, &system->regions, &system->plan,
                                              page_end(size) / PAGE_SIZE, &address, final);

    if (status == PLATFORM_OK) {
        memcpy(*final, system->tree.fdt, size);
        arch_clean_data_cache(*final, size);
    }
    return status;
}

static void clean_binaries(const struct plan *plan)
{
    for (const struct binary *binary = plan->binaries; binary != NULL; binary = binary->next)
        arch_clean_data_cache(binary->memory, (size_t)(binary_pages(binary) * PAGE_SIZE));
}

/* Says if the boot could not be measured. False if it had to be. */
static bool report_measuring(const struct firmware *firmware)
{
    bool is_fatal;
    const char *problem = measured_boot_problem(firmware->measured, &is_fatal);

    if (problem == NULL)
        return true;
    console_print(firmware, problem);
    if (is_fatal)
        console_print(firmware, "nothing was started; back to the firmware\n");
    return !is_fatal;
}

/* The log is kept when all is measured. */
static void keep_log(const struct firmware *firmware, const struct system *system, void *final)
{
    const char *problem = measured_boot_keep_log(firmware->measured, &system->event_log, final);

    if (problem != NULL)
        console_print(firmware, problem);
}

static EFI_STATUS start_xen(const struct firmware *firmware, struct system *system, void *final)
{
    struct hypervisor xen;
    EFI_STATUS status = hypervisor_load(firmware, system, &xen);

    if (EFI_ERROR(status))
        return status;
    keep_log(firmware, system, final);
    /* Xen allocates before it looks at the regions. */
    if (!report_measuring(firmware)) {
        status = EFI_DEVICE_ERROR;
    } else if (place_hold(&system->workspace, &system->regions, &system->plan)) {
        console_print(firmware, "starting Xen\n");
        status = hypervisor_start(firmware, system, &xen);
    } else {
        status = EFI_OUT_OF_RESOURCES;
    }
    hypervisor_unload(firmware, &xen);
    return status;
}

EFI_STATUS handover(const struct firmware *firmware, struct system *system)
{
    void *old_tree = tree_table_get(firmware);
    void *final = NULL;
    EFI_STATUS status;

    if (make_final_tree(system, &final) != PLATFORM_OK) {
        report_status(system, "the finished device tree", "has no room in memory",
                      EFI_OUT_OF_RESOURCES);
        return EFI_OUT_OF_RESOURCES;
    }
    clean_binaries(&system->plan);
    status = tree_table_set(firmware, final);
    if (EFI_ERROR(status)) {
        report_status(system, "the finished device tree", "is refused by the firmware", status);
    } else {
        status = start_xen(firmware, system, final);
        /* The table must not name pages that are free, so they stay if it cannot be put back. */
        if (EFI_ERROR(tree_table_set(firmware, old_tree))) {
            diagnose(&system->diagnostics, SEVERITY_ERROR, NULL, NULL,
                     "the firmware does not take its device tree back");
            system->plan.guards = NULL;
        }
    }
    return status;
}
