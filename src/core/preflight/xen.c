/* SPDX-License-Identifier: BSD-2-Clause */
/* The Xen at hand: its version, and what it was built with, as its binary tells. */
#include "core/preflight/xen.h"

#include <string.h>

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

void xen_init(struct xen *xen, const struct binary *binary)
{
    *xen = (struct xen){.binary = binary};
    if (binary->is_loaded)
        xen->version = xen_version(binary->memory, (size_t)binary->size);
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

bool xen_holds_word(const struct xen *xen, const char *word)
{
    const char *start = xen->binary->memory;
    size_t length = strlen(word) + 1;
    const char *end = start + xen->binary->size;

    if (!xen->binary->is_loaded)
        return false;
    for (const char *at = start + 1; at < end && (size_t)(end - at) >= length; at++)
        if (at[-1] == '\0' && memcmp(at, word, length) == 0)
            return true;
    return false;
}

bool xen_is_from_to(const struct xen *xen, unsigned first, unsigned last)
{
    return xen->version == 0 || (xen->version >= first && (last == 0 || xen->version <= last));
}
