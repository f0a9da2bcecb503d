/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage preflight: the list of its checks. docs/preflight.md has what each looks for. */
#include "core/preflight/preflight.h"

#include "core/preflight/amounts.h"
#include "core/preflight/bindings.h"
#include "core/preflight/coloring.h"
#include "core/preflight/dom0_devices.h"
#include "core/preflight/dom0_memory.h"
#include "core/preflight/domains.h"
#include "core/preflight/fragments.h"
#include "core/preflight/hypervisor.h"
#include "core/preflight/iommu.h"
#include "core/preflight/links.h"
#include "core/preflight/machine.h"
#include "core/preflight/modules.h"
#include "core/preflight/options_of_xen.h"
#include "core/preflight/overlaps.h"
#include "core/preflight/shared_memory.h"
#include "core/preflight/static_memory.h"
#include "core/preflight/trial_reset.h"
#include "core/preflight/vectors.h"
#include "core/preflight/whole.h"

void preflight(const struct workspace *workspace, const struct finished *finished)
{
    static void (*const checks[])(const struct check *check) = {
        check_whole_system, check_machine,       check_iommu,         check_dom0_devices,
        check_hypervisor,   check_options,       check_modules,       check_fragments,
        check_bindings,     check_domains,       check_amounts,       check_dom0_memory,
        check_overlaps,     check_static_memory, check_shared_memory, check_coloring,
        check_links,        check_vectors,       check_trial_reset,
    };
    struct xen xen;
    struct check check = {
        .finished = finished,
        .plan = finished->plan,
        .fdt = finished->tree->fdt,
        .arena = workspace->arena,
        .to = workspace->diagnostics,
        .options = xen_options(finished->tree->fdt, finished->plan->domains),
        .xen = &xen,
    };

    xen_init(&xen, finished->plan);
    for (size_t at = 0; at < sizeof(checks) / sizeof(checks[0]); at++)
        checks[at](&check);
}
