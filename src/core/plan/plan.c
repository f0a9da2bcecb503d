/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage plan: the domains and modules of the working tree, and the binaries that they need. */
#include "core/plan/plan.h"

#include "core/plan/binaries.h"
#include "core/plan/nodes.h"
#include "core/plan/xen_options.h"

#define PLAIN_HEAP ((uint64_t)64 << 20) /* bytes that Xen keeps uncolored by default */

/*
 * With colored caches, Xen's plain heap is the first free stretch of memory, all of it. The memory
 * of domains has to be in another one.
 */
static uint64_t plain_heap(const char *options)
{
    const char *size = xen_option(options, "buddy-alloc-size");

    if (!xen_options_color(options))
        return 0;
    return size != NULL && xen_option_size(size) != 0 ? xen_option_size(size) : PLAIN_HEAP;
}

bool plan_make(const struct workspace *workspace, const struct boot_section *section,
               const struct tree *tree, struct plan *plan)
{
    *plan = (struct plan){0};
    if (!nodes_find(workspace, tree, plan) ||
        /* Without a configuration and without a module, that is what is said. */
        ((section->config != NULL || plan->module_count != 0) &&
         !binaries_open_xen(workspace, section, plan)) ||
        !binaries_resolve(workspace, section, tree, plan))
        return false;
    plan->first_stretch = plain_heap(xen_options(tree->fdt, plan->domains));
    return true;
}

static void release_binary(const struct platform *platform, struct binary *binary)
{
    if (binary->file != NULL)
        platform->close(platform->context, binary->file);
    if (binary->is_placed && !binary->is_in_block)
        platform->release_pages(platform->context, binary->address, binary_pages(binary));
    binary->file = NULL;
    binary->is_placed = false;
}

void plan_release(const struct workspace *workspace, struct plan *plan)
{
    const struct platform *platform = workspace->platform;

    for (struct binary *binary = plan->binaries; binary != NULL; binary = binary->next)
        release_binary(platform, binary);
    release_binary(platform, &plan->xen);
    for (; plan->guards != NULL; plan->guards = plan->guards->next)
        platform->release_pages(platform->context, plan->guards->address, plan->guards->pages);
}
