/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of texts that a domain gives: the words that Xen knows. */
#include "core/preflight/words.h"

#include <string.h>

#include "core/base/text.h"

#define WORDS_MAX 6U

/* Xen's answer to a word that it does not know. */
enum unknown_word { TAKEN_AS_DISABLED, REFUSED };

/* A row for each property that is one of several words, from the first version that reads it. */
static const struct {
    const char *property;
    const char *words[WORDS_MAX];
    enum unknown_word otherwise;
    unsigned first;
    unsigned last; /* 0 for no bound */
} rows[] = {
    {"xen,enhanced",
     {"enabled", "disabled", "no-xenstore"},
     TAKEN_AS_DISABLED,
     XEN(4, 17),
     XEN(4, 20)},
    {"xen,enhanced",
     {"enabled", "disabled", "no-xenstore", "legacy"},
     TAKEN_AS_DISABLED,
     XEN(4, 21),
     0},
    {"passthrough", {"", "enabled", "disabled"}, TAKEN_AS_DISABLED, XEN(4, 19), 0},
    {"xen,sci_type", {"none", "scmi_smc"}, REFUSED, XEN(4, 21), 0},
};

/* The words that a row knows, separated by commas. */
static const char *list_words(const struct check *check, size_t row)
{
    const char *list = text_format(check->arena, "write \"%s\"", rows[row].words[0]);

    for (size_t at = 1; at < WORDS_MAX && rows[row].words[at] != NULL; at++)
        list = text_format(check->arena, "%s or \"%s\"", list, rows[row].words[at]);
    return list;
}

static void check_word(const struct check *check, const struct domain *domain, size_t row)
{
    const char *value = check_text(check, domain->node, rows[row].property);

    if (value == NULL || !xen_is_from_to(check->xen, rows[row].first, rows[row].last) ||
        (check->xen->version == 0 && rows[row].last != 0))
        return; /* of a Xen that is not known, the newest row counts */
    for (size_t at = 0; at < WORDS_MAX && rows[row].words[at] != NULL; at++)
        if (strcmp(rows[row].words[at], value) == 0)
            return;
    if (rows[row].otherwise == REFUSED)
        check_error(check, domain, CHECK_AT(domain, rows[row].property), list_words(check, row),
                    ": %s cannot be \"%s\"", rows[row].property, value);
    else
        check_warning(check, domain, CHECK_AT(domain, rows[row].property),
                      "Xen takes it as disabled", ": %s cannot be \"%s\"", rows[row].property,
                      value);
}

static void check_scmi(const struct check *check, const struct domain *domain)
{
    const char *value = check_text(check, domain->node, "xen,sci_type");

    if (value != NULL && strcmp(value, "scmi_smc") == 0 &&
        xen_is_from_to(check->xen, XEN(4, 21), 0) && !xen_has(check->xen, FEATURE_SCMI))
        check_not_built(check, domain, CHECK_AT(domain, "xen,sci_type"),
                        "xen,sci_type = \"scmi_smc\"", FEATURE_SCMI);
}

/* A property of processors without an MMU, which Xen for others refuses. */
static void check_msa(const struct check *check, const struct domain *domain)
{
    if (tree_has(check->fdt, domain->node, "v8r_el1_msa") &&
        xen_is_from_to(check->xen, XEN(4, 22), 0))
        check_error(check, domain, CHECK_AT(domain, "v8r_el1_msa"), "leave it out",
                    " has v8r_el1_msa, which is for processors without an MMU");
}

void check_words(const struct check *check, const struct domain *domain)
{
    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++)
        check_word(check, domain, row);
    check_scmi(check, domain);
    check_msa(check, domain);
}
