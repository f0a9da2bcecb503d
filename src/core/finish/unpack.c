/* SPDX-License-Identifier: BSD-2-Clause */
/* Part of stage load: packed kernels are unpacked, since Xen cannot do it, or takes longer. */
#include "core/finish/unpack.h"

#include <libfdt.h>
#include <string.h>

#include "core/finish/inflate.h"
#include "core/finish/packed.h"
#include "core/memory/place.h"

#define UIMAGE_HEADER 64U

/* Offsets in the header of a U-Boot image. */
enum { UIMAGE_SIZE = 12, UIMAGE_COMPRESSION = 31 };

static void report(const struct workspace *workspace, struct binary *binary,
                   enum inflate_status status)
{
    binary->is_loaded = false;
    diagnose(workspace->diagnostics, SEVERITY_ERROR, &binary->where, "was it copied completely?",
             "cannot unpack %s: %s", binary->name, inflate_status_text(status));
}

/* True if all modules of a binary are kernels: nothing else is unpacked. */
static bool is_kernel(const struct plan *plan, const struct binary *binary)
{
    for (size_t at = 0; at < plan->module_count; at++)
        if (plan->modules[at].binary == binary && plan->modules[at].kind != MODULE_KERNEL)
            return false;
    return binary->users != 0;
}

/* The pages that hold the file of a binary while it is unpacked. */
struct pages {
    uint64_t address;
    uint64_t count;
    void *memory;
};

/* What was asked to lie at an address gets it in its final form, so that its file makes room. */
static bool step_aside(const struct workspace *workspace, const struct regions *regions,
                       struct plan *plan, const struct binary *binary, struct pages *pages)
{
    const struct platform *platform = workspace->platform;

    if (place_pages(workspace, regions, plan, pages->count, &pages->address, &pages->memory) !=
        PLATFORM_OK)
        return false;
    memcpy(pages->memory, binary->memory, (size_t)binary->size);
    platform->release_pages(platform->context, binary->address, pages->count);
    return true;
}

/*
 * A Linux image says in its own header all that Xen has to know; of anything else it is in U-Boot's
 * that says where it runs. That is put in front then, as it would be without compression.
 */
static bool wrap(const struct workspace *workspace, const struct regions *regions,
                 struct plan *plan, struct binary *binary, const void *header)
{
    const struct platform *platform = workspace->platform;
    struct pages bare = {binary->address, binary_pages(binary), binary->memory};
    uint64_t size = binary->size;
    bool is_placed;

    if (binary->packed_content != CONTENT_UIMAGE || binary->content == CONTENT_IMAGE ||
        binary->content == CONTENT_ZIMAGE)
        return true;
    binary->size += UIMAGE_HEADER;
    is_placed = place_again(workspace, regions, plan, binary);
    if (is_placed) {
        unsigned char *memory = binary->memory;

        memset(memory, 0, (size_t)(binary_pages(binary) * PAGE_SIZE));
        memcpy(memory, header, UIMAGE_HEADER);
        fdt32_st(memory + UIMAGE_SIZE, (uint32_t)size);
        memory[UIMAGE_COMPRESSION] = 0;
        memcpy(memory + UIMAGE_HEADER, bare.memory, (size_t)size);
        binary->content = CONTENT_UIMAGE;
    }
    platform->release_pages(platform->context, bare.address, bare.count);
    return is_placed;
}

/* Fills the new pages of a binary from those of its file. */
static bool fill(const struct workspace *workspace, struct binary *binary,
                 const struct packed *packed)
{
    enum inflate_status status =
        inflate_gzip(workspace->platform, packed->data, (size_t)packed->size, binary->memory,
                     (size_t)binary->size);

    if (status != INFLATE_FINE) {
        report(workspace, binary, status);
        return false;
    }
    memset((char *)binary->memory + binary->size, 0,
           (size_t)(binary_pages(binary) * PAGE_SIZE - binary->size));
    binary->content = recognise(binary->memory, (size_t)binary->size);
    return true;
}

/* Moves a binary from the pages of its file to new ones. */
static void move(const struct workspace *workspace, const struct regions *regions,
                 struct plan *plan, struct binary *binary)
{
    const struct platform *platform = workspace->platform;
    struct pages file = {binary->address, binary_pages(binary), binary->memory};
    bool is_held = binary->is_in_block || binary->has_wanted; /* by the plan, to its end */
    struct packed packed;

    if (binary->has_wanted && !step_aside(workspace, regions, plan, binary, &file)) {
        report(workspace, binary, INFLATE_NO_MEMORY);
        return;
    }
    packed_find(file.memory, binary->size, &packed);
    binary->packed_content = binary->content;
    binary->packed_size = binary->size;
    binary->size = packed.unpacked;
    binary->is_loaded = place_again(workspace, regions, plan, binary) &&
                        fill(workspace, binary, &packed) &&
                        wrap(workspace, regions, plan, binary, file.memory);
    if (!is_held)
        platform->release_pages(platform->context, file.address, file.count);
}

bool unpack(const struct workspace *workspace, const struct regions *regions, struct plan *plan)
{
    size_t errors = workspace->diagnostics->counts[SEVERITY_ERROR];

    for (struct binary *binary = plan->binaries; binary != NULL; binary = binary->next) {
        struct packed packed;

        if (!binary->is_loaded || !is_kernel(plan, binary) ||
            !packed_find(binary->memory, binary->size, &packed))
            continue;
        if (packed.is_credible)
            move(workspace, regions, plan, binary);
        else
            report(workspace, binary, INFLATE_WRONG_SIZE);
    }
    return workspace->diagnostics->counts[SEVERITY_ERROR] == errors;
}
