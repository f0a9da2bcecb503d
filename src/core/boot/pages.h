/* SPDX-License-Identifier: BSD-2-Clause */
/* The page that a menu shows of a section: its domains, and the messages about it. */
#ifndef MUSTER_BOOT_PAGES_H
#define MUSTER_BOOT_PAGES_H

#include "core/boot/menu.h"
#include "core/system.h"

struct pages {
    struct arena *arena;         /* for the text that is shown */
    const struct system *system; /* that was started; its request and options count */
    /* Runs the stages behind system_describe, as system_complete does. */
    bool (*complete)(void *context, struct system *system);
    void *context;
};

/*
 * The text of a page. The section is prepared as for a boot, as far as the page needs it, in a
 * system of its own, and everything is given back. `context` is the struct pages; for struct menu.
 * NULL without memory.
 */
const char *pages_text(void *context, const char *section, enum menu_page page);

#endif
