/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of SVE: the vectors that domains and dom0 are to have. */
#include "core/preflight/vectors.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"

#define VECTOR_STEP 128  /* bits */
#define VECTOR_MOST 2048 /* bits */

/* The name of a processor of the machine that is known to be without SVE, or NULL. */
static const char *plain_processor(const struct check *check)
{
    static const char names[][16] = {
        "arm,cortex-a53", "arm,cortex-a57", "arm,cortex-a72", "arm,cortex-a35", "arm,cortex-a55",
        "arm,cortex-a73", "arm,cortex-a75", "arm,cortex-a76", "arm,cortex-a77", "arm,cortex-a78",
    };

    for (size_t at = 0; at < sizeof(names) / sizeof(names[0]); at++)
        if (tree_find_compatible(check->fdt, names[at]) >= 0)
            return names[at];
    return NULL;
}

/* QEMU calls all of its processors by one name, also those that have SVE. */
static void report_plain(const struct check *check, const struct domain *domain,
                         const struct location *where, const char *what, const char *processor)
{
    bool is_qemu = tree_is_compatible(check->fdt, 0, "linux,dummy-virt");

    (is_qemu ? check_warning : check_error)(check, domain, where,
                                            is_qemu ? "run it with -cpu max" : "leave it out",
                                            "%s, but %s has none", what, processor);
}

static void check_domain(const struct check *check, const struct domain *domain)
{
    struct location where = check_entry(domain, "sve");
    const char *plain = plain_processor(check);
    uint32_t bits = 0;

    check_cell(check, domain->node, "sve", &bits);
    if (!xen_has(check->xen, FEATURE_SVE))
        check_not_built(check, domain, &where, "sve", FEATURE_SVE);
    /* -1 asks for the longest vectors that there are, none included. */
    else if (bits - 1 < VECTOR_MOST && bits % VECTOR_STEP == 0 && plain != NULL)
        report_plain(check, domain, &where, " has sve", plain);
}

/* True if `length` characters are an integer as Xen reads one. */
static bool is_integer(const char *text, size_t length)
{
    size_t at = text[0] == '-' ? 1 : 0;
    bool is_hex = text_starts(text + at, "0x");

    at += is_hex ? 2 : 0;
    while (at < length &&
           ((text[at] >= '0' && text[at] <= '9') || (is_hex && strchr("abcdefABCDEF", text[at]))))
        at++;
    return length != 0 && at == length;
}

/* The value of the last sve= of dom0=, a list of nothing else; NULL if there is none. */
static const char *dom0_vectors(const struct check *check)
{
    const char *found = NULL;

    for (const char *at = xen_option(check->options, "dom0"); at != NULL;) {
        size_t length = text_until(at, ", ");

        if (length > 4 && text_starts(at, "sve=") && is_integer(at + 4, length - 4))
            found = at + 4;
        else
            check_warning(check, NULL, check_options_place(check), "write dom0=sve=128",
                          "Xen does not understand dom0=%.*s", (int)length, at);
        at = at[length] == ',' ? at + length + 1 : NULL;
    }
    return found;
}

static void check_dom0(const struct check *check, const char *value)
{
    const struct location *where = check_options_place(check);
    const char *plain = plain_processor(check);
    uint64_t bits = xen_option_number(value);

    if (!xen_has(check->xen, FEATURE_SVE))
        check_error(check, NULL, where, "leave it out, or use a Xen built with CONFIG_ARM64_SVE",
                    "dom0= asks for sve, but %s is built without it", check->plan->xen.name);
    else if (value[0] == '-' || bits == 0 || !check_has_kernel(check->plan->domains))
        return;
    else if (bits % VECTOR_STEP != 0 || bits > VECTOR_MOST)
        check_error(check, NULL, where, "write a multiple of 128 up to 2048, or -1",
                    "sve of dom0= cannot be %lu", bits);
    else if (plain != NULL)
        report_plain(check, NULL, where, "dom0= asks for sve", plain);
}

void check_vectors(const struct check *check)
{
    const char *of_dom0;

    if (!xen_is_from_to(check->xen, XEN(4, 18), 0))
        return;
    of_dom0 = xen_has_option(check->xen, "dom0") ? dom0_vectors(check) : NULL;
    for (size_t at = 1; at < check->plan->domain_count; at++)
        if (tree_has(check->fdt, check->plan->domains[at].node, "sve"))
            check_domain(check, &check->plan->domains[at]);
    if (of_dom0 != NULL)
        check_dom0(check, of_dom0);
}
