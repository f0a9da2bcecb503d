/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of addresses in a domain's own memory. */
#include "core/preflight/guest_memory.h"

#include <string.h>

#include "core/base/text.h"
#include "core/preflight/kernels.h"

#define BANK_1 ((uint64_t)8 << 30) /* what is left of its memory lies behind the first bank */

/* The addresses at which a domain finds what Xen makes for it (Xen, public/arch-arm.h). */
static const struct {
    const char *name;
    uint64_t start;
    uint64_t size;
    bool is_asked; /* made only where a property of that name asks for it */
} devices[] = {
    {"the interrupt controller", 0x3001000, 0x101f000, false},
    {"vpl011", 0x22000000, 0x1000, true},
    {"grant tables", 0x38000000, 0x1000000, false},
};

enum guest_place guest_place(const struct check *check, const struct domain *domain, uint64_t start,
                             uint64_t size)
{
    enum module_kind file = kernels_file_at(check, domain, start, size);
    uint64_t kib = 0;
    uint64_t bytes;

    if (!domain_memory(check->finished->tree, domain, &kib) || kib > UINT64_MAX / 1024)
        return PLACE_FREE;
    bytes = kib * 1024;
    if (file != MODULE_UNKNOWN)
        return file == MODULE_KERNEL ? PLACE_KERNEL : PLACE_FILES;
    if (check_meet(start, size, GUEST_BANK_0,
                   bytes < GUEST_BANK_0_SIZE ? bytes : GUEST_BANK_0_SIZE) ||
        (bytes > GUEST_BANK_0_SIZE && check_meet(start, size, BANK_1, bytes - GUEST_BANK_0_SIZE)))
        return PLACE_MEMORY;
    return PLACE_FREE;
}

/*
 * Xen writes files to the memory of a domain, which of shared memory is only what it owns. The rest
 * becomes hidden.
 */
static void check_memory(const struct check *check, const struct shared_memory *shared)
{
    enum guest_place place = guest_place(check, shared->domain, shared->guest, shared->size);

    if (place == PLACE_FREE)
        return;
    if (place == PLACE_MEMORY || (shared->role != NULL && strcmp(shared->role, "owner") == 0))
        check_warning(check, shared->domain, &shared->where,
                      "choose an address outside the memory of the domain",
                      ": shared memory %s lies over the domain's own", shared->id);
    else
        check_error(check, shared->domain, &shared->where, "choose an address below 0x40000000",
                    ": shared memory %s lies where the %s", shared->id,
                    place == PLACE_KERNEL ? "kernel goes" : "ramdisk and tree go");
}

static void check_devices(const struct check *check, const struct shared_memory *shared)
{
    for (size_t at = 0; at < sizeof(devices) / sizeof(devices[0]); at++)
        if (check_meet(shared->guest, shared->size, devices[at].start, devices[at].size) &&
            (!devices[at].is_asked || tree_has(check->fdt, shared->domain->node, devices[at].name)))
            check_warning(check, shared->domain, &shared->where, "choose another address",
                          ": shared memory %s lies over %s", shared->id, devices[at].name);
}

static void check_others(const struct check *check, const struct shared_memory *shared)
{
    const struct shared_memory *each = check->finished->regions->shared;

    for (; each != shared; each = each->next)
        if (each->domain == shared->domain && each->id != NULL &&
            check_meet(shared->guest, shared->size, each->guest, each->size)) {
            check_warning(check, shared->domain, &shared->where, "choose another address",
                          ": shared memory %s lies over %s", shared->id, each->id);
            return;
        }
}

void check_guest_address(const struct check *check, const struct shared_memory *shared)
{
    if (shared->guest >> XEN_ADDRESS_BITS != 0)
        check_error(check, shared->domain, &shared->where, "choose a lower address",
                    ": shared memory %s lies beyond what a domain can address", shared->id);
    check_others(check, shared);
    if (shared->domain->is_dom0 || tree_has(check->fdt, shared->domain->node, "direct-map"))
        return;
    check_memory(check, shared);
    check_devices(check, shared);
}
