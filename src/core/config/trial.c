/* SPDX-License-Identifier: BSD-2-Clause */
/* Which section has its turn: the default on trial, a fallback, or one that is booted once. */
#include "core/config/trial.h"

#include <string.h>

static const unsigned char no_seal[STATE_SEAL_SIZE];

static const unsigned char *seal_of(const struct trial_rules *rules)
{
    return rules->seal != NULL ? rules->seal : no_seal;
}

/* A record holds the start of a long name, so only that is compared. */
static bool is_section(const char *name, const unsigned char *seal, const struct trial_rules *rules,
                       const char *section)
{
    return section != NULL && strncmp(name, section, STATE_NAME_SIZE - 1) == 0 &&
           memcmp(seal, seal_of(rules), STATE_SEAL_SIZE) == 0;
}

bool trial_is_confirmed(const struct trial_rules *rules, const struct state *state,
                        const char *section)
{
    return is_section(state->confirmed, state->confirmed_seal, rules, section);
}

/* Without a fallback it is the firmware's next boot option that follows in the end. */
static bool is_counted(const struct trial_rules *rules, const struct state *state)
{
    return rules->preset != NULL && rules->tries != 0 &&
           (rules->always || !trial_is_confirmed(rules, state, rules->preset));
}

/* The tries that the default has left: all of them if it is not the section on trial. */
static uint32_t tries_left(const struct trial_rules *rules, const struct state *state)
{
    if (!is_section(state->trial, state->trial_seal, rules, rules->preset) ||
        state->tries_left > rules->tries)
        return rules->tries;
    return state->tries_left;
}

/* Notes in the state that the default is started on trial, with one try less. */
static void count(const struct trial_rules *rules, struct turn *turn)
{
    struct state *state = &turn->state;

    state->tries_left = tries_left(rules, state) - 1;
    state->tries = rules->tries;
    state_set_name(state->trial, rules->preset);
    memcpy(state->trial_seal, seal_of(rules), STATE_SEAL_SIZE);
    turn->kind = TURN_TRIAL;
    turn->section = rules->preset;
    turn->writes = true;
}

/* Notes in the state what is started: who confirms means that. Repeated, it is no news. */
static void note_booted(const struct trial_rules *rules, struct turn *turn)
{
    struct state *state = &turn->state;

    if (is_section(state->booted, state->booted_seal, rules,
                   turn->section != NULL ? turn->section : ""))
        return;
    state_set_name(state->booted, turn->section != NULL ? turn->section : "");
    memcpy(state->booted_seal, seal_of(rules), STATE_SEAL_SIZE);
    turn->writes = true;
}

/* Notes in the state why a fallback is started; repeated, that is no news. */
static void note_fallback(struct turn *turn, const char *fallen, enum fall_reason reason)
{
    struct state *state = &turn->state;

    if (state->reason == reason && strncmp(state->fallen, fallen, STATE_NAME_SIZE - 1) == 0)
        return;
    state->reason = reason;
    state_set_name(state->fallen, fallen);
    turn->writes = true;
}

static void fall_back(const struct trial_rules *rules, size_t position, struct turn *turn)
{
    if (position > rules->fallback_count) {
        turn->kind = TURN_NONE;
        return;
    }
    turn->kind = TURN_FALLBACK;
    turn->section = rules->fallbacks[position - 1];
    note_fallback(turn, rules->preset, turn->is_used_up ? FALL_USED_UP : FALL_UNPREPARED);
}

static void turn_once(struct turn *turn, const char *section)
{
    turn->kind = TURN_ONCE;
    turn->section = section;
    memset(turn->state.next, 0, STATE_NAME_SIZE);
    turn->writes = true;
}

static void turn_uncounted(struct turn *turn, enum turn_kind kind, const char *section)
{
    turn->kind = kind;
    turn->section = section;
}

/* Each section that failed has had its turn: the one for once, the default, the fallbacks. */
static void take_turn(const struct trial_rules *rules, const struct state *state, unsigned failed,
                      struct turn *turn)
{
    bool has_once = state != NULL && state->next[0] != '\0';
    bool counts = state != NULL && is_counted(rules, state);

    if (has_once && failed-- == 0) {
        turn_once(turn, state->next);
        return;
    }
    if (has_once) {
        memset(turn->state.next, 0, STATE_NAME_SIZE);
        turn->writes = true;
    }
    turn->is_used_up = counts && tries_left(rules, state) == 0;
    if (turn->is_used_up)
        failed++;
    if (failed > 0)
        fall_back(rules, failed, turn);
    else if (counts)
        count(rules, turn);
    else
        turn_uncounted(turn, TURN_DEFAULT, rules->preset);
}

void trial_turn(const struct trial_rules *rules, const struct state *state, const char *asked,
                unsigned failed, struct turn *turn)
{
    *turn = (struct turn){.kind = TURN_NONE};
    if (state != NULL)
        turn->state = *state;
    if (asked == NULL)
        take_turn(rules, state, failed, turn);
    else if (failed == 0)
        turn_uncounted(turn, TURN_ASKED, asked);
    if (state != NULL && turn->kind != TURN_NONE)
        note_booted(rules, turn);
}
