/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of a section on trial: what resets the machine when it hangs, so that a try counts. */
#include "core/preflight/trial_reset.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"

/* Names of watchdogs, in a node's name or among its compatible texts. */
static const char *const names[] = {"watchdog", "wdt", "sp805"};

/* True if a text of `size` bytes, which may hold NULs, names a watchdog. */
static bool names_watchdog(const char *text, size_t size)
{
    for (size_t at = 0; at < size; at++)
        for (size_t name = 0; name < sizeof(names) / sizeof(names[0]); name++) {
            size_t length = strlen(names[name]);

            if (length <= size - at && memcmp(text + at, names[name], length) == 0)
                return true;
        }
    return false;
}

/* True if a node is a watchdog that is not switched off. */
static bool is_watchdog(const struct check *check, int node)
{
    int size = 0;
    const char *name = fdt_get_name(check->fdt, node, NULL);
    const char *text = tree_get(check->fdt, node, "compatible", &size);
    const char *status = tree_string(check->fdt, node, "status");

    if (text == NULL ||
        (status != NULL && strcmp(status, "okay") != 0 && strcmp(status, "ok") != 0))
        return false;
    return names_watchdog(text, (size_t)size) ||
           (name != NULL && names_watchdog(name, text_until(name, "@")));
}

static bool has_watchdog(const struct check *check)
{
    int node = -1;

    while ((node = walk_next(check->fdt, node)) >= 0)
        if (is_watchdog(check, node))
            return true;
    return false;
}

void check_trial_reset(const struct check *check)
{
    const struct location *where = check->finished->tries;

    if (where == NULL)
        return;
    if (xen_option_is_on(check->options, "noreboot"))
        check_warning(check, NULL, where, "leave noreboot out of options=",
                      "with noreboot, Xen stays where it panics, and the next try never comes");
    if (!has_watchdog(check))
        check_warning(check, NULL, where,
                      "without one on the board either, somebody has to switch it off and on",
                      "the device tree has no watchdog to reset a system that hangs");
}
