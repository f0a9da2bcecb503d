/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of memory: how much the domains ask for, and how much there is. */
#include "core/preflight/amounts.h"

#include <libfdt.h>

#include "core/base/names.h"
#include "core/base/text.h"
#include "core/preflight/free_memory.h"
#include "core/preflight/meant.h"
#include "core/preflight/roles.h"

#define FRAME_LISTS   42U /* bytes of pointers for a grant frame */
#define MAPTRACK_LIST 8U  /* the same for a maptrack frame */
#define MAPPED_MOST   ((uint64_t)1 << 30)
#define MIB           ((uint64_t)1 << 20)
#define SLIP          64U /* times what there is: the unit was meant otherwise */

/* RAM without what is reserved, or was loaded earlier. */
static uint64_t machine_memory(const struct check *check, bool is_all)
{
    const struct region *each = check->finished->regions->first;
    uint64_t bytes = memory_in_ram(check, 0, UINT64_MAX);

    for (; each != NULL && !is_all; each = each->next)
        if (each->kind == REGION_RESERVED || each->kind == REGION_MODULE)
            bytes -= memory_in_ram(check, each->start, each->size);
    return bytes;
}

uint64_t memory_of_tables(const struct check *check, const struct domain *domain, uint64_t bytes)
{
    uint32_t cpus = 0;
    uint32_t mib;

    if (check_cell(check, domain->node, "xen,domain-p2m-mem-mb", &mib))
        return mib * MIB;
    check_cell(check, domain->node, "cpus", &cpus);
    return cpus * MIB + bytes / 256 + MIB / 2;
}

/* Bytes of the lists that Xen makes for the frames of grant tables, where a domain asks for many.
 */
static uint64_t list_memory(const struct check *check, const struct domain *domain)
{
    uint32_t frames = 0;
    uint32_t maptrack = 0;

    if (!xen_is_from_to(check->xen, XEN(4, 18), 0))
        return 0;
    check_cell(check, domain->node, "max_grant_frames", &frames);
    check_cell(check, domain->node, "max_maptrack_frames", &maptrack);
    return frames <= INT32_MAX && maptrack <= INT32_MAX
               ? frames * (uint64_t)FRAME_LISTS + maptrack * (uint64_t)MAPTRACK_LIST
               : 0;
}

uint64_t memory_asked(const struct check *check, const struct domain *domain)
{
    uint64_t bytes = 0;

    if (!domain->is_dom0)
        return domain_memory(check->finished->tree, domain, &bytes) && bytes <= UINT64_MAX / 1024
                   ? bytes * 1024
               : bytes != 0 ? UINT64_MAX
                            : 0;
    if (!check_has_kernel(domain))
        return 0;
    return xen_options_dom0_memory(check->options, &bytes) ? bytes : XEN_DOM0_MEMORY;
}

/* Adds up to UINT64_MAX. */
static void add(uint64_t *sum, uint64_t bytes)
{
    *sum = bytes > UINT64_MAX - *sum ? UINT64_MAX : *sum + bytes;
}

/* The bytes that the binaries occupy until the domains are built. */
static uint64_t binary_memory(const struct check *check)
{
    uint64_t bytes = 0;

    for (const struct binary *each = check->plan->binaries; each != NULL; each = each->next)
        if (each->is_placed)
            bytes += binary_pages(each) * PAGE_SIZE;
    return bytes;
}

/* The bytes that all shared memories occupy; *from_heap has those for which Xen chooses a place. */
static uint64_t all_shared_memory(const struct check *check, uint64_t *from_heap)
{
    struct shared_memory *each = check->finished->regions->shared;
    struct names seen;
    uint64_t bytes = 0;

    names_init(&seen, check->arena, false);
    for (; each != NULL; each = each->next)
        if (each->id != NULL && names_add(&seen, each->id, each) == each) {
            add(&bytes, each->size);
            if (!each->has_host)
                add(from_heap, each->size);
        }
    return bytes;
}

static void check_own(const struct check *check, const struct domain *domain)
{
    struct location where = check_entry(domain, "memory");
    const char *hint =
        check_hint(domain, "add memory = <0 KIB>, two cells that count KiB: 128 MiB is <0 0x20000>",
                   "add memory=SIZE, such as memory=128M");
    uint64_t kib = 0;

    if (!tree_has(check->fdt, domain->node, "memory")) {
        where = meant_place(check, domain, "memory", &hint);
        check_error(check, domain, &where, hint, " does not say how much memory it has");
    } else if (domain_memory(check->finished->tree, domain, &kib) && kib == 0) {
        check_error(check, domain, &where, check_memory_hint(check, domain, kib), " has no memory");
    } else if (kib % (PAGE_SIZE / 1024) != 0 &&
               !tree_has(check->fdt, domain->node, "xen,static-mem")) {
        check_error(check, domain, &where, "give it a multiple of 4 KiB",
                    " has a memory of %lu KiB, which Xen would allocate for ever", kib);
    }
}

/* One domain that alone asks for more than there is made a slip in the unit. */
static bool check_alone(const struct check *check, const struct domain *domain, uint64_t bytes,
                        uint64_t machine)
{
    struct location where;

    if (bytes <= machine)
        return true;
    where = check_entry(domain, "memory");
    check_error(check, domain, &where,
                machine != 0 && bytes / machine >= SLIP
                    ? check_memory_hint(check, domain, bytes / 1024)
                    : "give it less",
                " asks for %s of memory, but the machine has %s", text_size(check->arena, bytes),
                text_size(check->arena, machine));
    return false;
}

/* Bytes for what Xen knows of each page, from the first to the last one that the machine has. */
static uint64_t frame_table(const struct check *check)
{
    uint64_t first;
    uint64_t last;

    memory_span(check, &first, &last);
    return xen_frame_table(first, last);
}

uint64_t memory_for_domains(const struct check *check)
{
    uint64_t all = machine_memory(check, false);
    uint64_t taken = binary_memory(check) + frame_table(check);

    return all > taken ? all - taken : 0;
}

/*
 * The lists are mapped into a GiB of addresses, as the registers of interrupt controllers are, and
 * little else.
 */
static void check_lists(const struct check *check, uint64_t lists)
{
    uint64_t room = MAPPED_MOST;
    uint64_t taken = 0;
    int node = -1;

    while ((node = walk_next(check->fdt, node)) >= 0)
        if (tree_has(check->fdt, node, "interrupt-controller") && check_has_driver(check, node))
            taken += check_registers(check, node);
    room -= taken < room ? taken : room;
    if (lists >= room)
        check_error(check, NULL, &check_chosen,
                    "give them less by max_grant_frames and max_maptrack_frames",
                    "the grant tables of the domains need lists of %lu MiB, but Xen has room for "
                    "%lu",
                    lists / MIB, room / MIB);
}

/* With a static heap, Xen takes everything out of it but static memory. */
static void check_heap(const struct check *check, uint64_t needed)
{
    const struct region *each = check->finished->regions->first;
    uint64_t heap = 0;

    for (; each != NULL; each = each->next)
        if (each->kind == REGION_STATIC_HEAP)
            add(&heap, each->size);
    add(&needed, frame_table(check));
    add(&needed, XEN_HEAP_LEAST);
    if (heap != 0 && needed > heap)
        check_error(check, NULL, &check_chosen, "give it more, or the domains static memory",
                    "the static heap has %s, but Xen and the domains need %lu MiB",
                    text_size(check->arena, heap), needed / MIB + 1);
}

void check_amounts(const struct check *check)
{
    const struct plan *plan = check->plan;
    uint64_t machine = machine_memory(check, true);
    uint64_t free = machine_memory(check, false);
    uint64_t dom0 = memory_asked(check, &plan->domains[0]);
    uint64_t asked = dom0;
    uint64_t needed = dom0;
    uint64_t from_heap = dom0;
    uint64_t lists = 0;
    bool is_right = true;

    if (!check->finished->is_placed)
        return; /* there is no room for the files alone */
    add(&needed, binary_memory(check));
    add(&needed, all_shared_memory(check, &from_heap));
    for (size_t at = 1; at < plan->domain_count; at++) {
        const struct domain *domain = &plan->domains[at];
        uint64_t bytes = memory_asked(check, domain);

        if (!domain->is_faulty)
            check_own(check, domain);
        is_right = check_alone(check, domain, bytes, machine) && is_right;
        add(&asked, bytes);
        add(&needed, bytes);
        add(&needed, memory_of_tables(check, domain, bytes));
        add(&lists, list_memory(check, domain));
        add(&from_heap, memory_of_tables(check, domain, bytes));
        if (!tree_has(check->fdt, domain->node, "xen,static-mem"))
            add(&from_heap, bytes);
        /* Its static memory is not what Xen gives a hardware domain. */
        else if (has_capability(check, domain, CAPABILITY_HARDWARE))
            add(&needed, bytes);
    }
    add(&needed, lists);
    if (is_right && needed > free)
        check_error(check, NULL, dom0 > machine ? check_options_place(check) : &check_chosen,
                    dom0 != 0 ? "give them less: dom0 has what dom0_mem= says" : "give them less",
                    "the domains need %lu MiB of memory (%lu for themselves), but the machine has "
                    "%lu%s",
                    needed / MIB + 1, asked / MIB, free / MIB,
                    free < machine ? " that is not reserved" : "");
    else if (is_right && lists != 0)
        check_lists(check, lists);
    if (is_right)
        check_heap(check, from_heap);
}
