/* SPDX-License-Identifier: BSD-2-Clause */
/* The menu of a system: a person chooses the section that boots. */
#ifndef MUSTER_BOOT_BOOT_MENU_H
#define MUSTER_BOOT_BOOT_MENU_H

#include "core/boot/menu.h"
#include "core/system.h"

struct boot_menu {
    const struct system *system; /* that system_configure was called for */
    const struct terminal *terminal;
    bool is_asked_for; /* by a person, who needs no countdown */
    /* As in struct pages. */
    bool (*complete)(void *context, struct system *system);
    void *context;
};

/* The seconds that the menu waits for a person; 0 if it is not to be shown without being asked for.
 */
unsigned boot_menu_seconds(const struct system *system);

/*
 * Shows the menu. *section is what the person chose, in `arena`, or NULL when nobody did.
 * MENU_NONE when there is no section to show, or no memory.
 */
enum menu_result boot_menu_run(const struct boot_menu *menu, struct arena *arena,
                               const char **section);

#endif
