/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of the device tree that Xen makes for a domain: up to 4.21 it has 4 KiB. */
#include "core/preflight/guest_tree.h"

#include <libfdt.h>
#include <string.h>

#include "core/preflight/roles.h"

#define ROOM      4096U /* bytes that Xen allocates up to 4.21 */
#define ROOM_LAST XEN(4, 21)
#define BANK_FIRST                                                                                 \
    ((uint64_t)3 << 20) /* KiB of the first bank of a domain that is not mapped 1:1 */

/* Bytes that parts of the tree take, as measured with 4.17 and 4.20. */
#define SIZE_CPU      96U
#define SIZE_CONSOLE  154U
#define SIZE_SPEED    30U /* of the console's, which Xen leaves out if it has no room */
#define SIZE_ENHANCED 156U
#define SIZE_BANK     16U
#define SIZE_RAMDISK  76U
#define SIZE_LINE     21U /* without the text */

static size_t round_up(size_t size)
{
    return (size + 3) / 4 * 4;
}

/* The nodes of shared memory: the first one brings their parent. */
static size_t shared_size(const struct check *check, const struct domain *domain, bool is_old)
{
    const struct shared_memory *each = check->finished->regions->shared;
    size_t size = 0;

    for (; each != NULL; each = each->next)
        if (each->domain == domain && each->id != NULL)
            size += (size == 0 ? 93U : 0) + (is_old ? 124U : 140U) + round_up(strlen(each->id) + 1);
    return size;
}

static size_t bank_count(const struct check *check, const struct domain *domain)
{
    const struct region *each = check->finished->regions->first;
    uint64_t kib = 0;
    size_t count = 0;

    if (!tree_has(check->fdt, domain->node, "direct-map"))
        return domain_memory(check->finished->tree, domain, &kib) && kib > BANK_FIRST ? 2 : 1;
    for (; each != NULL; each = each->next)
        if (each->kind == REGION_STATIC_MEMORY && each->domain == domain->name)
            count++;
    return count != 0 ? count : 1;
}

/* True if the domain gets a node of Xen's: an empty or a known value asks for it. */
static bool is_enhanced(const struct check *check, const struct domain *domain)
{
    const char *value = enhanced_value(check, domain);

    return strcmp(value, "enabled") == 0 || strcmp(value, "no-xenstore") == 0 ||
           strcmp(value, "legacy") == 0;
}

static size_t line_size(const struct check *check, const struct domain *domain)
{
    const struct module *line = domain_line(check->fdt, domain);
    const char *text = line != NULL ? tree_string(check->fdt, line->node, "bootargs") : NULL;

    return text != NULL && text[0] != '\0' ? SIZE_LINE + round_up(strlen(text) + 1) : 0;
}

/* Xen 4.17 copies the nodes of a fragment into the same room; later ones make room for it. */
static size_t fragment_size(const struct domain *domain)
{
    const struct module *fragment = domain_loaded(domain, MODULE_DEVICE_TREE);

    if (fragment == NULL ||
        tree_check(fragment->binary->memory, (size_t)fragment->binary->size) != 0)
        return 0;
    return fdt_size_dt_struct(fragment->binary->memory) +
           fdt_size_dt_strings(fragment->binary->memory);
}

void check_guest_tree(const struct check *check, const struct domain *domain)
{
    bool is_old = xen_is_from_to(check->xen, 0, XEN(4, 17));
    size_t size = is_old ? 994 : 957;
    size_t room = ROOM;
    uint32_t cpus = 1;

    if (check->xen->version == 0 || check->xen->version > ROOM_LAST)
        return;
    check_cell(check, domain->node, "cpus", &cpus);
    /* More than that is said elsewhere. */
    if (cpus > 128)
        return;
    size += (cpus > 1 ? cpus - 1 : 0) * (size_t)SIZE_CPU + line_size(check, domain) +
            (bank_count(check, domain) - 1) * SIZE_BANK + shared_size(check, domain, is_old);
    size += tree_has(check->fdt, domain->node, "vpl011") ? SIZE_CONSOLE : 0;
    if (is_enhanced(check, domain))
        size += SIZE_ENHANCED;
    else if (tree_has(check->fdt, domain->node, "vpl011"))
        room += SIZE_SPEED;
    /* Xen 4.17 has the place of a ramdisk in each tree. */
    size += !is_old && domain_module(domain, MODULE_RAMDISK) != NULL ? SIZE_RAMDISK : 0;
    size += is_old ? fragment_size(domain) : 0;
    if (size > room)
        check_error(
            check, domain, NULL,
            "give it fewer cpus, a shorter command line or less shared memory; Xen 4.22 has "
            "room for more",
            " needs a device tree of %zu bytes, but this Xen has room for %u", size, ROOM);
}
