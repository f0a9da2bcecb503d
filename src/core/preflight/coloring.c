/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of cache coloring: its options, and the colors of domains. */
#include "core/preflight/coloring.h"

#include <string.h>

#include "core/base/text.h"

#define COLORS_MOST 128U /* that Xen has room for by default */

/* The colors according to Xen's options. */
struct colors {
    bool is_on;
    unsigned count; /* 0 where only the processor can tell */
};

static bool has_size(const struct check *check, const char *name)
{
    const char *value = xen_option(check->options, name);

    return value != NULL && xen_option_size(value) != 0;
}

static bool is_on(const struct check *check)
{
    return xen_is_from_to(check->xen, XEN(4, 20), 0) && xen_has(check->xen, FEATURE_COLORING) &&
           xen_options_color(check->options);
}

/* Says what is wrong with the way size that the options give; the colors that it makes. */
static unsigned count_colors(const struct check *check, const struct location *where)
{
    const char *ways = xen_option(check->options, "llc-nr-ways");
    uint64_t way;
    uint64_t count;

    if (!has_size(check, "llc-size") || !has_size(check, "llc-nr-ways"))
        return 0;
    way = xen_option_size(xen_option(check->options, "llc-size")) / xen_option_number(ways);
    count = way / PAGE_SIZE;
    if (way % PAGE_SIZE != 0 || count < 2 || (count & (count - 1)) != 0)
        check_error(check, NULL, where,
                    "llc-size= by llc-nr-ways= is 4 KiB times a power of two, 2 at least",
                    "a way of the cache cannot have %lu bytes", way);
    else if (count > COLORS_MOST)
        check_warning(check, NULL, where, "what is above is not used",
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

/* The mistake in a list of colors, or NULL: numbers and ranges, separated by commas. */
static const char *wrong_list(const struct check *check, const char *list, unsigned most)
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
    }
    if (count == 0)
        return "has no color";
    return count > most ? text_format(check->arena, "has %u colors of %u", count, most) : NULL;
}

static void check_domain(const struct check *check, const struct domain *domain,
                         const struct colors *colors)
{
    const char *list = check_text(check, domain->node, "llc-colors");
    const char *wrong;

    if (colors->is_on && tree_has(check->fdt, domain->node, "xen,static-mem"))
        check_error(check, domain, CHECK_AT(domain, "xen,static-mem"),
                    "leave out llc-coloring=on, or xen,static-mem",
                    " has static memory, which cannot be colored");
    if (list == NULL || !xen_is_from_to(check->xen, XEN(4, 20), 0))
        return;
    if (!colors->is_on) {
        check_error(
            check, domain, CHECK_AT(domain, "llc-colors"),
            "add llc-coloring=on to options=", " has llc-colors, but Xen is not told to color");
        return;
    }
    wrong = wrong_list(check, list, colors->count != 0 ? colors->count : COLORS_MOST);
    if (wrong != NULL)
        check_error(check, domain, CHECK_AT(domain, "llc-colors"),
                    "write numbers and ranges: \"0-3,8\"", ": llc-colors %s", wrong);
}

static void check_option_list(const struct check *check, const struct location *where,
                              const char *name, const struct colors *colors)
{
    const char *list = xen_option(check->options, name);
    const char *wrong;

    list = list != NULL ? arena_copy(check->arena, list, text_until(list, " ")) : NULL;
    if (list == NULL)
        return;
    wrong = wrong_list(check, list, colors->count != 0 ? colors->count : COLORS_MOST);
    if (wrong != NULL)
        check_error(check, NULL, where, "write numbers and ranges: 0-3,8", "%s= %s", name, wrong);
}

static void check_heap(const struct check *check, const struct location *where)
{
    if (tree_has(check->fdt, check->plan->domains[0].node, "xen,static-heap"))
        check_error(check, NULL, where, "leave out llc-coloring=on, or xen,static-heap",
                    "a static heap cannot be colored");
}

void check_coloring(const struct check *check)
{
    const struct location where = {.node = "/chosen"};
    struct colors colors = {.is_on = is_on(check)};

    if (colors.is_on) {
        colors.count = count_colors(check, &where);
        check_heap(check, &where);
        check_option_list(check, &where, "xen-llc-colors", &colors);
        check_option_list(check, &where, "dom0-llc-colors", &colors);
    }
    for (size_t at = 1; at < check->plan->domain_count; at++)
        check_domain(check, &check->plan->domains[at], &colors);
}
