/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory of the pretended machine: its RAM, and the pages of it that core holds. */
#include "host/machine/host_memory.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "core/tree/tree.h"

static void add_bank(struct host_memory *memory, uint64_t start, uint64_t size)
{
    uint64_t end = size > UINT64_MAX - start ? UINT64_MAX : start + size;

    start = page_end(start);
    end = page_start(end);
    if (start < end && memory->bank_count < HOST_BANKS_MAX)
        memory->banks[memory->bank_count++] = (struct host_bank){start, end - start};
}

static bool is_memory(const void *fdt, int node)
{
    const char *type = tree_string(fdt, node, "device_type");
    const char *status = tree_string(fdt, node, "status");

    return type != NULL && strcmp(type, "memory") == 0 &&
           (status == NULL || strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0);
}

static void add_banks_of(struct host_memory *memory, const void *fdt, int node)
{
    uint32_t address_cells = tree_cells(fdt, 0, "#address-cells", 2);
    uint32_t size_cells = tree_cells(fdt, 0, "#size-cells", 1);
    int left;
    const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &left);

    if (reg == NULL || address_cells - 1 >= TREE_CELLS_MAX || size_cells - 1 >= TREE_CELLS_MAX)
        return;
    for (size_t cells = (size_t)left / sizeof(*reg); cells >= address_cells + (size_t)size_cells;
         cells -= address_cells + (size_t)size_cells) {
        uint64_t start;
        uint64_t size;

        if (tree_read_number(reg, address_cells, &start) &&
            tree_read_number(reg + address_cells, size_cells, &size))
            add_bank(memory, start, size);
        reg += address_cells + size_cells;
    }
}

static int compare_banks(const void *left, const void *right)
{
    const struct host_bank *one = left;
    const struct host_bank *other = right;

    return (one->start > other->start) - (one->start < other->start);
}

/* Sorts the banks and makes one of those that touch or overlap. */
static void merge_banks(struct host_memory *memory)
{
    size_t count = 0;

    qsort(memory->banks, memory->bank_count, sizeof(memory->banks[0]), compare_banks);
    for (size_t at = 0; at < memory->bank_count; at++) {
        struct host_bank *last = count != 0 ? &memory->banks[count - 1] : NULL;
        const struct host_bank *bank = &memory->banks[at];

        if (last == NULL || bank->start - last->start > last->size)
            memory->banks[count++] = *bank;
        else if (bank->start - last->start + bank->size > last->size)
            last->size = bank->start - last->start + bank->size;
    }
    memory->bank_count = count;
}

size_t host_memory_from_tree(struct host_memory *memory, const void *fdt)
{
    int node;

    memory->bank_count = 0;
    fdt_for_each_subnode(node, fdt, 0)
    {
        if (is_memory(fdt, node))
            add_banks_of(memory, fdt, node);
    }
    merge_banks(memory);
    return memory->bank_count;
}

bool host_memory_start(const void *fdt, uint64_t *start)
{
    uint32_t cells = tree_cells(fdt, 0, "#address-cells", 2);
    int node;

    fdt_for_each_subnode(node, fdt, 0)
    {
        int size;
        const fdt32_t *reg = is_memory(fdt, node) ? fdt_getprop(fdt, node, "reg", &size) : NULL;

        if (reg != NULL && cells - 1 < TREE_CELLS_MAX && (size_t)size >= cells * sizeof(*reg) &&
            tree_read_number(reg, cells, start))
            return true;
    }
    return false;
}

void host_memory_set(struct host_memory *memory, uint64_t start, uint64_t size)
{
    memory->bank_count = 0;
    add_bank(memory, start, size);
}

/* The end of the stretch from `start` on that is held or free as a whole, at most `end`. */
static uint64_t stretch(const struct host_memory *memory, uint64_t start, uint64_t end,
                        enum memory_kind *kind)
{
    *kind = MEMORY_FREE;
    for (const struct host_claim *claim = memory->claims; claim != NULL; claim = claim->next) {
        if (claim->address <= start && start - claim->address < claim->size) {
            *kind = claim->kind;
            return claim->address + claim->size;
        }
        if (claim->address > start && claim->address < end)
            end = claim->address;
    }
    return end;
}

/* The map is all of RAM that is not held; what a firmware keeps for itself is not known here. */
size_t host_memory_bank(const struct host_memory *memory, uint64_t address)
{
    size_t at = 0;

    while (at < memory->bank_count && (address < memory->banks[at].start ||
                                       address - memory->banks[at].start >= memory->banks[at].size))
        at++;
    return at;
}

enum platform_status host_memory_map(const struct host_memory *memory,
                                     struct memory_region *regions, size_t *count)
{
    size_t capacity = *count;

    *count = 0;
    for (size_t at = 0; at < memory->bank_count; at++) {
        uint64_t start = memory->banks[at].start;
        uint64_t end = start + memory->banks[at].size;

        while (start < end) {
            enum memory_kind kind;
            uint64_t stop = stretch(memory, start, end, &kind);

            if ((*count)++ < capacity)
                regions[*count - 1] = (struct memory_region){start, stop - start, kind};
            start = stop;
        }
    }
    return *count <= capacity ? PLATFORM_OK : PLATFORM_NO_MEMORY;
}

static bool is_ram(const struct host_memory *memory, uint64_t address, uint64_t size)
{
    for (size_t at = 0; at < memory->bank_count; at++) {
        const struct host_bank *bank = &memory->banks[at];

        if (bank->start <= address && address - bank->start <= bank->size &&
            size <= bank->size - (address - bank->start))
            return true;
    }
    return false;
}

static bool is_held(const struct host_memory *memory, uint64_t address, uint64_t size)
{
    for (const struct host_claim *claim = memory->claims; claim != NULL; claim = claim->next)
        if (claim->address < address + size && address < claim->address + claim->size)
            return true;
    return false;
}

enum platform_status host_memory_claim(struct host_memory *memory, uint64_t address, uint64_t pages,
                                       enum memory_kind kind, void **pages_here)
{
    uint64_t size = pages * PAGE_SIZE;
    struct host_claim *claim;

    if (pages == 0 || pages > UINT64_MAX / PAGE_SIZE || !is_ram(memory, address, size) ||
        is_held(memory, address, size))
        return PLATFORM_BUSY;
    claim = malloc(sizeof(*claim));
    if (claim == NULL)
        return PLATFORM_NO_MEMORY;
    /* Pages that nobody touches cost nothing, so a machine may have more RAM than this one. */
    *claim = (struct host_claim){
        .address = address,
        .size = size,
        .kind = kind,
        .memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
        .next = memory->claims,
    };
    if (claim->memory == MAP_FAILED) {
        free(claim);
        return PLATFORM_NO_MEMORY;
    }
    memory->claims = claim;
    *pages_here = claim->memory;
    return PLATFORM_OK;
}

void host_memory_release(struct host_memory *memory, uint64_t address, uint64_t pages)
{

    for (struct host_claim **link = &memory->claims; *link != NULL; link = &(*link)->next) {
        struct host_claim *claim = *link;

        if (claim->address != address || claim->size != pages * PAGE_SIZE)
            continue;
        *link = claim->next;
        munmap(claim->memory, claim->size);
        free(claim);
        return;
    }
}

void host_memory_release_all(struct host_memory *memory)
{
    while (memory->claims != NULL)
        host_memory_release(memory, memory->claims->address, memory->claims->size / PAGE_SIZE);
}

bool host_memory_is_claimed(const struct host_memory *memory, const void *buffer, size_t bytes)
{
    uintptr_t start = (uintptr_t)buffer;

    for (const struct host_claim *claim = memory->claims; claim != NULL; claim = claim->next) {
        uintptr_t first = (uintptr_t)claim->memory;

        if (first <= start && start - first <= claim->size &&
            bytes <= claim->size - (start - first))
            return true;
    }
    return false;
}
