/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of cache coloring: its options, and the colors of domains. */
#include "core/preflight/coloring.h"

#include <string.h>

#include "core/base/text.h"
#include "core/preflight/amounts.h"

#define COLORS_MOST 128U                 /* that Xen has room for by default */
#define UNCOLORED   ((uint64_t)64 << 20) /* bytes without a color, by Xen's default */
#define SHARES      256U                 /* in which the memory of a color is counted */

/* The colors according to Xen's options, and what domains have left of them. */
struct colors {
    bool is_on;
    unsigned count;             /* 0 where only the processor can tell */
    uint64_t share;             /* bytes */
    unsigned left[COLORS_MOST]; /* shares of each color */
};

static bool has_size(const struct check *check, const char *name)
{
    const char *value = xen_option(check->options, name);

    return value != NULL && xen_option_size(value) != 0;
}

bool coloring_is_on(const struct check *check)
{
    return xen_is_from_to(check->xen, XEN(4, 20), 0) && xen_has(check->xen, FEATURE_COLORING) &&
           xen_options_color(check->options);
}

/* Says what is wrong with the way size that the options give; the colors that it makes. */
static unsigned count_colors(const struct check *check)
{
    const char *ways = xen_option(check->options, "llc-nr-ways");
    uint64_t way;
    uint64_t count;

    if (!has_size(check, "llc-size") || !has_size(check, "llc-nr-ways"))
        return 0;
    way = xen_option_size(xen_option(check->options, "llc-size")) / xen_option_number(ways);
    count = way / PAGE_SIZE;
    if (way % PAGE_SIZE != 0 || count < 2 || (count & (count - 1)) != 0)
        check_error(check, NULL, check_options_place(check),
                    "llc-size= by llc-nr-ways= is 4 KiB times a power of two, 2 at least",
                    "a way of the cache cannot have %lu bytes", way);
    else if (count > COLORS_MOST)
        check_warning(check, NULL, check_options_place(check), "what is above is not used",
                      "the cache has %lu colors, but Xen takes %u", count, COLORS_MOST);
    return count > COLORS_MOST ? COLORS_MOST : (unsigned)count;
}

/* Reads a number as C writes it, and moves *at behind it. */
static uint64_t read_color(const char **at)
{
    uint64_t number = xen_option_number(*at);

    *at += text_until(*at, ",- ");
    return number;
}

/*
 * The mistake in a list of colors, or NULL: numbers and ranges, separated by commas. `has`, of
 * COLORS_MOST, is set for those in it.
 */
static const char *wrong_list(const struct check *check, const char *list, unsigned most, bool *has)
{
    unsigned count = 0;

    for (const char *at = list; *at != '\0'; at += *at == ',') {
        uint64_t first;
        uint64_t last;

        if (*at < '0' || *at > '9')
            return text_format(check->arena, "is not a list of colors");
        last = first = read_color(&at);
        if (*at == '-' && at[1] >= '0' && at[1] <= '9') {
            at++;
            last = read_color(&at);
        }
        if ((*at != '\0' && *at != ',') || first > last)
            return text_format(check->arena, "is not a list of colors");
        if (last >= most)
            return text_format(check->arena, "has the color %lu, but the last one is %u", last,
                               most - 1);
        count += (unsigned)(last - first) + 1;
        while (first <= last)
            has[first++] = true;
    }
    if (count == 0)
        return "has no color";
    return count > most ? text_format(check->arena, "has %u colors of %u", count, most) : NULL;
}

/*
 * Bytes of a color that domains may have. Xen puts itself into the pages of some colors, and leaves
 * those between them empty.
 */
static uint64_t color_memory(const struct check *check, unsigned count)
{
    const char *uncolored = xen_option(check->options, "buddy-alloc-size");
    uint64_t taken = uncolored != NULL ? xen_option_size(uncolored) : UNCOLORED;
    uint64_t all = memory_for_domains(check);

    taken += check->plan->xen.size * count;
    return all > taken ? (all - taken) / count : 0;
}

/* Takes memory as Xen does: each from the one of the domain's colors that has most of it. */
static bool take(unsigned *left, const bool *has, uint64_t wanted)
{
    for (unsigned most = 0; wanted > 0; wanted--, left[most]--) {
        for (unsigned at = 0; at < COLORS_MOST; at++)
            if (has[at] && (!has[most] || left[at] > left[most]))
                most = at;
        if (left[most] == 0)
            return false;
    }
    return true;
}

/* The list is a domain's, or NULL where it has all colors. */
static void check_list(const struct check *check, struct colors *colors,
                       const struct domain *domain, const char *name, const char *list)
{
    bool is_dom0 = domain->is_dom0;
    bool has[COLORS_MOST] = {false};
    uint64_t bytes = memory_asked(check, domain);
    const char *wrong = NULL;

    /* Those of dom0 are few. */
    if (!is_dom0)
        bytes += memory_of_tables(check, domain, bytes);
    if (list == NULL)
        memset(has, true, sizeof(has));
    else
        wrong = wrong_list(check, list, colors->count != 0 ? colors->count : COLORS_MOST, has);
    if (wrong != NULL)
        check_error(check, is_dom0 ? NULL : domain, CHECK_AT(domain, name),
                    "write numbers and ranges, such as 0-3,8", "%s%s %s", is_dom0 ? "" : ": ", name,
                    wrong);
    else if (colors->share != 0 && check->to->counts[SEVERITY_ERROR] == 0 &&
             !take(colors->left, has, bytes / colors->share))
        check_error(check, domain, CHECK_AT(domain, "memory"),
                    "give it more colors, less memory or fewer cpus",
                    " needs %s of memory, which its colors do not have left",
                    text_size(check->arena, bytes));
}

static void check_domain(const struct check *check, const struct domain *domain,
                         struct colors *colors)
{
    const char *list = check_text(check, domain->node, "llc-colors");

    if (colors->is_on && tree_has(check->fdt, domain->node, "xen,static-mem"))
        check_error(check, domain, CHECK_AT(domain, "xen,static-mem"),
                    "leave out llc-coloring=on, or xen,static-mem",
                    " has static memory, which cannot be colored");
    if (colors->is_on)
        check_list(check, colors, domain, "llc-colors", list);
    else if (list != NULL && xen_is_from_to(check->xen, XEN(4, 20), 0))
        check_error(
            check, domain, CHECK_AT(domain, "llc-colors"),
            "add llc-coloring=on to options=", " has llc-colors, but Xen is not told to color");
}

/* The value of an option that is a list, or NULL. */
static const char *option_list(const struct check *check, const char *name)
{
    const char *list = xen_option(check->options, name);

    return list != NULL ? arena_copy(check->arena, list, text_until(list, " ")) : NULL;
}

static void check_heap(const struct check *check)
{
    if (tree_has(check->fdt, check->plan->domains[0].node, "xen,static-heap"))
        check_error(check, NULL, check_options_place(check),
                    "leave out llc-coloring=on, or xen,static-heap",
                    "a static heap cannot be colored");
}

void check_coloring(const struct check *check)
{
    const struct domain *dom0 = check->plan->domains;
    struct colors colors = {.is_on = coloring_is_on(check)};
    const char *own;

    if (colors.is_on) {
        colors.count = count_colors(check);
        check_heap(check);
        own = option_list(check, "xen-llc-colors");
        if (own != NULL)
            check_list(check, &colors, dom0, "xen-llc-colors=", own);
        if (colors.count != 0)
            colors.share = color_memory(check, colors.count) / SHARES;
        for (unsigned at = 0; at < colors.count; at++)
            colors.left[at] = SHARES;
        check_list(check, &colors, dom0, "dom0-llc-colors=", option_list(check, "dom0-llc-colors"));
    }
    for (size_t at = 1; at < check->plan->domain_count; at++)
        check_domain(check, &check->plan->domains[at], &colors);
}
