/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of numbers that a domain gives: the values that Xen takes. */
#include "core/preflight/numbers.h"

#include "core/base/text.h"
#include "core/preflight/interrupts.h"
#include "core/preflight/machine.h"

/* A row for each property and range of versions: the values that Xen takes. */
/* clang-format off */
static const struct {
    const char *property;
    uint32_t least;
    uint32_t most;
    uint32_t step;            /* 1 for any */
    unsigned first;           /* the first version for which it is so; 0 for all */
    enum xen_feature further; /* with which Xen may take more than `beyond` */
    uint32_t beyond;
} ranges[] = {
    /* property                least  most       step first       further       beyond */
    {"nr_spis",                0,     960,       1,   0,          FEATURE_ESPI, 4063},
    {"xen,domain-p2m-mem-mb",  1,     0xffffff,  1,   XEN(4, 17), FEATURE_NONE, 0},
    {"max_grant_frames",       1,     0x7fffff,  1,   XEN(4, 18), FEATURE_NONE, 0},
    {"max_maptrack_frames",    0,     INT32_MAX, 1,   XEN(4, 18), FEATURE_NONE, 0},
    {"sve",                    0,     2048,      128, XEN(4, 18), FEATURE_NONE, 0},
    {"capabilities",           0,     7,         1,   XEN(4, 21), FEATURE_NONE, 0},
    {"trap-unmapped-accesses", 0,     1,         1,   XEN(4, 21), FEATURE_NONE, 0},
};
/* clang-format on */

static void check_number(const struct check *check, const struct domain *domain, size_t row)
{
    const char *property = ranges[row].property;
    enum xen_feature further = ranges[row].further;
    struct location where = check_entry(domain, property);
    const char *hint;
    uint32_t value;

    if (!xen_is_from_to(check->xen, ranges[row].first, 0) ||
        !check_cell(check, domain->node, property, &value) ||
        (value >= ranges[row].least && value <= ranges[row].most && value % ranges[row].step == 0))
        return;
    hint = text_format(check->arena, "give it a number from %u to %u", ranges[row].least,
                       ranges[row].most);
    if (ranges[row].step != 1)
        hint = text_format(check->arena, "%s, a multiple of %u", hint, ranges[row].step);
    /* The number wraps around where it is rounded up, and leaves vpl011 without one. */
    if (further == FEATURE_ESPI && value > UINT32_MAX - 31 &&
        !tree_has(check->fdt, domain->node, "vpl011"))
        check_warning(check, domain, &where, hint, ": %s of %u counts as 0", property, value);
    else if (further != FEATURE_NONE && value > ranges[row].beyond && xen_has(check->xen, further))
        check_warning(
            check, domain, &where,
            text_format(check->arena, "up to %u it is taken on every machine", ranges[row].most),
            ": %s of %u is taken only on some", property, value);
    else
        check_limit(check, domain, &where, hint, ": %s cannot be %u", property, value);
}

/* The version of grant tables; its lowest four bits are all that Xen looks at. */
static void check_grant_version(const struct check *check, const struct domain *domain)
{
    const char *option = xen_option(check->options, "gnttab");
    uint32_t most = option != NULL && text_starts(option, "max-ver:2") ? 2 : 1;
    uint32_t value;

    if (!xen_is_from_to(check->xen, XEN(4, 18), 0) ||
        !check_cell(check, domain->node, "max_grant_version", &value) ||
        ((value & 15) >= 1 && (value & 15) <= most))
        return;
    check_limit(check, domain, CHECK_AT(domain, "max_grant_version"),
                value == 2 ? "for 2, add gnttab=max-ver:2 to options=" : "give it 1",
                ": max_grant_version cannot be %u", value);
}

/* Vectors of SVE: less than 0 asks for the longest ones. */
static bool is_longest_vector(const struct check *check, const struct domain *domain)
{
    uint32_t value = 0;

    check_cell(check, domain->node, "sve", &value);
    return value > INT32_MAX;
}

/* The interrupt of a domain's console: with direct-map that of Xen's, else the first one. */
static uint32_t console_interrupt(const struct check *check, const struct domain *domain)
{
    struct interrupts interrupts;

    if (!tree_has(check->fdt, domain->node, "direct-map"))
        return 0;
    interrupts = interrupts_of(check, console_of_xen(check));
    return interrupts.count != 0 ? interrupt_at(&interrupts, 0).number : 0;
}

/* True if the registers of Xen's console do not fill a page. */
static bool is_console_small(const struct check *check)
{
    uint64_t bytes = check_registers(check, console_of_xen(check));

    return bytes != 0 && bytes < PAGE_SIZE;
}

/* With direct-map the console has also the place of Xen's. Xen 4.17 goes on without it. */
static void check_vpl011(const struct check *check, const struct domain *domain)
{
    bool is_old = xen_is_from_to(check->xen, 0, XEN(4, 17));
    uint32_t number = console_interrupt(check, domain);
    uint32_t count = UINT32_MAX;

    if (!tree_has(check->fdt, domain->node, "vpl011"))
        return;
    check_cell(check, domain->node, "nr_spis", &count);
    if (number >= interrupts_given(count))
        (is_old ? check_warning : check_error)(
            check, domain, CHECK_AT(domain, "nr_spis"),
            text_format(check->arena, "give nr_spis %u at least, or leave it out", number + 1),
            " has vpl011, but no interrupt for it");
    else if (tree_has(check->fdt, domain->node, "direct-map") && is_console_small(check))
        (is_old ? check_warning : check_error)(
            check, domain, CHECK_AT(domain, "vpl011"), "leave out vpl011 or direct-map",
            " has vpl011 in the place of Xen's console, which has no page of its own");
}

void check_numbers(const struct check *check, const struct domain *domain)
{
    for (size_t row = 0; row < sizeof(ranges) / sizeof(ranges[0]); row++)
        if (ranges[row].step == 1 || !is_longest_vector(check, domain))
            check_number(check, domain, row);
    check_grant_version(check, domain);
    check_vpl011(check, domain);
}
