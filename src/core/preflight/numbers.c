/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of numbers that a domain gives: the values that Xen takes. */
#include "core/preflight/numbers.h"

#include "core/base/text.h"

/* A row for each property and range of versions: the values that Xen takes. */
/* clang-format off */
static const struct {
    const char *property;
    uint32_t least;
    uint32_t most;
    uint32_t step;  /* 1 for any */
    unsigned first; /* the versions for which it is so; 0 for no bound */
    unsigned last;
} ranges[] = {
    /* property             least  most       step first       last */
    {"nr_spis",             0,     988,       1,   0,          0},
    {"max_grant_version",   1,     2,         1,   XEN(4, 18), 0},
    {"max_grant_frames",    0,     INT32_MAX, 1,   XEN(4, 18), 0},
    {"max_maptrack_frames", 0,     INT32_MAX, 1,   XEN(4, 18), 0},
    {"sve",                 0,     2048,      128, XEN(4, 18), 0},
    {"capabilities",        0,     7,         1,   XEN(4, 21), 0},
};
/* clang-format on */

static void check_number(const struct check *check, const struct domain *domain, size_t row)
{
    const char *property = ranges[row].property;
    const char *hint;
    uint32_t value;

    if (!xen_is_from_to(check->xen, ranges[row].first, ranges[row].last) ||
        !check_cell(check, domain->node, property, &value) ||
        (value >= ranges[row].least && value <= ranges[row].most && value % ranges[row].step == 0))
        return;
    hint = text_format(check->arena, "give it a number from %u to %u", ranges[row].least,
                       ranges[row].most);
    if (ranges[row].step != 1)
        hint = text_format(check->arena, "%s, a multiple of %u", hint, ranges[row].step);
    check_limit(check, domain, NULL, hint, ": %s cannot be %u", property, value);
}

void check_numbers(const struct check *check, const struct domain *domain)
{
    for (size_t row = 0; row < sizeof(ranges) / sizeof(ranges[0]); row++)
        check_number(check, domain, row);
}
