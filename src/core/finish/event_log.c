/* SPDX-License-Identifier: BSD-2-Clause */
/* The log of what was measured into a TPM, kept for the dom0 that has the TPM. */
#include "core/finish/event_log.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/memory/place.h"

#define BASE     "linux,sml-base"
#define SIZE     "linux,sml-size"
#define RESERVED "reserved-memory"

/* The compatible texts of TPMs begin like this. */
static const char *const chips[] = {
    "tcg,tpm",      "microsoft,ftpm", "infineon,slb96", "infineon,tpm_",  "atmel,at97sc32",
    "nuvoton,npct", "st,st33",        "google,cr50",    "winbond,wpct30", "socionext,tpm",
};

static bool is_chip(const void *fdt, int node)
{
    int size;
    const char *kinds = tree_get(fdt, node, "compatible", &size);

    for (int at = 0; kinds != NULL && at < size;
         at += (int)strnlen(kinds + at, (size_t)(size - at)) + 1)
        for (size_t chip = 0; chip < sizeof(chips) / sizeof(chips[0]); chip++)
            if (text_starts(kinds + at, chips[chip]))
                return true;
    return false;
}

/* True if Xen gives a node to nobody, or to another domain than dom0. */
static bool is_kept_from_dom0(const void *fdt, int node)
{
    const char *status = tree_string(fdt, node, "status");

    return tree_has(fdt, node, "xen,passthrough") ||
           (status != NULL && strcmp(status, "okay") != 0 && strcmp(status, "ok") != 0);
}

/* The node of dom0's TPM, the first one; or a negative libfdt error. */
static int find_chip(const void *fdt)
{
    int node = 0;

    while (node >= 0 && (!is_chip(fdt, node) || is_kept_from_dom0(fdt, node)))
        node = walk_next(fdt, node);
    return node;
}

/* The cells of a reg in /reserved-memory, which is as the root where it has none. */
struct cells {
    uint32_t address;
    uint32_t size;
};

static struct cells reserved_cells(const void *fdt)
{
    int node = fdt_subnode_offset(fdt, 0, RESERVED);
    int from = node < 0 ? 0 : node;

    return (struct cells){tree_cells(fdt, from, "#address-cells", 2),
                          tree_cells(fdt, from, "#size-cells", 1)};
}

/* Writes the reg of the log; its count of cells, or 0 where it does not fit. */
static size_t write_reg(struct cells cells, const struct event_log *log,
                        fdt32_t reg[2 * TREE_CELLS_MAX])
{
    bool fits = cells.address <= TREE_CELLS_MAX && cells.size <= TREE_CELLS_MAX &&
                tree_write_number(reg, cells.address, log->address) &&
                tree_write_number(reg + cells.address, cells.size, log->pages * PAGE_SIZE);

    return fits ? cells.address + (size_t)cells.size : 0;
}

static bool has_dom0(const struct plan *plan)
{
    return domain_module(&plan->domains[0], MODULE_KERNEL) != NULL;
}

void event_log_place(const struct workspace *workspace, const struct regions *regions,
                     const struct tree *tree, uint64_t room, struct plan *plan,
                     struct event_log *log)
{
    struct event_log taken = {.pages = page_end(room) / PAGE_SIZE};
    fdt32_t reg[2 * TREE_CELLS_MAX];
    enum platform_status status;

    *log = (struct event_log){0};
    if (room == 0 || !has_dom0(plan) || find_chip(tree->fdt) < 0)
        return;
    status = place_pages(workspace, regions, plan, taken.pages, &taken.address, &taken.memory);
    if (status == PLATFORM_OK && write_reg(reserved_cells(tree->fdt), &taken, reg) != 0) {
        memset(taken.memory, 0, (size_t)(taken.pages * PAGE_SIZE));
        *log = taken;
        return;
    }
    diagnose(workspace->diagnostics, SEVERITY_WARNING, NULL, NULL,
             "the TPM's log of events is not kept for dom0: %s",
             status != PLATFORM_OK ? platform_status_text(status)
                                   : "its address does not fit into a reg of /reserved-memory");
}

/* The offset of /reserved-memory, which is made when it is missing; or a negative libfdt error. */
static int reserved_memory(struct tree *tree, struct cells cells)
{
    int node = fdt_subnode_offset(tree->fdt, 0, RESERVED);
    int result;

    if (node != -FDT_ERR_NOTFOUND)
        return node;
    node = tree_add_node(tree, 0, RESERVED);
    if (node < 0)
        return node;
    result = tree_set(tree, node, "ranges", "", 0);
    if (result == 0)
        result = tree_set_u32(tree, node, "#size-cells", cells.size);
    if (result == 0)
        result = tree_set_u32(tree, node, "#address-cells", cells.address);
    return result == 0 ? node : result;
}

/* Keeps the pages of the log by a child of /reserved-memory. */
static int reserve(struct tree *tree, const struct event_log *log)
{
    struct cells cells = reserved_cells(tree->fdt);
    int node = reserved_memory(tree, cells);
    char *name = text_format(tree->arena, "tpm-event-log@%lx", log->address);
    fdt32_t reg[2 * TREE_CELLS_MAX];
    size_t count = write_reg(cells, log, reg);

    if (node >= 0)
        node = name != NULL ? tree_add_node(tree, node, name) : -FDT_ERR_NOSPACE;
    return node < 0 ? node : tree_set(tree, node, "reg", reg, count * sizeof(reg[0]));
}

int event_log_describe(struct tree *tree, const struct event_log *log)
{
    fdt64_t base = cpu_to_fdt64(log->address);
    int node;
    int result;

    if (log->pages == 0)
        return 0;
    result = reserve(tree, log);
    if (result != 0)
        return result;
    node = find_chip(tree->fdt);
    if (node < 0)
        return node;
    result = tree_set_u32(tree, node, SIZE, (uint32_t)(log->pages * PAGE_SIZE));
    return result == 0 ? tree_set(tree, node, BASE, &base, sizeof(base)) : result;
}

void event_log_write(const struct event_log *log, const void *content, size_t size, void *fdt)
{
    if (log->pages == 0)
        return;
    if (size != 0)
        memcpy(log->memory, content, size);
    fdt_setprop_inplace_u32(fdt, find_chip(fdt), SIZE, (uint32_t)size);
}

/* A little-endian number of 2 or 4 bytes. */
static uint32_t number(const unsigned char *bytes, size_t size)
{
    uint32_t value = 0;

    while (size-- > 0)
        value = value << 8 | bytes[size];
    return value;
}

/* The bytes of an algorithm's digest, by the first event's list of them; 0 if it is not there. */
static size_t digest_size(const unsigned char *list, uint32_t algorithm)
{
    for (uint32_t left = number(list, 4); left > 0; left--, list += 4)
        if (number(list + 4, 2) == algorithm)
            return number(list + 6, 2);
    return 0;
}

size_t event_log_size(const void *log, size_t last)
{
    static const char signature[] = "Spec ID Event03"; /* with its NUL, 16 bytes */
    const unsigned char *first = log;
    const unsigned char *at = first + last;
    uint32_t count;

    /* The first event is of the older form: register, type, SHA-1, size, then what it says. */
    if (memcmp(first + 32, signature, sizeof(signature)) != 0)
        return 0;
    if (last == 0)
        return 32 + number(first + 28, 4);
    count = number(at + 8, 4);
    at += 12;
    for (; count > 0; count--) {
        size_t size = digest_size(first + 32 + 24, number(at, 2));

        if (size == 0)
            return 0;
        at += 2 + size;
    }
    return (size_t)(at - first) + 4 + number(at, 4);
}
