/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage load: each binary is read once into its pages, and its type is recognised. */
#include "core/finish/load.h"

#include <string.h>

#include "core/base/file.h"
#include "core/plan/xen_version.h"

#define UIMAGE_TYPE 30U /* offset of the image type */

/* `piece` as in file_fill. */
static bool load_binary(const struct workspace *workspace, struct binary *binary, uint64_t *piece)
{
    const struct platform *platform = workspace->platform;
    uint64_t pages = binary_pages(binary);
    enum platform_status status;

    if (!binary->is_placed)
        return true;
    status = file_fill(platform, binary->file, binary->name, binary->memory, binary->size, piece);
    platform->close(platform->context, binary->file);
    binary->file = NULL;
    if (status != PLATFORM_OK) {
        diagnose(workspace->diagnostics, SEVERITY_ERROR, &binary->where, file_seal_hint(status),
                 "cannot read %s: %s", binary->name, platform_status_text(status));
        return false;
    }
    /* The rest of the last page holds another program's data, which must not leak to a domain. */
    memset((char *)binary->memory + binary->size, 0, (size_t)(pages * PAGE_SIZE - binary->size));
    binary->is_loaded = true;
    binary->content = recognise(binary->memory, (size_t)binary->size);
    return true;
}

/* The image type in the header of a U-Boot image. */
static enum module_kind uimage_kind(const struct binary *binary)
{
    switch (binary->size > UIMAGE_TYPE ? ((const char *)binary->memory)[UIMAGE_TYPE] : 0) {
    case 2:
        return MODULE_KERNEL;
    case 3:
        return MODULE_RAMDISK;
    case 8:
        return MODULE_DEVICE_TREE;
    default:
        return MODULE_UNKNOWN;
    }
}

/* The kind of module that a binary is, as far as its content alone tells. */
static enum module_kind kind_of(const struct binary *binary)
{
    switch (binary->content) {
    case CONTENT_IMAGE:
    case CONTENT_ZIMAGE:
    case CONTENT_ELF:
    case CONTENT_ZBOOT:
        return MODULE_KERNEL;
    case CONTENT_CPIO:
    case CONTENT_COMPRESSED:
        return MODULE_RAMDISK;
    case CONTENT_DEVICE_TREE:
        return MODULE_DEVICE_TREE;
    case CONTENT_XSM:
        return MODULE_XSM;
    case CONTENT_UIMAGE:
        return uimage_kind(binary);
    case CONTENT_GZIP:
    case CONTENT_PE:
    case CONTENT_UNKNOWN:
        break;
    }
    return MODULE_UNKNOWN;
}

/*
 * A passthrough fragment that is called a ramdisk, as in the example of Xen's page on EFI boot,
 * would take the place of the ramdisk.
 */
static void correct_kind(const struct workspace *workspace, struct module *module)
{
    if (module->kind != MODULE_RAMDISK || !module->is_stated || module->domain->is_dom0 ||
        module->binary == NULL || !module->binary->is_loaded ||
        module->binary->content != CONTENT_DEVICE_TREE)
        return;
    module->kind = MODULE_DEVICE_TREE;
    module->is_stated = false;
    module->is_corrected = true;
    diagnose(workspace->diagnostics, SEVERITY_WARNING, &module->where,
             "make it compatible with \"multiboot,device-tree\"",
             "%s is stated to be a ramdisk, but is taken for the device tree that it is",
             module->binary->name);
}

/*
 * Completes kinds that the tree leaves open: by content, and what content does not tell (gzip may
 * be either) is, in order, kernel and then ramdisk, as Xen itself guesses.
 */
static void complete_kinds(const struct workspace *workspace, struct domain *domain)
{
    for (size_t at = 0; at < domain->module_count; at++) {
        struct module *module = &domain->modules[at];

        if (module->kind == MODULE_UNKNOWN && module->binary != NULL && module->binary->is_loaded)
            module->kind = kind_of(module->binary);
        correct_kind(workspace, module);
    }
    for (size_t at = 0; at < domain->module_count; at++) {
        struct module *module = &domain->modules[at];

        if (module->kind == MODULE_UNKNOWN && domain_module(domain, MODULE_KERNEL) == NULL)
            module->kind = MODULE_KERNEL;
        else if (module->kind == MODULE_UNKNOWN && domain_module(domain, MODULE_RAMDISK) == NULL)
            module->kind = MODULE_RAMDISK;
    }
}

bool load(const struct workspace *workspace, struct plan *plan)
{
    uint64_t piece = FILE_PIECE;
    bool complete = load_binary(workspace, &plan->xen, &piece);

    if (plan->xen.is_loaded)
        plan->xen_version = xen_version(plan->xen.memory, (size_t)plan->xen.size);

    for (struct binary *binary = plan->binaries; binary != NULL; binary = binary->next)
        complete = load_binary(workspace, binary, &piece) && complete;
    for (size_t at = 0; at < plan->domain_count; at++)
        complete_kinds(workspace, &plan->domains[at]);
    return complete;
}
