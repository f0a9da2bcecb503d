/* SPDX-License-Identifier: BSD-2-Clause */
/* The Xen at hand: its version, and what it was built with, as its binary tells. */
#include "core/preflight/xen.h"

#include <string.h>

#include "core/plan/recognise.h"

#define LINK_ALIGNMENT 0x200000U
#define LINK_BITS      48 /* of an address */

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

static void search_word(const struct xen *xen, struct search *search, const char *word)
{
    xen_search(search, xen->binary->memory, (size_t)xen->binary->size, word, strlen(word) + 1);
}

/* The next place of a word that is searched for; 0 if there is none. */
static size_t next_word(const struct xen *xen, struct search *search)
{
    const char *start = xen->binary->memory;
    const char *found;

    do
        found = search_next(search);
    while (found != NULL && (found == start || found[-1] != '\0'));
    return found != NULL ? (size_t)(found - start) : 0;
}

static uint64_t pointer_at(const struct xen *xen, size_t at)
{
    uint64_t value;

    memcpy(&value, (const char *)xen->binary->memory + at, sizeof(value));
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? value : __builtin_bswap64(value);
}

/* The place of the first pointer that may be in Xen's table of options: it is behind this. */
static size_t first_pointer(const struct xen *xen)
{
    return (size_t)xen->binary->size / 4 * 3 / 8 * 8;
}

static bool has_pointer(const struct xen *xen, uint64_t value)
{
    size_t at = first_pointer(xen);

    while (at + 8 <= xen->binary->size && pointer_at(xen, at) != value)
        at += 8;
    return at + 8 <= xen->binary->size;
}

/* True if the binary, linked to this address, points to a word that it holds. */
static bool points_to(const struct xen *xen, uint64_t start, const char *word)
{
    struct search search;
    size_t at;

    search_word(xen, &search, word);
    do
        at = next_word(xen, &search);
    while (at != 0 && !has_pointer(xen, start + at));
    return at != 0;
}

/* The address that the binary is linked to, if a pointer is one to the word at `at`; else 0. */
static uint64_t start_by(const struct xen *xen, uint64_t pointer, size_t at)
{
    return pointer > at && (pointer - at) % LINK_ALIGNMENT == 0 && pointer >> LINK_BITS == 0 &&
                   points_to(xen, pointer - at, "dtuart")
               ? pointer - at
               : 0;
}

/* The address that the binary is linked to: that by which its table has two options of all. */
static uint64_t find_start(const struct xen *xen)
{
    struct search search;
    uint64_t start = 0;
    size_t word;

    search_word(xen, &search, "console");
    while (start == 0 && (word = next_word(xen, &search)) != 0)
        for (size_t at = first_pointer(xen); at + 8 <= xen->binary->size && start == 0; at += 8)
            start = start_by(xen, pointer_at(xen, at), word);
    return start;
}

void xen_init(struct xen *xen, const struct binary *binary)
{
    *xen = (struct xen){.binary = binary};
    if (binary->is_loaded)
        xen->version = xen_version(binary->memory, (size_t)binary->size);
    if (xen->version != 0)
        xen->start = find_start(xen);
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
    search_word(xen, &search, word);
    return next_word(xen, &search) != 0;
}

bool xen_has_option(const struct xen *xen, const char *name)
{
    return xen->start != 0 ? points_to(xen, xen->start, name) : xen_holds_word(xen, name);
}

bool xen_is_from_to(const struct xen *xen, unsigned first, unsigned last)
{
    return xen->version == 0 || (xen->version >= first && (last == 0 || xen->version <= last));
}
