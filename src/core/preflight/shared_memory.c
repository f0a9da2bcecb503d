/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of shared memory. */
#include "core/preflight/shared_memory.h"

#include <string.h>

#include "core/base/names.h"
#include "core/base/text.h"
#include "core/preflight/guest_memory.h"

#define SHARED_ID_MAX 15U /* characters of xen,shm-id */
#define IDS_MAX       32U /* since 4.19 */

/* Since then Xen finds the memory itself, and looks at more. */
#define FINDS_HOST XEN(4, 19)

/* The uses of one xen,shm-id. */
struct shared_id {
    const struct shared_memory *first;
    const struct shared_memory *owner;
    const struct shared_memory *nobodys; /* the first one without a role */
};

static bool check_id(const struct check *check, const struct shared_memory *shared)
{
    if (shared->id != NULL && shared->id[0] != '\0')
        return check_length(check, shared->domain, &shared->where, "xen,shm-id", shared->id,
                            SHARED_ID_MAX);
    /* That it is not a text was said with the bindings. */
    if (shared->id != NULL || !shared->has_id)
        check_error(check, shared->domain, &shared->where, "add xen,shm-id = \"NAME\"",
                    ": shared memory has no xen,shm-id");
    return false;
}

/* True if the addresses of a domain are those of the machine. */
static bool is_mapped_directly(const struct check *check, const struct domain *domain)
{
    return domain->is_dom0 || tree_has(check->fdt, domain->node, "direct-map");
}

/* Mistakes that the regions do not show: the guest's side, and sizes if Xen finds the memory. */
static void check_guest_side(const struct check *check, const struct shared_memory *shared)
{
    bool is_new = xen_is_from_to(check->xen, FINDS_HOST, 0);

    if (shared->guest % PAGE_SIZE != 0 ||
        (!shared->has_host && (shared->size == 0 || shared->size % PAGE_SIZE != 0)))
        check_error(check, shared->domain, &shared->where,
                    "address and size are multiples of 0x1000",
                    ": shared memory %s is not page aligned", shared->id);
    else if (!is_new && !shared->has_host)
        check_error(check, shared->domain, &shared->where, "write <HOST GUEST SIZE>",
                    ": shared memory %s has no address in the machine, which this Xen wants",
                    shared->id);
    else if (is_new && is_mapped_directly(check, shared->domain) &&
             (!shared->has_host || shared->host != shared->guest))
        check_error(check, shared->domain, &shared->where, "give host and guest the same address",
                    " has direct-map, but not for shared memory %s", shared->id);
    else
        check_guest_address(check, shared);
}

static bool check_role(const struct check *check, const struct shared_memory *shared)
{
    if (shared->role == NULL || strcmp(shared->role, "borrower") == 0)
        return false;
    if (strcmp(shared->role, "owner") == 0)
        return true;
    check_error(check, shared->domain, &shared->where, "write role = \"owner\" or \"borrower\"",
                ": \"%s\" is not a role in shared memory", shared->role);
    return false;
}

/* True if a node has another size or place than the first of its id. */
static bool is_elsewhere(const struct check *check, const struct shared_memory *shared,
                         const struct shared_memory *first)
{
    if (shared->size != first->size)
        return true;
    if (shared->has_host && first->has_host)
        return shared->host != first->host;
    return shared->has_host && xen_is_from_to(check->xen, FINDS_HOST, 0);
}

/* A node without a role makes Xen the owner, so no other may be. */
static void check_nobodys(const struct check *check, const struct shared_id *id)
{
    if (id->owner != NULL && id->nobodys != NULL)
        check_error(check, id->nobodys->domain, &id->nobodys->where, "write role = \"borrower\"",
                    ": shared memory %s has an owner, but no role here", id->first->id);
}

/* All nodes of one id are one memory, which has one owner. */
static void check_one_id(const struct check *check, const struct shared_memory *shared,
                         struct shared_id *id)
{
    const struct shared_memory *first = id->first;
    bool is_owner = check_role(check, shared);

    if (is_elsewhere(check, shared, first))
        check_error(check, shared->domain, &shared->where,
                    "give it the same address and size everywhere",
                    ": shared memory %s is not where %s has it", shared->id, first->domain->name);
    else if (is_owner && id->owner != NULL)
        check_error(check, shared->domain, &shared->where, "make one of them the borrower",
                    " owns shared memory %s, but so does %s", shared->id, id->owner->domain->name);
    if (is_owner && id->owner == NULL) {
        id->owner = shared;
        check_nobodys(check, id);
    }
    if (shared->role == NULL && id->nobodys == NULL) {
        id->nobodys = shared;
        check_nobodys(check, id);
    }
}

static void check_nodes(const struct check *check)
{
    struct names by_id;
    unsigned ids = 0;

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
            ids++;
        }
        check_guest_side(check, shared);
        check_one_id(check, shared, id);
    }
    if (ids > IDS_MAX && xen_is_from_to(check->xen, FINDS_HOST, 0))
        check_limit(check, NULL, &check_chosen, "share fewer, larger ones",
                    "there are %u shared memories, but Xen takes %u", ids, IDS_MAX);
}

void check_shared_memory(const struct check *check)
{
    const struct shared_memory *first = check->finished->regions->shared;

    if (first != NULL && !xen_has(check->xen, FEATURE_STATIC_SHM))
        check_not_built(check, first->domain, &first->where, "shared memory", FEATURE_STATIC_SHM);
    else
        check_nodes(check);
}
