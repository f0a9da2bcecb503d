/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of kernels: whether Xen can start them, and has room for them in their domain. */
#include "core/preflight/kernels.h"

#include <libfdt.h>

#include "core/base/text.h"
#include "core/preflight/images.h"

#define ALIGNMENT  0x200000U /* of what Xen puts into a domain's memory */
#define MIB        ((uint64_t)1 << 20)
#define LOW_MEMORY 0x8000000U /* bytes behind which ramdisk and tree go if they can */

#define LEAST_MEMORY (8 * MIB) /* no domain has less */
#define MIB_LEAST    (4 * MIB) /* of dom0: less was meant in another unit */

/* The piece of memory that Xen puts all files of a domain into. */
struct bank {
    uint64_t start;
    uint64_t size;
};

static uint64_t round_up(uint64_t size)
{
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* The place that Xen gives a kernel. One that is too large for its place comes to lie before the
 * bank. */
static uint64_t place(const struct kernel_image *kernel, const struct bank *bank)
{
    uint64_t low = bank->size < LOW_MEMORY ? bank->size : LOW_MEMORY;

    if (kernel->address != 0)
        return kernel->address;
    if (!kernel->is_32)
        return bank->start + kernel->offset;
    return kernel->size <= low ? bank->start + (low - kernel->size) / ALIGNMENT * ALIGNMENT : 0;
}

/* Arranges a kernel, and `other` bytes of tree and ramdisk at *at, as Xen does; false without room.
 */
static bool arrange(const struct kernel_image *kernel, const struct bank *bank, uint64_t other,
                    uint64_t *at)
{
    uint64_t start = place(kernel, bank);
    uint64_t before = start - bank->start;
    uint64_t end = before + kernel->size;

    if (start < bank->start || end > bank->size ||
        other + round_up(start + kernel->size) - start > bank->size)
        return false;
    if (bank->size >= LOW_MEMORY + other && end < LOW_MEMORY)
        *at = bank->start + LOW_MEMORY;
    else if (bank->size - other > round_up(end))
        *at = bank->start + bank->size - other;
    else
        *at = start - other;
    return *at != start - other || before > other;
}

static bool fits(const struct kernel_image *kernel, const struct bank *bank, uint64_t other)
{
    uint64_t at;

    return arrange(kernel, bank, other, &at);
}

static uint64_t ramdisk_size(const struct domain *domain)
{
    const struct module *ramdisk = domain_taken(domain, MODULE_RAMDISK);

    if (ramdisk == NULL)
        return 0;
    return ramdisk->binary != NULL ? ramdisk->binary->size : ramdisk->size;
}

static uint64_t tree_size(const struct check *check, const struct domain *domain)
{
    const struct module *fragment = domain_taken(domain, MODULE_DEVICE_TREE);

    if (domain->is_dom0)
        return fdt_totalsize(check->fdt);
    return fragment != NULL && fragment->binary != NULL ? PAGE_SIZE + fragment->binary->size
                                                        : PAGE_SIZE;
}

/* Bytes that Xen takes for a domain's ramdisk and tree. */
static uint64_t other_files(const struct check *check, const struct domain *domain)
{
    return round_up(ramdisk_size(domain)) + round_up(tree_size(check, domain));
}

/* The first bank of a domain; false if that is not known. */
static bool find_bank(const struct check *check, const struct domain *domain, struct bank *bank)
{
    const struct region *each = check->finished->regions->first;
    uint64_t kib;

    if (!domain_memory(check->finished->tree, domain, &kib) || kib == 0 || kib > UINT64_MAX / 1024)
        return false;
    *bank = (struct bank){GUEST_BANK_0,
                          kib * 1024 < GUEST_BANK_0_SIZE ? kib * 1024 : GUEST_BANK_0_SIZE};
    if (!tree_has(check->fdt, domain->node, "direct-map"))
        return true;
    while (each != NULL && (each->kind != REGION_STATIC_MEMORY || each->domain != domain->name))
        each = each->next;
    if (each == NULL)
        return false;
    *bank = (struct bank){each->start, each->size};
    return true;
}

/* A domain with so little memory has the wrong unit; another one is to have more. */
static const char *room_hint(const struct check *check, const struct domain *domain,
                             const struct bank *bank, uint64_t needed)
{
    uint64_t mib = (needed + MIB - 1) / MIB;

    if (bank->size < LEAST_MEMORY || tree_has(check->fdt, domain->node, "xen,static-mem"))
        return check_memory_hint(check, domain, bank->size / 1024);
    return text_format(
        check->arena, "give it %s or more",
        check_hint(domain,
                   text_format(check->arena, "memory = %s", check_two_cells(check, mib * 1024)),
                   text_format(check->arena, "memory=%luM", mib)));
}

/* Reports if kernel, ramdisk and tree do not fit into the memory of a domain, as Xen arranges them.
 */
static void check_room(const struct check *check, const struct domain *domain,
                       const struct kernel_image *kernel)
{
    struct location where = check_entry(domain, "memory");
    uint64_t other = other_files(check, domain);
    uint64_t needed = round_up(kernel->offset + kernel->size) + other + ALIGNMENT;
    struct bank bank;

    if (kernel->offset >= UINT64_MAX / 4 || !find_bank(check, domain, &bank) ||
        fits(kernel, &bank, other))
        return;
    if (kernel->address != 0)
        check_error(check, domain, &where, "give it none, so that Xen chooses one",
                    "'s kernel is to be at 0x%lx, where its memory has no room for all files",
                    kernel->address);
    else
        check_error(check, domain, &where, room_hint(check, domain, &bank, needed),
                    " has %s of memory, but its files need %s", text_size(check->arena, bank.size),
                    text_size(check->arena, needed));
}

/* The same for dom0, of which it is only known how much it has. */
static void check_dom0_room(const struct check *check, const struct kernel_image *kernel)
{
    const struct domain *dom0 = check->plan->domains;
    const struct location *where = check_options_place(check);
    uint64_t other = other_files(check, dom0);
    struct bank bank = {.start = ALIGNMENT};

    if (kernel->offset >= UINT64_MAX / 4)
        return;
    if (kernel->address != 0) {
        check_error(check, NULL, where, "give it none, so that Xen chooses one",
                    "dom0's kernel is to be at 0x%lx, where Xen may not give dom0 memory",
                    kernel->address);
        return;
    }
    if (!xen_options_dom0_memory(check->options, &bank.size))
        bank.size = XEN_DOM0_MEMORY;
    if (!fits(kernel, &bank, other))
        check_error(
            check, NULL, where,
            bank.size < MIB_LEAST ? "write dom0_mem=512M" : "give it more by dom0_mem=",
            "dom0 has %s of memory, but its files need %s", text_size(check->arena, bank.size),
            text_size(check->arena, round_up(kernel->offset + kernel->size) + other + ALIGNMENT));
}

enum module_kind kernels_file_at(const struct check *check, const struct domain *domain,
                                 uint64_t start, uint64_t size)
{
    const struct module *module = domain_loaded(domain, MODULE_KERNEL);
    struct kernel_image kernel;
    struct bank bank;
    uint64_t at;

    if (module == NULL || image_read(check, module->binary, &kernel) != NULL ||
        kernel.offset >= UINT64_MAX / 4 || !find_bank(check, domain, &bank) ||
        !arrange(&kernel, &bank, other_files(check, domain), &at))
        return MODULE_UNKNOWN;
    if (check_meet(start, size, place(&kernel, &bank), kernel.size))
        return MODULE_KERNEL;
    if (check_meet(start, size, at, tree_size(check, domain)))
        return MODULE_DEVICE_TREE;
    at += round_up(tree_size(check, domain));
    return check_meet(start, size, at, ramdisk_size(domain)) ? MODULE_RAMDISK : MODULE_UNKNOWN;
}

bool kernels_are_exchanged(const struct check *check, const struct domain *domain)
{
    const struct module *kernel = domain_loaded(domain, MODULE_KERNEL);
    const struct module *ramdisk = domain_loaded(domain, MODULE_RAMDISK);
    struct kernel_image image;

    return kernel != NULL && ramdisk != NULL && ramdisk->binary->content != CONTENT_GZIP &&
           image_read(check, ramdisk->binary, &image) == NULL &&
           image_read(check, kernel->binary, &image) != NULL;
}

static const char *hint_for(const struct check *check, const struct module *kernel)
{
    if (!kernels_are_exchanged(check, kernel->domain))
        return image_hint(check, kernel->binary);
    return text_format(check->arena, "kernel and ramdisk are exchanged: %s is the kernel",
                       domain_taken(kernel->domain, MODULE_RAMDISK)->binary->name);
}

void check_kernel(const struct check *check, const struct module *module)
{
    const struct binary *binary = module->binary;
    struct kernel_image kernel;
    const char *wrong;

    wrong = image_read(check, binary, &kernel);
    if (wrong == NULL && !module->domain->is_dom0)
        check_room(check, module->domain, &kernel);
    else if (wrong == NULL)
        check_dom0_room(check, &kernel);
    if (!module_is_first(check->plan, module))
        return;
    if (wrong == NULL) {
        check_whole(check, binary);
        check_unpacked(check, binary);
    } else
        check_error(check, NULL, &binary->where, hint_for(check, module),
                    "%s is %s, so Xen cannot start it as the kernel of %s", binary->name, wrong,
                    module->domain->name);
}
