/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage handover: the tree is installed and Xen started; if Xen returns, all that is undone. */
#include "efi/handover.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/memory/place.h"
#include "efi/arch.h"
#include "efi/console.h"
#include "efi/device_path.h"
#include "efi/memory.h"
#include "efi/tree_table.h"

/* The tree in pages of its own, which stay when Xen runs. */
struct final_tree {
    uint64_t address; /* bytes */
    uint64_t pages;
};

/* Words for the status of a service that is not about files. */
static const char *status_text(EFI_STATUS status)
{
    switch (status) {
    case EFI_LOAD_ERROR:
        return "load error";
    case EFI_INVALID_PARAMETER:
        return "invalid parameter";
    case EFI_UNSUPPORTED:
        return "unsupported";
    case EFI_DEVICE_ERROR:
        return "device error";
    case EFI_OUT_OF_RESOURCES:
        return "out of memory";
    case EFI_NOT_FOUND:
        return "not found";
    case EFI_ACCESS_DENIED:
        return "access denied";
    case EFI_SECURITY_VIOLATION:
        return "security violation";
    case EFI_ABORTED:
        return "aborted";
    case EFI_SUCCESS:
        return "success";
    default:
        return "another status";
    }
}

/* Adds an error: what happened to `subject`, and the status as a reason. */
static void report(struct system *system, const char *subject, const char *what, EFI_STATUS status)
{
    bool is_signature = status == EFI_SECURITY_VIOLATION || status == EFI_ACCESS_DENIED;

    diagnose(&system->diagnostics, SEVERITY_ERROR, NULL,
             is_signature ? "with Secure Boot, the hypervisor has to be signed" : NULL,
             "%s %s: %s (status 0x%lx)", subject, what, status_text(status), (unsigned long)status);
}

/*
 * Copies the tree into whole pages, which must not be what it gives away. Its own memory goes back:
 * where parts of a large page of 2 MiB differ in use, Xen maps it by its 512 small ones.
 */
static enum platform_status make_final_tree(struct system *system, struct final_tree *final)
{
    size_t size = fdt_totalsize(system->tree.fdt);
    enum platform_status status;
    void *memory = NULL;

    final->pages = page_end(size) / PAGE_SIZE;
    status = place_pages(&system->workspace, &system->regions, &system->plan, final->pages,
                         &final->address, &memory);
    if (status == PLATFORM_OK) {
        memcpy(memory, system->tree.fdt, size);
        arch_clean_data_cache(memory, size);
        arena_release_bulk(&system->arena);
        system->tree.fdt = NULL;
        place_fill(&system->workspace, &system->plan, final->address);
    }
    return status;
}

static void clean_binaries(const struct plan *plan)
{
    for (const struct binary *binary = plan->binaries; binary != NULL; binary = binary->next)
        arch_clean_data_cache(binary->memory, (size_t)(binary_pages(binary) * PAGE_SIZE));
}

/* Has the firmware load Xen from memory, and gives the file's own pages back: it made a copy. */
static EFI_STATUS load_xen(const struct firmware *firmware, struct system *system, EFI_HANDLE *xen)
{
    struct binary *binary = &system->plan.xen;
    EFI_DEVICE_PATH *path = device_path_of_file(firmware, binary->path);
    EFI_STATUS status;

    if (path == NULL)
        return EFI_OUT_OF_RESOURCES;
    status = firmware->boot->LoadImage(FALSE, firmware->image, path, binary->memory,
                                       (UINTN)binary->size, xen);
    firmware->boot->FreePool(path);
    /* With this status the image is loaded all the same (UEFI 2.10 §7.4.1). */
    if (status == EFI_SECURITY_VIOLATION && *xen != NULL)
        firmware->boot->UnloadImage(*xen);
    memory_release_pages((void *)(uintptr_t)firmware, binary->address, binary_pages(binary));
    binary->is_placed = false;
    return status;
}

static EFI_STATUS start_xen(const struct firmware *firmware, struct system *system)
{
    EFI_HANDLE xen = NULL;
    EFI_STATUS status = load_xen(firmware, system, &xen);

    if (EFI_ERROR(status)) {
        report(system, system->plan.xen.name, "is refused by the firmware", status);
        return status;
    }
    /* Xen allocates before it looks at the regions. */
    if (!place_hold(&system->workspace, &system->regions, &system->plan)) {
        firmware->boot->UnloadImage(xen);
        return EFI_OUT_OF_RESOURCES;
    }
    console_print(firmware, "starting Xen\n");
    status = firmware->boot->StartImage(xen, NULL, NULL);
    /*
     * An image that ran is gone, and its handle with it, which UnloadImage finds out; one that the
     * firmware did not start is still there (UEFI 2.10 §7.4.2).
     */
    if (EFI_ERROR(status))
        firmware->boot->UnloadImage(xen);
    report(system, system->plan.xen.name, "came back", status);
    return EFI_ERROR(status) ? status : EFI_ABORTED;
}

EFI_STATUS handover(const struct firmware *firmware, struct system *system)
{
    void *old_tree = tree_table_get(firmware);
    struct final_tree final = {0};
    EFI_STATUS status;

    if (make_final_tree(system, &final) != PLATFORM_OK) {
        report(system, "the finished device tree", "has no room in memory", EFI_OUT_OF_RESOURCES);
        return EFI_OUT_OF_RESOURCES;
    }
    clean_binaries(&system->plan);
    status = tree_table_set(firmware, (void *)(uintptr_t) final.address);
    if (EFI_ERROR(status)) {
        report(system, "the finished device tree", "is refused by the firmware", status);
    } else {
        status = start_xen(firmware, system);
        /* The table must not name pages that are free, so they stay if it cannot be put back. */
        if (EFI_ERROR(tree_table_set(firmware, old_tree))) {
            diagnose(&system->diagnostics, SEVERITY_ERROR, NULL, NULL,
                     "the firmware does not take its device tree back");
            return status;
        }
    }
    memory_release_pages((void *)(uintptr_t)firmware, final.address, final.pages);
    return status;
}
