/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of kernels: whether Xen can start them, and has room for them in their domain. */
#include "core/preflight/kernels.h"

#include "core/base/text.h"
#include "core/preflight/images.h"

#define ALIGNMENT  0x200000U  /* of what Xen puts into a domain's memory */
#define LOW_MEMORY 0x8000000U /* bytes behind which ramdisk and tree go if they can */

static uint64_t round_up(uint64_t size)
{
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Reports if kernel, ramdisk and tree do not fit into the memory of a domain, as Xen arranges them.
 */
static void check_room(const struct check *check, const struct domain *domain,
                       const struct kernel_image *kernel)
{
    const struct module *ramdisk = domain_module(domain, MODULE_RAMDISK);
    struct location where = check_entry(domain, "memory");
    uint64_t other = ALIGNMENT; /* the tree */
    uint64_t end = kernel->offset + kernel->size;
    uint64_t bytes;

    if (!domain_memory(check->finished->tree, domain, &bytes) || bytes == 0 ||
        bytes > UINT64_MAX / 1024 || kernel->offset >= UINT64_MAX / 4)
        return;
    bytes *= 1024;
    if (ramdisk != NULL)
        other += round_up(ramdisk->binary != NULL ? ramdisk->binary->size : ramdisk->size);
    if (end >= LOW_MEMORY || bytes < LOW_MEMORY + other)
        if (round_up(end) + other >= bytes)
            check_error(check, domain, &where, check_memory_hint(check, domain, bytes / 1024),
                        " has %s of memory, but its files need %s", text_size(check->arena, bytes),
                        text_size(check->arena, round_up(end) + other + ALIGNMENT));
}

void check_kernel(const struct check *check, const struct module *module, bool is_first)
{
    const struct binary *binary = module->binary;
    struct kernel_image kernel;
    const char *wrong;

    wrong = image_read(check, binary, &kernel);
    if (wrong == NULL && !module->domain->is_dom0)
        check_room(check, module->domain, &kernel);
    if (!is_first)
        return;
    if (wrong == NULL)
        check_whole(check, binary);
    else
        check_error(check, NULL, &binary->where, image_hint(binary->content),
                    "%s is %s, so Xen cannot start it as the kernel of %s", binary->name, wrong,
                    module->domain->name);
}
