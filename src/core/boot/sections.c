/* SPDX-License-Identifier: BSD-2-Clause */
/* The sections that a menu offers, each with its title and its part in what boots. */
#include "core/boot/sections.h"

#include <string.h>

#include "core/base/text.h"

/* The state that the marks are made from. */
struct marker {
    struct arena *arena;
    const struct trial_rules *rules;
    const struct state *state; /* NULL without one */
    struct turn turn;          /* of the default, if nothing else is to be booted once */
};

static void marker_init(struct marker *marker, struct arena *arena, const struct choice *choice)
{
    *marker = (struct marker){
        .arena = arena,
        .rules = &choice->global.rules,
        .state = choice->has_state ? &choice->file.state : NULL,
    };
    trial_turn(marker->rules, marker->state, NULL,
               marker->state != NULL && marker->state->next[0] != '\0', &marker->turn);
}

static bool is_named(const char *name, const char *section)
{
    return name != NULL && strcmp(name, section) == 0;
}

static bool is_fallback(const struct trial_rules *rules, const char *section)
{
    for (size_t at = 0; at < rules->fallback_count; at++)
        if (strcmp(rules->fallbacks[at], section) == 0)
            return true;
    return false;
}

/* Adds a mark to those that there are. */
static const char *add_mark(const struct marker *marker, const char *marks, const char *mark)
{
    if (marks == NULL || mark == NULL)
        return NULL;
    return marks[0] == '\0' ? mark : text_format(marker->arena, "%s, %s", marks, mark);
}

/* The standing of the default's trial; NULL if it is on none. */
static const char *trial_mark(const struct marker *marker)
{
    const struct turn *turn = &marker->turn;
    bool is_trial = turn->kind == TURN_TRIAL;

    if (!is_trial && !turn->is_used_up)
        return NULL;
    /* The turn has one try less than there are now. */
    return text_format(marker->arena, "on trial: %u of %u tries left",
                       is_trial ? turn->state.tries_left + 1 : 0, marker->rules->tries);
}

static const char *marks_of(const struct marker *marker, const char *section)
{
    const struct state *state = marker->state;
    bool is_default = is_named(marker->rules->preset, section);
    const char *trial = is_default ? trial_mark(marker) : NULL;
    const char *marks = is_default ? "default" : "";

    if (trial != NULL)
        marks = add_mark(marker, marks, trial);
    if (is_fallback(marker->rules, section))
        marks = add_mark(marker, marks, "fallback");
    if (state != NULL && trial_is_confirmed(marker->rules, state, section))
        marks = add_mark(marker, marks, "confirmed");
    if (state != NULL && is_named(state->next, section))
        marks = add_mark(marker, marks, "next, once");
    return marks != NULL ? marks : "";
}

static bool is_bootable(const struct config_section *section)
{
    return !section->is_domain && strcmp(section->name, "global") != 0;
}

static bool is_listed(const struct sections *list, const char *name)
{
    for (size_t at = 0; at < list->count; at++)
        if (strcmp(list->entries[at].section, name) == 0)
            return true;
    return false;
}

/* Adds the sections of a file, but for those of a name that an earlier one has: these boot. */
static void add_file(struct sections *list, const struct marker *marker,
                     const struct config *config, const char *turn)
{
    size_t before = list->count;

    for (const struct config_section *each = config->head.next;
         each != NULL && list->count < SECTIONS_MAX; each = each->next) {
        const struct config_entry *title = config_find(each, "title");

        if (!is_bootable(each) || (before != 0 && is_listed(list, each->name)))
            continue;
        if (is_named(turn, each->name)) {
            list->turn = list->count;
            list->has_turn = true;
        }
        list->entries[list->count++] = (struct menu_entry){
            .section = each->name,
            .title = title != NULL && title->value != NULL ? title->value : "",
            .marks = marks_of(marker, each->name),
        };
    }
}

bool sections_list(struct arena *arena, const struct system *system, struct sections *list)
{
    struct config config = system->first_config;
    struct workspace workspace = system->workspace;
    struct diagnostics unheard;
    struct marker marker;

    *list = (struct sections){.entries = arena_array(arena, SECTIONS_MAX, sizeof(*list->entries))};
    if (list->entries == NULL)
        return false;
    if (config.file == NULL)
        return true;
    workspace.arena = arena;
    diagnostics_init(&unheard, arena);
    workspace.diagnostics = &unheard;
    marker_init(&marker, arena, &system->choice);
    for (unsigned files = 0; files < CHAIN_MAX; files++) {
        config_mark_domains(&workspace, &config);
        add_file(list, &marker, &config, system->choice.turn.section);
        if (!config_next(&workspace, &config))
            break;
    }
    return !arena->failed;
}
