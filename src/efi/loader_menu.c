/* SPDX-License-Identifier: BSD-2-Clause */
/* The menu of the loader, on the firmware's console. */
#include "efi/loader_menu.h"

#include "core/boot/boot_menu.h"
#include "efi/terminal.h"

static bool complete(void *context, struct system *system)
{
    (void)context;
    return system_complete(system);
}

enum menu_result loader_menu(struct firmware *firmware, struct system *system, struct arena *arena,
                             const char **section)
{
    struct efi_terminal console;
    struct terminal terminal;
    struct boot_menu menu = {.system = system, .terminal = &terminal, .complete = complete};
    const char *chosen;
    enum menu_result result;
    unsigned seconds = 0;

    if (!system->is_configured) {
        system_configure(system);
        seconds = boot_menu_seconds(system);
    }
    menu.is_asked_for = terminal_key_is_held(&console, firmware);
    if (!menu.is_asked_for && (seconds == 0 || !terminal_is_there(firmware)))
        return MENU_NONE;
    terminal_open(&console, firmware, seconds, &terminal);
    result = boot_menu_run(&menu, arena, &chosen);
    terminal_close(&console);
    if (chosen != NULL)
        *section = chosen;
    return result;
}
