/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage place: an address in free memory for each binary. */
#ifndef MUSTER_PLACE_H
#define MUSTER_PLACE_H

#include "core/base/workspace.h"
#include "core/memory/memory_map.h"
#include "core/memory/regions.h"
#include "core/plan/plan.h"
#include "core/tree/tree.h"

/*
 * Gives each binary of the plan its own whole pages: where its module asks for when that is free
 * (with a note when not), else as high as possible in the memory that is free and that no region
 * of the tree claims. The regions are held as by place_hold. Reports what has no room; false then.
 */
bool place(const struct workspace *workspace, const struct regions *regions, struct plan *plan);

/*
 * Takes what is free of the regions, so that neither the firmware nor the start of Xen puts
 * anything there; again for what has become free since. What a /memreserve/ keeps becomes reserved
 * memory. plan_release returns it all. False after reporting why not, or without memory.
 */
bool place_hold(const struct workspace *workspace, const struct regions *regions,
                struct plan *plan);

/*
 * Gives a binary that has pages others, for the size that it has now. Those that it had stay with
 * the caller. False after reporting why not, or without memory; it has none then.
 */
bool place_again(const struct workspace *workspace, const struct regions *regions,
                 struct plan *plan, struct binary *binary);

/*
 * Takes `pages` whole pages for something else, beside the binaries if there is room, else as place
 * does: *address in bytes, *memory to write to. plan_release returns them.
 */
enum platform_status place_pages(const struct workspace *workspace, const struct regions *regions,
                                 struct plan *plan, uint64_t pages, uint64_t *address,
                                 void **memory);

#endif
