/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of shared memory. */
#include "core/preflight/shared_memory.h"

#include <string.h>

#include "core/base/names.h"

#define SHARED_ID_MAX 15U /* characters of xen,shm-id */

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

void check_shared_memory(const struct check *check)
{
    struct names by_id;

    names_init(&by_id, check->arena, false);
    for (const struct shared_memory *shared = check->finished->regions->shared; shared != NULL;
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
    if (check->finished->regions->shared != NULL && !xen_has(check->xen, FEATURE_STATIC_SHM))
        check_not_built(check, check->finished->regions->shared->domain,
                        &check->finished->regions->shared->where, "shared memory",
                        FEATURE_STATIC_SHM);
}
