/* SPDX-License-Identifier: BSD-2-Clause */
/* The menu of a system: a person chooses the section that boots. */
#include "core/boot/boot_menu.h"

#include <string.h>

#include "core/base/text.h"
#include "core/base/version.h"
#include "core/boot/pages.h"
#include "core/boot/sections.h"

unsigned boot_menu_seconds(const struct system *system)
{
    const struct choice *choice = &system->choice;

    /* Who names a section in the load options has chosen. */
    return choice->asked == NULL && choice->turn.section != NULL ? choice->global.seconds : 0;
}

static enum menu_result run(const struct boot_menu *boot_menu, struct arena *arena,
                            const struct sections *list, const char **section)
{
    const struct system *system = boot_menu->system;
    struct pages pages = {arena, system, boot_menu->complete, boot_menu->context};
    struct menu menu = {
        .arena = arena,
        .headline = text_format(arena, "Muster " MUSTER_VERSION ": %s", system->first_config.file),
        .entries = list->entries,
        .count = list->count,
        .chosen = list->turn,
        .seconds = boot_menu->is_asked_for ? 0 : boot_menu_seconds(system),
        .context = &pages,
        .page = pages_text,
    };
    enum menu_result result = menu_run(&menu, boot_menu->terminal);

    if (result == MENU_CHOSEN)
        *section = list->entries[menu.chosen].section;
    return result;
}

enum menu_result boot_menu_run(const struct boot_menu *menu, struct arena *arena,
                               const char **section)
{
    struct sections list;
    enum menu_result result;

    *section = NULL;
    if (!sections_list(arena, menu->system, &list) || list.count == 0 ||
        (!list.has_turn && !menu->is_asked_for))
        return MENU_NONE;
    result = run(menu, arena, &list, section);
    if (*section != NULL)
        *section = arena_copy(arena, *section, strlen(*section));
    return *section == NULL && result == MENU_CHOSEN ? MENU_TIME_OVER : result;
}
