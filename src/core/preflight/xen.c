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
    const char *at = xen->binary->memory;
    const char *end = at + xen->binary->size;

    for (; (size_t)(end - at) >= length; at++)
        if (*at == *bytes && memcmp(at, bytes, length) == 0)
            return true;
    return false;
}

/* The next place from `from` on where the binary holds a word, or 0. */
static size_t find_word(const struct xen *xen, const char *word, size_t from)
{
    const char *start = xen->binary->memory;
    size_t length = strlen(word) + 1;

    for (size_t at = from; at + length <= xen->binary->size; at++)
        if (start[at - 1] == '\0' && memcmp(start + at, word, length) == 0)
            return at;
    return 0;
}

/* True if the binary, linked to this address, points to a word that it holds. */
static bool points_to(const struct xen *xen, uint64_t start, const char *word)
{
    for (size_t at = find_word(xen, word, 1); at != 0; at = find_word(xen, word, at + 1))
        for (size_t pointer = 0; pointer + 8 <= xen->binary->size; pointer += 8)
            if (read_little((const char *)xen->binary->memory + pointer, 8) == start + at)
                return true;
    return false;
}

/* The address that the binary is linked to: that by which its table has two options of all. */
static uint64_t find_start(const struct xen *xen)
{
    for (size_t at = find_word(xen, "console", 1); at != 0; at = find_word(xen, "console", at + 1))
        for (size_t pointer = 0; pointer + 8 <= xen->binary->size; pointer += 8) {
            uint64_t value = read_little((const char *)xen->binary->memory + pointer, 8);

            if (value > at && (value - at) % LINK_ALIGNMENT == 0 && value >> LINK_BITS == 0 &&
                points_to(xen, value - at, "dtuart"))
                return value - at;
        }
    return 0;
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
    return xen->binary->is_loaded && find_word(xen, word, 1) != 0;
}

bool xen_has_option(const struct xen *xen, const char *name)
{
    return xen->start != 0 ? points_to(xen, xen->start, name) : xen_holds_word(xen, name);
}

bool xen_is_from_to(const struct xen *xen, unsigned first, unsigned last)
{
    return xen->version == 0 || (xen->version >= first && (last == 0 || xen->version <= last));
}
