/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage plan: the domains and modules of the working tree, and the binaries that they need. */
#include "core/plan/plan.h"

#include "core/plan/binaries.h"
#include "core/plan/nodes.h"

bool plan_make(const struct workspace *workspace, const struct boot_section *section,
               const struct tree *tree, struct plan *plan)
{
    *plan = (struct plan){0};
    return binaries_open_xen(workspace, section, plan) && nodes_find(workspace, tree, plan) &&
           binaries_resolve(workspace, section, tree, plan);
}

static void release_binary(const struct platform *platform, struct binary *binary)
{
    if (binary->file != NULL)
        platform->close(platform->context, binary->file);
    if (binary->is_placed)
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
