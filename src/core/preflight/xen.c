/* SPDX-License-Identifier: BSD-2-Clause */
/* The Xen at hand: its version, and what it was built with, as its binary tells. */
#include "core/preflight/xen.h"

#include <string.h>

#include "core/plan/recognise.h"

#define LINK_ALIGNMENT 0x200000U
#define LINK_BITS      48  /* of an address */
#define ENTRY_SIZE     24U /* bytes of an option's entry: its name, its type, what it sets */
#define TYPE_COUNT     6U

/* In pages, which are aligned. */
typedef uint64_t __attribute__((may_alias)) slot;

/*
 * Texts that stand in a binary of Xen, 4.17 to 4.23, if and only if it was built with a feature.
 * The names of properties and compatible texts do not tell: some stand there in any build.
 */
static const struct {
    const char *text;
    const char *option;
} features[FEATURE_COUNT] = {
    [FEATURE_DOM0LESS] = {"domain-cpupool", "CONFIG_DOM0LESS_BOOT"},
    [FEATURE_STATIC_MEMORY] = {"requested static mem", "CONFIG_STATIC_MEMORY"},
    [FEATURE_STATIC_SHM] = {"xen,shm-id", "CONFIG_STATIC_SHM"},
    [FEATURE_STATIC_EVTCHN] = {"xen,evtchn property", "CONFIG_STATIC_EVTCHN"},
    [FEATURE_CPUPOOLS] = {"cpupool-cpus", "CONFIG_BOOT_TIME_CPUPOOLS"},
    [FEATURE_COLORING] = {"xen-llc-colors", "CONFIG_LLC_COLORING"},
    [FEATURE_SVE] = {"Error reading 'sve' property", "CONFIG_ARM64_SVE"},
    [FEATURE_ESPI] = {"eSPI lines", "CONFIG_GICV3_ESPI"},
    [FEATURE_SCMI] = {"scmi-smc-passthrough", "CONFIG_SCMI_SMC"},
};

/* True if the binary holds these bytes. */
static bool holds(const struct xen *xen, const char *bytes, size_t length)
{
    struct search search;

    xen_search(&search, xen->binary->memory, (size_t)xen->binary->size, bytes, length);
    return search_next(&search) != NULL;
}

/* The end of a word is looked at when it was found: there are very many bytes of 0. */
static void search_word(const struct xen *xen, struct search *search, size_t from, const char *word)
{
    search_start(search, xen->binary->memory, (size_t)xen->binary->size, from, word, strlen(word));
}

/* The next place of a word that is searched for; 0 if there is none. */
static size_t next_word(const struct xen *xen, struct search *search)
{
    const char *start = xen->binary->memory;
    const char *end = start + xen->binary->size;
    const char *found;

    do
        found = search_next(search);
    while (found != NULL && (found == start || found[-1] != '\0' || found + search->length == end ||
                             found[search->length] != '\0'));
    return found != NULL ? (size_t)(found - start) : 0;
}

/* The pointer at a place that is a multiple of 8. */
static uint64_t pointer_at(const struct xen *xen, size_t at)
{
    const slot *pointers = xen->binary->memory;

    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? pointers[at / 8]
                                                     : __builtin_bswap64(pointers[at / 8]);
}

/* True if there may be an entry of the table of options: it has a name, and one of the types. */
static bool is_entry(const struct xen *xen, size_t at)
{
    return at + ENTRY_SIZE <= xen->binary->size &&
           pointer_at(xen, at) - xen->start < xen->binary->size &&
           (uint32_t)pointer_at(xen, at + 8) < TYPE_COUNT;
}

/* True if the table of options has one of that name. */
static bool has_entry(const struct xen *xen, const char *name)
{
    const char *start = xen->binary->memory;
    size_t size = strlen(name) + 1;

    for (size_t at = xen->table; is_entry(xen, at); at += ENTRY_SIZE) {
        size_t own = (size_t)(pointer_at(xen, at) - xen->start);

        if (xen->binary->size - own >= size && memcmp(start + own, name, size) == 0)
            return true;
    }
    return false;
}

/* True if the entry for the option whose name is at `word` is at `at`, in a table of options. */
static bool is_table(struct xen *xen, size_t word, size_t at)
{
    uint64_t pointer = pointer_at(xen, at);

    if (pointer <= word || (pointer - word) % LINK_ALIGNMENT != 0 || pointer >> LINK_BITS != 0)
        return false;
    xen->start = pointer - word;
    xen->table = at;
    while (xen->table >= ENTRY_SIZE && is_entry(xen, xen->table - ENTRY_SIZE))
        xen->table -= ENTRY_SIZE;
    return has_entry(xen, "dtuart");
}

/* Looks for a table from one place to another. */
static bool find_table(struct xen *xen, size_t word, size_t at, size_t end)
{
    while (at + 8 <= end && !is_table(xen, word, at))
        at += 8;
    return at + 8 <= end;
}

/* Finds the table of options, and with it the address that the binary is linked to. */
static void find_start(struct xen *xen)
{
    struct search search;
    size_t first = XEN_START_PART((size_t)xen->binary->size) / 8 * 8;
    size_t word;

    search_word(xen, &search, first, "console_timestamps");
    while ((word = next_word(xen, &search)) != 0)
        /* The table is behind the names. */
        if (find_table(xen, word, word > first ? word / 8 * 8 : first, xen->binary->size) ||
            find_table(xen, word, first, word))
            return;
    xen->start = 0;
}

void xen_init(struct xen *xen, const struct plan *plan)
{
    *xen = (struct xen){.binary = &plan->xen, .version = plan->xen_version};
    if (xen->version != 0)
        find_start(xen);
}

bool xen_has(struct xen *xen, enum xen_feature feature)
{
    const char *text = features[feature].text;

    if (feature == FEATURE_NONE || xen->version == 0)
        return true;
    if (xen->features[feature] == 0)
        xen->features[feature] = holds(xen, text, strlen(text)) ? 1 : -1;
    return xen->features[feature] > 0;
}

const char *xen_feature_option(enum xen_feature feature)
{
    return features[feature].option;
}

bool xen_has_scheduler(const struct xen *xen, const char *name)
{
    /* The short names stand in any build as parts of others; what a scheduler calls itself does
     * not. */
    static const struct {
        const char *name;
        const char *text;
    } schedulers[] = {
        {"credit", "SMP Credit Scheduler"},  {"credit2", "SMP Credit Scheduler rev2"},
        {"rtds", "SMP RTDS Scheduler"},      {"null", "null Scheduler"},
        {"arinc653", "ARINC 653 Scheduler"},
    };

    for (size_t at = 0; at < sizeof(schedulers) / sizeof(schedulers[0]); at++)
        if (strcmp(schedulers[at].name, name) == 0)
            return xen->version == 0 ||
                   holds(xen, schedulers[at].text, strlen(schedulers[at].text) + 1);
    return xen->version > XEN_NEWEST && xen_holds_word(xen, name);
}

bool xen_holds_text(const struct xen *xen, const char *text)
{
    return holds(xen, text, strlen(text));
}

bool xen_holds_word(const struct xen *xen, const char *word)
{
    struct search search;

    if (!xen->binary->is_loaded)
        return false;
    /* What drivers say that they are for is behind the code. */
    search_word(xen, &search, (size_t)xen->binary->size / 20 * 11, word);
    return next_word(xen, &search) != 0;
}

bool xen_has_option(const struct xen *xen, const char *name)
{
    return xen->start != 0 ? has_entry(xen, name) : xen_holds_word(xen, name);
}

bool xen_is_from_to(const struct xen *xen, unsigned first, unsigned last)
{
    return xen->version == 0 || (xen->version >= first && (last == 0 || xen->version <= last));
}
