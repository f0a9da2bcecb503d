/* SPDX-License-Identifier: BSD-2-Clause */
/* The choice of a section: what a person asked for, else what [global] and the boot state say. */
#include "core/config/choice.h"

#include <string.h>

/* Reports why boots are not counted. */
static void report_uncounted(const struct workspace *workspace, const struct choice *choice,
                             enum platform_status status)
{
    const struct global *global = &choice->global;
    const struct config_entry *entry = global->state != NULL ? global->state : global->tries;
    bool is_missing = status == PLATFORM_NOT_FOUND;

    diagnose(workspace->diagnostics, SEVERITY_WARNING, &entry->where,
             is_missing                      ? "make it with muster state --init"
             : status == PLATFORM_SHORT_READ ? "remove it, and make it with muster state --init"
                                             : NULL,
             "boots are not counted: %s: %s", choice->file.name, platform_status_text(status));
}

/* Reads the state if [global] has a use for it. */
static void read_state(const struct workspace *workspace, const struct config *config,
                       struct choice *choice)
{
    const struct global *global = &choice->global;
    enum platform_status status;

    if (global->state == NULL && (global->rules.tries == 0 || global->rules.preset == NULL))
        return;
    status = state_file_read(
        workspace, global->state != NULL ? global->state->value : STATE_FILE_NAME, &choice->file);
    choice->has_state = status == PLATFORM_OK;
    if (!choice->has_state)
        report_uncounted(workspace, choice, status);
    else if (choice->file.is_damaged)
        diagnose(workspace->diagnostics, SEVERITY_WARNING, NULL, NULL,
                 "%s is damaged; counting starts anew", choice->file.name);
    if (choice->file.state.next[0] != '\0' && global->chain == NULL &&
        config_section(config, choice->file.state.next) == NULL) {
        diagnose(workspace->diagnostics, SEVERITY_WARNING, NULL, NULL,
                 "%s asks for [%s] once, but there is no such section", choice->file.name,
                 choice->file.state.next);
        memset(choice->file.state.next, 0, STATE_NAME_SIZE);
    }
}

static void report_turn(const struct workspace *workspace, const struct choice *choice)
{
    const struct turn *turn = &choice->turn;
    struct diagnostics *to = workspace->diagnostics;

    if (turn->kind == TURN_TRIAL)
        diagnose(to, SEVERITY_NOTE, NULL, NULL,
                 "[%s] is on trial; after this, %u of %u tries are left", turn->section,
                 turn->state.tries_left, turn->state.tries);
    else if (turn->kind == TURN_ONCE)
        diagnose(to, SEVERITY_NOTE, NULL, NULL, "[%s] boots once, as %s asks", turn->section,
                 choice->file.name);
    else if (turn->kind == TURN_FALLBACK && turn->is_used_up)
        diagnose(to, SEVERITY_WARNING, NULL, "confirm what works with muster state --confirm",
                 "[%s] has used up its tries; [%s] boots instead", choice->global.rules.preset,
                 turn->section);
    else if (turn->kind == TURN_FALLBACK)
        diagnose(to, SEVERITY_WARNING, NULL, NULL, "[%s] could not be started; [%s] boots instead",
                 choice->global.rules.preset, turn->section);
    else if (turn->kind == TURN_NONE && turn->is_used_up && choice->failed == 0)
        diagnose(to, SEVERITY_ERROR, NULL, "confirm what works with muster state --confirm",
                 "[%s] has used up its tries, and has no fallback", choice->global.rules.preset);
}

bool choice_make(const struct workspace *workspace, const struct config *config,
                 const struct global *global, struct choice *choice)
{
    choice->global = *global;
    choice->global.rules.seal = choice->seal;
    read_state(workspace, config, choice);
    trial_turn(&choice->global.rules, choice->has_state ? &choice->file.state : NULL, choice->asked,
               choice->failed, &choice->turn);
    report_turn(workspace, choice);
    return choice->turn.kind != TURN_NONE;
}

bool choice_goes_on(const struct choice *choice)
{
    struct turn next;

    trial_turn(&choice->global.rules, choice->has_state ? &choice->file.state : NULL, choice->asked,
               choice->failed + 1, &next);
    return next.kind != TURN_NONE;
}

const struct location *choice_tries(const struct choice *choice)
{
    bool is_counted = choice->turn.kind == TURN_TRIAL ||
                      (choice->turn.kind == TURN_DEFAULT && !choice->has_state &&
                       choice->global.rules.preset != NULL && choice->global.rules.tries != 0);

    return is_counted ? &choice->global.tries->where : NULL;
}

void choice_count(const struct workspace *workspace, struct choice *choice)
{
    enum platform_status status;

    if (!choice->has_state || !choice->turn.writes)
        return;
    status = state_file_write(workspace, &choice->file, &choice->turn.state);
    if (status != PLATFORM_OK)
        report_uncounted(workspace, choice, status);
}
