/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of memory: what the domains ask for, and the regions that the tree gives away. */
#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/preflight/check.h"

#define BANKS_MAX      256U /* regions that Xen keeps */
#define HEAP_ALIGNMENT 0x10000U
#define SHARED_ID_MAX  15U                   /* characters of xen,shm-id */
#define DOM0_DEFAULT   ((uint64_t)512 << 20) /* bytes that dom0 has without dom0_mem= */

#define MIB ((uint64_t)1 << 20)

/* --- amounts ---------------------------------------------------------------------------------- */

static bool is_ram(enum memory_kind kind)
{
    return kind == MEMORY_FREE || kind == MEMORY_TRANSIENT;
}

static uint64_t machine_memory(const struct check *check)
{
    const struct memory_map *map = check->subject->map;
    uint64_t bytes = 0;

    for (size_t at = 0; at < map->count; at++)
        if (is_ram(map->regions[at].kind))
            bytes += map->regions[at].size;
    return bytes;
}

static uint64_t dom0_memory(const struct check *check)
{
    uint64_t bytes;

    if (!check_has_kernel(&check->plan->domains[0]))
        return 0;
    return xen_options_dom0_memory(check->options, &bytes) ? bytes : DOM0_DEFAULT;
}

/* What Xen takes for a domain's page tables, by default: for its vCPUs, its memory, and a rest. */
static uint64_t table_memory(const struct check *check, const struct domain *domain, uint64_t bytes)
{
    uint32_t cpus = 0;
    uint32_t mib;

    if (check_cell(check, domain->node, "xen,domain-p2m-mem-mb", &mib))
        return mib * MIB;
    check_cell(check, domain->node, "cpus", &cpus);
    return cpus * MIB + bytes / 256 + MIB / 2;
}

/* The memory of a domain in bytes; more than fits into 64 bits is UINT64_MAX. */
static uint64_t asked_memory(const struct check *check, const struct domain *domain)
{
    uint64_t kib = 0;

    if (!domain_memory(check->subject->tree, domain, &kib))
        return 0;
    return kib <= UINT64_MAX / 1024 ? kib * 1024 : UINT64_MAX;
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

/* One domain that alone asks for more than there is made a slip in the unit. */
static bool check_alone(const struct check *check, const struct domain *domain, uint64_t bytes,
                        uint64_t machine)
{
    if (bytes <= machine)
        return true;
    check_error(check, domain, NULL, check_memory_hint(check, bytes / 1024),
                " asks for %s of memory, but the machine has %s", text_size(check->arena, bytes),
                text_size(check->arena, machine));
    return false;
}

static void check_amounts(const struct check *check)
{
    const struct plan *plan = check->plan;
    uint64_t machine = machine_memory(check);
    uint64_t dom0 = dom0_memory(check);
    uint64_t asked = dom0;
    uint64_t needed = dom0;
    bool is_right = true;

    add(&needed, binary_memory(check));
    for (size_t at = 1; at < plan->domain_count; at++) {
        const struct domain *domain = &plan->domains[at];
        uint64_t bytes = asked_memory(check, domain);

        is_right = check_alone(check, domain, bytes, machine) && is_right;
        add(&asked, bytes);
        add(&needed, bytes);
        add(&needed, table_memory(check, domain, bytes));
    }
    if (is_right && needed > machine)
        check_error(check, NULL, &(struct location){.node = "/chosen"},
                    dom0 != 0 ? "give them less: dom0 has what dom0_mem= says" : "give them less",
                    "the domains need %lu MiB of memory (%lu for themselves), but the machine has "
                    "%lu",
                    needed / MIB + 1, asked / MIB, machine / MIB);
}

/* --- regions alone ---------------------------------------------------------------------------- */

/* A region in words, such as "static memory of domain domA (0x40000000 to 0x4fffffff)". */
static const char *describe(const struct check *check, const struct region *region)
{
    static const char names[][30] = {
        [REGION_STATIC_MEMORY] = "static memory of ",
        [REGION_STATIC_HEAP] = "the static heap",
        [REGION_SHARED_MEMORY] = "shared memory of ",
        [REGION_RESERVED] = "reserved memory ",
        [REGION_RESERVE_ENTRY] = "a /memreserve/",
        [REGION_MODULE] = "a module, loaded earlier, of ",
    };
    const char *whose = region->domain != NULL ? region->domain : "";

    if (region->kind == REGION_RESERVED)
        whose = strchr(region->where.node + 1, '/') + 1;
    return text_format(check->arena, "%s%s (0x%lx to 0x%lx)", names[region->kind], whose,
                       region->start, region->start + (region->size != 0 ? region->size - 1 : 0));
}

/* Regions that Xen hands out, unlike those that the firmware keeps. */
static bool is_xens(const struct region *region)
{
    return region->kind != REGION_RESERVED && region->kind != REGION_RESERVE_ENTRY;
}

static bool report(const struct check *check, const struct region *region, const char *hint,
                   const char *what)
{
    check_error(check, NULL, &region->where, hint, "%s %s", describe(check, region), what);
    return false;
}

static bool check_shape(const struct check *check, const struct region *region)
{
    bool is_heap = region->kind == REGION_STATIC_HEAP;
    uint64_t alignment = is_heap ? HEAP_ALIGNMENT : PAGE_SIZE;

    if (region->kind == REGION_MODULE)
        return true;
    if (region->size == 0)
        return report(check, region, "leave it out", "has no size");
    if (region->start % alignment != 0 || region->size % alignment != 0)
        return report(check, region,
                      is_heap ? "address and size are multiples of 0x10000"
                              : "address and size are multiples of 0x1000",
                      is_heap ? "is not aligned to 64 KiB" : "is not page aligned");
    return true;
}

/* What the firmware keeps a kind of memory for, "" where it does not. */
static const char *keeper(enum memory_kind kind)
{
    static const char names[][17] = {
        [MEMORY_FREE] = "",
        [MEMORY_TRANSIENT] = "",
        [MEMORY_RUNTIME] = "runtime services",
        [MEMORY_RESERVED] = "reserved memory",
        [MEMORY_ACPI] = "ACPI tables",
        [MEMORY_DEVICE] = "",
    };

    return names[kind];
}

/* Whether a region lies in memory, all of it that the firmware leaves to Xen. */
static bool check_place(const struct check *check, const struct region *region)
{
    const struct memory_map *map = check->subject->map;
    uint64_t covered = 0;

    for (size_t at = 0; at < map->count; at++) {
        const struct memory_region *part = &map->regions[at];
        uint64_t start = region->start > part->start ? region->start : part->start;
        uint64_t end = region->start + region->size;

        if (part->kind == MEMORY_DEVICE)
            continue;
        end = end - part->start < part->size || end < part->start ? end : part->start + part->size;
        if (start >= end)
            continue;
        if (region->kind != REGION_MODULE && keeper(part->kind)[0] != '\0')
            return report(check, region, "choose memory that the firmware does not keep",
                          text_format(check->arena, "overlaps the firmware's %s (0x%lx to 0x%lx)",
                                      keeper(part->kind), part->start,
                                      part->start + part->size - 1));
        covered += end - start;
    }
    if (covered < region->size)
        return report(check, region, NULL, "lies outside the machine's memory");
    return true;
}

/* --- regions together ------------------------------------------------------------------------- */

/* Sorts by start; there are at most REGIONS_MAX, and mostly they are in order. */
static void sort(const struct region **list, size_t count)
{
    for (size_t end = 1; end < count; end++) {
        const struct region *region = list[end];
        size_t at = end;

        for (; at > 0 && list[at - 1]->start > region->start; at--)
            list[at] = list[at - 1];
        list[at] = region;
    }
}

/* The same shared memory, or the same module, is listed by each domain that has it. */
static bool are_one(const struct region *left, const struct region *right)
{
    return left->kind == right->kind && left->start == right->start && left->size == right->size &&
           (left->kind == REGION_MODULE ||
            (left->kind == REGION_SHARED_MEMORY && left->name != NULL && right->name != NULL &&
             strcmp(left->name, right->name) == 0));
}

/* U-Boot lists what it loaded as /memreserve/, too. */
static bool may_overlap(const struct region *left, const struct region *right)
{
    return are_one(left, right) ||
           (left->kind == REGION_MODULE && right->kind == REGION_RESERVE_ENTRY) ||
           (left->kind == REGION_RESERVE_ENTRY && right->kind == REGION_MODULE);
}

static void check_pair(const struct check *check, const struct region *earlier,
                       const struct region *region)
{
    bool is_later = is_xens(region);

    if (earlier == NULL || region->start - earlier->start >= earlier->size ||
        may_overlap(earlier, region))
        return;
    report(check, is_later ? region : earlier, "move or shrink one of them",
           text_format(check->arena, "overlaps %s", describe(check, is_later ? earlier : region)));
}

static uint64_t end_of(const struct region *region)
{
    return region->start + region->size;
}

/* Walks up the regions, and compares each with the one that reaches farthest, of either side. */
static void check_overlaps(const struct check *check, const struct region **list, size_t count)
{
    const struct region *xens = NULL;
    const struct region *firmwares = NULL;

    for (size_t at = 0; at < count; at++) {
        const struct region *region = list[at];
        const struct region **widest = is_xens(region) ? &xens : &firmwares;

        check_pair(check, xens, region);
        if (is_xens(region))
            check_pair(check, firmwares, region);
        if (*widest == NULL || end_of(region) > end_of(*widest))
            *widest = region;
    }
}

static void check_regions(const struct check *check)
{
    const struct regions *regions = check->subject->regions;
    const struct region **list = arena_array(check->arena, regions->count, sizeof(*list));
    size_t count = 0;

    if (regions->too_many || regions->banks > BANKS_MAX) {
        check_error(check, NULL, &(struct location){.node = "/chosen"},
                    "static, shared and reserved memory count",
                    "Xen has room for %u regions of memory, but there are more", BANKS_MAX);
        return;
    }
    if (list == NULL)
        return;
    for (const struct region *each = regions->first; each != NULL; each = each->next)
        if (is_xens(each) ? check_shape(check, each) && check_place(check, each) : each->size != 0)
            list[count++] = each;
    sort(list, count);
    check_overlaps(check, list, count);
}

static void check_bad(const struct check *check)
{
    for (const struct bad_region *bad = check->subject->regions->bad; bad != NULL; bad = bad->next)
        (bad->is_harmless ? check_warning : check_error)(
            check, NULL, &bad->where, "#address-cells and #size-cells of the parent count",
            "%s%s%s: %s", bad->property, bad->domain != NULL ? " of " : "",
            bad->domain != NULL ? bad->domain : "", bad->why);
}

/* The static memory of a domain is all the memory that it has. */
static void check_static_sum(const struct check *check, const struct domain *domain)
{
    uint64_t sum = 0;
    uint64_t kib;
    const struct region *each = check->subject->regions->first;

    for (; each != NULL; each = each->next)
        if (each->kind == REGION_STATIC_MEMORY && each->domain == domain->name)
            add(&sum, each->size);
    if (sum == 0 || !domain_memory(check->subject->tree, domain, &kib) || kib == 0 ||
        sum / 1024 == kib)
        return;
    check_error(check, domain, NULL,
                text_format(check->arena, "write memory = %s, or change xen,static-mem",
                            check_two_cells(check, sum / 1024)),
                " has a memory of %lu KiB, but static memory of %lu KiB", kib, sum / 1024);
}

/* --- shared memory ---------------------------------------------------------------------------- */

static void report_not_built(const struct check *check, const struct domain *domain,
                             const struct location *where, const char *what, const char *option)
{
    check_error(check, domain, where,
                text_format(check->arena, "use a Xen that is built with %s", option),
                " has %s, but %s is built without it", what, check->plan->xen.name);
}

/* What is known of one xen,shm-id. */
struct shared_id {
    const struct shared_memory *first;
    const struct shared_memory *owner;
};

static bool check_id(const struct check *check, const struct shared_memory *shared)
{
    if (shared->id != NULL && shared->id[0] != '\0')
        return check_length(check, shared->domain, &shared->where, "xen,shm-id", shared->id,
                            SHARED_ID_MAX);
    check_error(check, shared->domain, &shared->where, "add xen,shm-id = \"NAME\"",
                ": shared memory has no xen,shm-id");
    return false;
}

/* What the regions do not show: the guest's side, and sizes where Xen finds the memory. */
static void check_guest_side(const struct check *check, const struct shared_memory *shared)
{
    bool is_direct =
        !shared->domain->is_dom0 && tree_has(check->fdt, shared->domain->node, "direct-map");

    if (shared->guest % PAGE_SIZE != 0 ||
        (!shared->has_host && (shared->size == 0 || shared->size % PAGE_SIZE != 0)))
        check_error(check, shared->domain, &shared->where,
                    "address and size are multiples of 0x1000",
                    ": shared memory %s is not page aligned", shared->id);
    else if (is_direct && (!shared->has_host || shared->host != shared->guest))
        check_error(check, shared->domain, &shared->where, "give host and guest the same address",
                    " has direct-map, but not for shared memory %s", shared->id);
}

static bool check_role(const struct check *check, const struct shared_memory *shared)
{
    if (shared->role == NULL || strcmp(shared->role, "borrower") == 0)
        return false;
    if (strcmp(shared->role, "owner") == 0)
        return true;
    check_error(check, shared->domain, &shared->where, "write role = \"owner\" or \"borrower\"",
                ": \"%s\" is no role in shared memory", shared->role);
    return false;
}

/* All nodes of one id are one memory, which has one owner. */
static void check_one_id(const struct check *check, const struct shared_memory *shared,
                         struct shared_id *id)
{
    const struct shared_memory *first = id->first;
    bool is_owner = check_role(check, shared);

    if (shared->size != first->size ||
        (shared->has_host && first->has_host && shared->host != first->host))
        check_error(check, shared->domain, &shared->where,
                    "give it the same address and size everywhere",
                    ": shared memory %s is not where %s has it", shared->id, first->domain->name);
    else if (is_owner && id->owner != NULL)
        check_error(check, shared->domain, &shared->where, "make one of them the borrower",
                    " owns shared memory %s, but so does %s", shared->id, id->owner->domain->name);
    if (is_owner && id->owner == NULL)
        id->owner = shared;
}

static void check_shared(const struct check *check)
{
    struct names by_id;

    names_init(&by_id, check->arena, false);
    for (const struct shared_memory *shared = check->subject->regions->shared; shared != NULL;
         shared = shared->next) {
        struct shared_id *id;

        if (!check_id(check, shared))
            continue;
        id = names_find(&by_id, shared->id);
        if (id == NULL) {
            id = arena_allocate(check->arena, sizeof(*id));
            if (id == NULL || names_add(&by_id, shared->id, id) == NULL)
                return;
            id->first = shared;
        }
        check_guest_side(check, shared);
        check_one_id(check, shared, id);
    }
    if (check->subject->regions->shared != NULL &&
        check_xen_holds(check, "CONFIG_STATIC_SHM must be enabled", false))
        report_not_built(check, check->subject->regions->shared->domain,
                         &check->subject->regions->shared->where, "shared memory",
                         "CONFIG_STATIC_SHM");
}

/* Built without static memory, Xen reads the property, and then gives the domain no memory at all.
 */
static void check_static_support(const struct check *check, const struct domain *domain)
{
    if (tree_has(check->fdt, domain->node, "xen,static-mem") &&
        check_xen_holds(check, "xen,static-mem\" in", false) &&
        !check_xen_holds(check, "requested static mem", false))
        report_not_built(check, domain, &domain->where, "static memory", "CONFIG_STATIC_MEMORY");
}

void check_memory(struct check *check)
{
    check_amounts(check);
    check_bad(check);
    check_regions(check);
    for (size_t at = 1; at < check->plan->domain_count; at++) {
        check_static_sum(check, &check->plan->domains[at]);
        check_static_support(check, &check->plan->domains[at]);
    }
    check_shared(check);
}
