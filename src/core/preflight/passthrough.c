/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of devices of the machine that are given to domains. */
#include "core/preflight/passthrough.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/preflight/interrupts.h"
#include "core/preflight/iommu.h"
#include "core/preflight/machine.h"
#include "core/preflight/roles.h"

#define PATH_MOST 256 /* bytes of a path that is compared */

void passthrough_init(struct passthrough *passthrough, const struct check *check)
{
    *passthrough = (struct passthrough){.check = check, .has_owner = has_device_owner(check)};
    names_init(&passthrough->interrupts, check->arena, false);
}

/* The node of a full path: Xen knows neither aliases here nor names without their address. */
static int find_device(const struct check *check, const char *path)
{
    char full[PATH_MOST];
    int node = path[0] == '/' ? fdt_path_offset(check->fdt, path) : -FDT_ERR_NOTFOUND;

    if (node >= 0 && fdt_get_path(check->fdt, node, full, sizeof(full)) == 0 &&
        strcmp(full, path) != 0)
        return -FDT_ERR_NOTFOUND;
    return node;
}

/* True if an interrupt is one of Xen's console. */
static bool is_of_console(const struct check *check, uint32_t number)
{
    int console = console_of_xen(check);
    struct interrupts interrupts = {0};

    if (console >= 0 && !tree_has(check->fdt, console, "xen,passthrough"))
        interrupts = interrupts_of(check, console);
    for (size_t at = 0; at < interrupts.count; at++)
        if (interrupt_at(&interrupts, at).is_shared &&
            interrupt_at(&interrupts, at).number == number)
            return true;
    return false;
}

/* The reason why a domain cannot have an interrupt, or NULL. */
static const char *wrong_interrupt(struct passthrough *passthrough,
                                   const struct given_device *device, uint32_t number)
{
    const struct check *check = passthrough->check;
    struct domain *domain = device->module->domain;
    const char *key = text_format(check->arena, "%u", number);
    const struct domain *other;
    uint32_t spis = UINT32_MAX;

    check_cell(check, domain->node, "nr_spis", &spis);
    if (number >= interrupts_given(spis))
        return text_format(check->arena, "has interrupt %u, but nr_spis is %u", number, spis);
    if (is_of_console(check, number))
        return "is Xen's console";
    other = key != NULL ? names_add(&passthrough->interrupts, key, domain) : NULL;
    if (other != NULL && other != domain)
        return text_format(check->arena, "has an interrupt that %s has", other->name);
    return NULL;
}

/* Reports the first interrupt that cannot be given; true if all can. */
static bool check_interrupts(struct passthrough *passthrough, const struct given_device *device,
                             int node)
{
    const struct check *check = passthrough->check;
    struct interrupts interrupts = interrupts_of(check, node);

    for (size_t at = 0; at < interrupts.count; at++) {
        struct interrupt interrupt = interrupt_at(&interrupts, at);
        const char *wrong = interrupt.is_shared
                                ? wrong_interrupt(passthrough, device, interrupt.number)
                                : "has an interrupt of a processor's own";

        if (wrong != NULL) {
            check_device_error(check, device->module, NULL, ": %s in %s cannot be given: %s %s",
                               device->name, device->module->binary->name, device->path, wrong);
            return false;
        }
    }
    return true;
}

/* Xen gives a device away behind an IOMMU, or where it is told to do without. */
static void check_protection(const struct check *check, const struct given_device *device, int node)
{
    bool is_protected = iommu_is_used(check) && tree_has(check->fdt, node, "iommus");

    if (!device->is_forced && !is_protected)
        check_device_error(
            check, device->module,
            "add xen,force-assign-without-iommu if its accesses to memory may go anywhere",
            ": %s in %s cannot be given: %s has no IOMMU", device->name,
            device->module->binary->name, device->path);
}

/* A device without a mark is given twice where a domain has all of those. */
static void check_unmarked(const struct check *check, const struct given_device *device, int node)
{
    static const char hint[] =
        "add xen,passthrough to its node, so that neither Xen nor dom0 uses it";
    static const char what[] = " gets %s, which has no xen,passthrough";

    if (interrupts_of(check, node).count != 0)
        check_device_error(check, device->module, hint, what, device->path);
    else
        check_warning(check, device->module->domain, &device->module->where, hint, what,
                      device->path);
}

void passthrough_give(struct passthrough *passthrough, const struct given_device *device)
{
    const struct check *check = passthrough->check;
    int node = find_device(check, device->path);
    bool is_marked = tree_has(check->fdt, node, "xen,passthrough");

    if (node < 0) {
        check_device_error(check, device->module, NULL,
                           ": %s in %s names %s, which the machine's tree does not have",
                           device->name, device->module->binary->name, device->path);
        return;
    }
    if (passthrough->has_owner && !is_marked)
        check_unmarked(check, device, node);
    else if (check_interrupts(passthrough, device, node))
        check_protection(check, device, node);
}
