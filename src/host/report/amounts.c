/* SPDX-License-Identifier: BSD-2-Clause */
/* The shares of RAM: what Xen, each domain, the binaries and the regions take, and what is left. */
#include "host/report/amounts.h"

#include "core/plan/xen_options.h"

static void add(struct amounts *amounts, enum amount_kind kind, uint64_t size, const char *label)
{
    if (size != 0)
        amounts->each[amounts->count++] = (struct amount){kind, size, label};
}

static uint64_t domain_takes(const struct facts *facts, const struct domain_fact *fact)
{
    const void *fdt = facts->host->system.tree.fdt;

    if (fact->domain->is_dom0 && !fact->has_memory)
        return XEN_DOM0_MEMORY;
    if (!fact->has_memory || tree_has(fdt, fact->domain->node, "xen,static-mem"))
        return 0;
    return fact->memory;
}

/* The bytes that domains get from Xen. */
static uint64_t add_domains(struct amounts *amounts, const struct facts *facts)
{
    uint64_t sum = 0;

    for (size_t at = 0; at < facts->domain_count; at++) {
        const struct domain_fact *fact = &facts->domains[at];
        uint64_t size = domain_takes(facts, fact);

        add(amounts, AMOUNT_DOMAIN, size, fact->domain->name);
        sum = size < UINT64_MAX - sum ? sum + size : UINT64_MAX;
    }
    return sum;
}

/* The least that Xen has for itself: what it keeps of each page of RAM, and its first heap. */
static uint64_t add_xen(struct amounts *amounts, const struct host_memory *memory)
{
    const struct host_bank *last = &memory->banks[memory->bank_count - 1];
    uint64_t size =
        xen_frame_table(memory->banks[0].start, last->start + last->size) + XEN_HEAP_LEAST;

    add(amounts, AMOUNT_XEN, size, "Xen, at least");
    return size;
}

/* `given`: bytes that come out of a static heap where there is one. */
static void add_regions(struct amounts *amounts, const struct facts *facts, uint64_t given)
{
    const struct host_memory *memory = &facts->host->platform.memory;

    for (size_t at = 0; at < facts->span_count; at++) {
        const struct span *span = &facts->spans[at];
        uint64_t inside = 0;

        if (span->kind != SPAN_REGION ||
            host_memory_bank(memory, span->start) == memory->bank_count)
            continue;
        if (span->region->kind == REGION_STATIC_HEAP)
            inside = given < span->size ? given : span->size;
        given -= inside;
        /* Each domain that shares memory has a region of its own for it. */
        if (at == 0 || span[-1].kind != SPAN_REGION || span[-1].start != span->start)
            add(amounts, AMOUNT_REGION, span->size - inside, span->label);
    }
}

static uint64_t binary_bytes(const struct facts *facts)
{
    uint64_t sum = 0;

    for (size_t at = 0; at < facts->binary_count; at++)
        if (facts->binaries[at].binary->is_placed)
            sum += (facts->binaries[at].binary->size + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;
    return sum;
}

bool amounts_gather(struct amounts *amounts, const struct facts *facts)
{
    const struct host_memory *memory = &facts->host->platform.memory;
    struct arena *arena = &facts->host->system.arena;
    uint64_t taken = 0;
    uint64_t given;

    *amounts = (struct amounts){0};
    amounts->each =
        arena_array(arena, facts->domain_count + facts->span_count + 3, sizeof(*amounts->each));
    if (amounts->each == NULL)
        return false;
    for (size_t at = 0; at < memory->bank_count; at++)
        amounts->ram += memory->banks[at].size;
    given = add_xen(amounts, memory);
    given += add_domains(amounts, facts);
    add_regions(amounts, facts, given);
    add(amounts, AMOUNT_BINARIES, binary_bytes(facts), "binaries");
    for (size_t at = 0; at < amounts->count; at++) {
        uint64_t size = amounts->each[at].size;

        taken = size < UINT64_MAX - taken ? taken + size : UINT64_MAX;
    }
    amounts->too_much = taken > amounts->ram;
    add(amounts, AMOUNT_FREE, amounts->too_much ? 0 : amounts->ram - taken, "free");
    return true;
}
