/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of texts that a domain gives: the words that Xen knows. */
#include "core/preflight/words.h"

#include <string.h>

#define WORDS_MAX 6U

/* What Xen does with a word that it does not know. */
enum unknown_word { TAKEN_AS_DISABLED, REFUSED };

/* A row for each property that is one of several words. "" stands for an empty value. */
static const struct {
    const char *property;
    const char *words[WORDS_MAX];
    enum unknown_word otherwise;
    unsigned first; /* the first version that reads it; 0 for all */
} rows[] = {
    {"xen,enhanced",
     {"", "enabled", "disabled", "no-xenstore", "legacy"},
     TAKEN_AS_DISABLED,
     XEN(4, 17)},
    {"passthrough", {"", "enabled", "disabled"}, TAKEN_AS_DISABLED, XEN(4, 19)},
};

static void check_word(const struct check *check, const struct domain *domain, size_t row)
{
    const char *value = tree_string(check->fdt, domain->node, rows[row].property);

    if (value == NULL || !xen_is_from_to(check->xen, rows[row].first, 0))
        return;
    for (size_t at = 0; at < WORDS_MAX && rows[row].words[at] != NULL; at++)
        if (strcmp(rows[row].words[at], value) == 0)
            return;
    if (rows[row].otherwise == TAKEN_AS_DISABLED)
        check_warning(check, domain, NULL, "Xen takes it as disabled", ": %s cannot be \"%s\"",
                      rows[row].property, value);
}

void check_words(const struct check *check, const struct domain *domain)
{
    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++)
        check_word(check, domain, row);
}
