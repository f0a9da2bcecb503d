/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of whose turn it is: trials, fallbacks, and what the state becomes. */
#include "core/config/trial.h"
#include "support.h"

static const char *olds[] = {"old", "older"};

static const struct trial_rules usual = {
    .preset = "new", .fallbacks = olds, .fallback_count = 2, .tries = 3};

/* One power-on: the turn after `failed` sections; the state becomes what is written. */
static struct turn boot(const struct trial_rules *rules, struct state *state, unsigned failed)
{
    struct turn turn;

    trial_turn(rules, state, NULL, failed, &turn);
    if (turn.writes)
        *state = turn.state;
    return turn;
}

static void assert_turn(const struct turn *turn, enum turn_kind kind, const char *section)
{
    assert_int_equal(turn->kind, kind);
    if (section != NULL)
        assert_string_equal(turn->section, section);
    else
        assert_null(turn->section);
}

static void test_tries_are_used_up(void **unused)
{
    struct state state = {0};
    struct turn turn;

    (void)unused;
    for (unsigned left = 3; left-- > 0;) {
        turn = boot(&usual, &state, 0);
        assert_turn(&turn, TURN_TRIAL, "new");
        assert_true(turn.writes);
        assert_int_equal(state.tries_left, left);
        assert_string_equal(state.booted, "new");
    }
    turn = boot(&usual, &state, 0);
    assert_turn(&turn, TURN_FALLBACK, "old");
    assert_true(turn.is_used_up);
    assert_true(turn.writes);
    assert_string_equal(state.booted, "old");
    assert_int_equal(state.reason, FALL_USED_UP);
    assert_string_equal(state.fallen, "new");
    /* From then on nothing changes, and nothing is written. */
    turn = boot(&usual, &state, 0);
    assert_turn(&turn, TURN_FALLBACK, "old");
    assert_false(turn.writes);
}

static void test_a_confirmed_section_is_not_counted(void **unused)
{
    struct state state = {0};
    struct turn turn = boot(&usual, &state, 0);

    (void)unused;
    assert_true(state_confirm(&state));
    for (unsigned boots = 0; boots < 5; boots++) {
        turn = boot(&usual, &state, 0);
        assert_turn(&turn, TURN_DEFAULT, "new");
        assert_false(turn.writes);
    }
}

/* Confirming the fallback keeps it; the default has no tries left, as before. */
static void test_a_fallback_can_be_confirmed(void **unused)
{
    struct trial_rules rules = usual;
    struct state state = {0};
    struct turn turn;

    (void)unused;
    for (unsigned boots = 0; boots < 4; boots++)
        boot(&rules, &state, 0);
    assert_true(state_confirm(&state));
    assert_string_equal(state.confirmed, "old");
    turn = boot(&rules, &state, 0);
    assert_turn(&turn, TURN_FALLBACK, "old");
    assert_false(turn.writes);
    rules.preset = "old";
    turn = boot(&rules, &state, 0);
    assert_turn(&turn, TURN_DEFAULT, "old");
}

/* A section that has used up its tries gets them back when it is booted by hand and confirmed. */
static void test_a_section_asked_for_can_be_confirmed(void **unused)
{
    struct state state = {0};
    struct turn turn;

    (void)unused;
    for (unsigned boots = 0; boots < 4; boots++)
        boot(&usual, &state, 0);
    trial_turn(&usual, &state, "new", 0, &turn);
    assert_true(turn.writes);
    state = turn.state;
    assert_true(state_confirm(&state));
    assert_int_equal(state.tries_left, 3);
    turn = boot(&usual, &state, 0);
    assert_turn(&turn, TURN_DEFAULT, "new");
    assert_false(turn.writes);
}

static void test_always_counts_confirmed_sections(void **unused)
{
    struct trial_rules rules = usual;
    struct state state = {0};
    struct turn turn = boot(&rules, &state, 0);

    (void)unused;
    rules.always = true;
    assert_true(state_confirm(&state));
    for (unsigned boots = 0; boots < 3; boots++) {
        turn = boot(&rules, &state, 0);
        assert_turn(&turn, TURN_TRIAL, "new");
    }
    turn = boot(&rules, &state, 0);
    assert_turn(&turn, TURN_FALLBACK, "old");
}

static void test_a_new_default_has_all_its_tries(void **unused)
{
    struct trial_rules rules = usual;
    struct state state = {0};
    struct turn turn;

    (void)unused;
    boot(&rules, &state, 0);
    boot(&rules, &state, 0);
    assert_int_equal(state.tries_left, 1);
    rules.preset = "newer";
    turn = boot(&rules, &state, 0);
    assert_turn(&turn, TURN_TRIAL, "newer");
    assert_int_equal(state.tries_left, 2);
}

static void test_a_new_seal_is_a_new_trial(void **unused)
{
    static const unsigned char first[STATE_SEAL_SIZE] = {1};
    static const unsigned char second[STATE_SEAL_SIZE] = {2};
    struct trial_rules rules = usual;
    struct state state = {0};
    struct turn turn;

    (void)unused;
    rules.seal = first;
    boot(&rules, &state, 0);
    assert_true(state_confirm(&state));
    turn = boot(&rules, &state, 0);
    assert_turn(&turn, TURN_DEFAULT, "new");
    rules.seal = second;
    turn = boot(&rules, &state, 0);
    assert_turn(&turn, TURN_TRIAL, "new");
    assert_int_equal(state.tries_left, 2);
    assert_false(trial_is_confirmed(&rules, &state, "new"));
}

static void test_what_cannot_be_prepared_falls_back(void **unused)
{
    struct state state = {0};
    struct turn turn = boot(&usual, &state, 1);

    (void)unused;
    assert_turn(&turn, TURN_FALLBACK, "old");
    assert_true(turn.writes);
    assert_int_equal(state.reason, FALL_UNPREPARED);
    assert_int_equal(state.tries_left, 0);
    turn = boot(&usual, &state, 2);
    assert_turn(&turn, TURN_FALLBACK, "older");
    assert_string_equal(state.booted, "older");
    turn = boot(&usual, &state, 3);
    assert_turn(&turn, TURN_NONE, NULL);
    assert_false(turn.writes);
}

/* The fallback of a default that is out of tries may fail, too. */
static void test_used_up_and_unprepared(void **unused)
{
    struct state state = {0};
    struct turn turn;

    (void)unused;
    for (unsigned boots = 0; boots < 3; boots++)
        boot(&usual, &state, 0);
    turn = boot(&usual, &state, 1);
    assert_turn(&turn, TURN_FALLBACK, "older");
    turn = boot(&usual, &state, 2);
    assert_turn(&turn, TURN_NONE, NULL);
}

static void test_no_state(void **unused)
{
    struct turn turn;

    (void)unused;
    trial_turn(&usual, NULL, NULL, 0, &turn);
    assert_turn(&turn, TURN_DEFAULT, "new");
    assert_false(turn.writes);
    trial_turn(&usual, NULL, NULL, 1, &turn);
    assert_turn(&turn, TURN_FALLBACK, "old");
}

/* The firmware has other boot options. */
static void test_nothing_to_fall_back_to(void **unused)
{
    struct trial_rules rules = usual;
    struct state state = {0};
    struct turn turn;

    (void)unused;
    rules.fallback_count = 0;
    turn = boot(&rules, &state, 1);
    assert_turn(&turn, TURN_NONE, NULL);
    assert_false(turn.is_used_up || turn.writes);
    for (unsigned left = 3; left-- > 0;) {
        turn = boot(&rules, &state, 0);
        assert_turn(&turn, TURN_TRIAL, "new");
        assert_int_equal(state.tries_left, left);
    }
    turn = boot(&rules, &state, 0);
    assert_turn(&turn, TURN_NONE, NULL);
    assert_true(turn.is_used_up && !turn.writes);
    rules.preset = NULL;
    turn = boot(&rules, &state, 0);
    assert_turn(&turn, TURN_DEFAULT, NULL);
    assert_string_equal(state.booted, "");
}

static void test_once(void **unused)
{
    struct state state = {0};
    struct turn turn;

    (void)unused;
    boot(&usual, &state, 0);
    state_set_name(state.next, "rescue");
    trial_turn(&usual, &state, NULL, 0, &turn);
    assert_turn(&turn, TURN_ONCE, "rescue");
    assert_true(turn.writes);
    assert_string_equal(turn.state.next, "");
    assert_string_equal(turn.state.booted, "rescue");
    assert_int_equal(turn.state.tries_left, 2);
    /* When it cannot be prepared, the default follows, on trial as before. */
    trial_turn(&usual, &state, NULL, 1, &turn);
    assert_turn(&turn, TURN_TRIAL, "new");
    assert_string_equal(turn.state.next, "");
    assert_int_equal(turn.state.tries_left, 1);
}

/* A person's choice is not counted, but it is what a domain confirms then. */
static void test_a_person_asked(void **unused)
{
    struct state state = {0};
    struct turn turn;

    (void)unused;
    trial_turn(&usual, &state, "rescue", 0, &turn);
    assert_turn(&turn, TURN_ASKED, "rescue");
    assert_true(turn.writes);
    boot(&usual, &state, 0);
    trial_turn(&usual, &state, "rescue", 0, &turn);
    assert_true(turn.writes);
    assert_string_equal(turn.state.booted, "rescue");
    assert_int_equal(turn.state.tries_left, 2);
    trial_turn(&usual, &state, "rescue", 1, &turn);
    assert_turn(&turn, TURN_NONE, NULL);
}

static void test_going_back_by_hand_ends_the_trial(void **unused)
{
    struct trial_rules rules = usual;
    struct state state = {0};
    struct turn turn;

    (void)unused;
    state_set_name(state.confirmed, "old");
    boot(&rules, &state, 0);
    rules.preset = "old";
    turn = boot(&rules, &state, 0);
    assert_turn(&turn, TURN_DEFAULT, "old");
    assert_true(turn.writes);
    assert_string_equal(state.booted, "old");
    turn = boot(&rules, &state, 0);
    assert_false(turn.writes);
}

static void test_fewer_tries(void **unused)
{
    struct trial_rules rules = usual;
    struct state state = {0};

    (void)unused;
    rules.tries = 200;
    boot(&rules, &state, 0);
    rules.tries = 2;
    boot(&rules, &state, 0);
    assert_int_equal(state.tries_left, 1);
    assert_int_equal(state.tries, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tries_are_used_up),
        cmocka_unit_test(test_a_confirmed_section_is_not_counted),
        cmocka_unit_test(test_a_fallback_can_be_confirmed),
        cmocka_unit_test(test_a_section_asked_for_can_be_confirmed),
        cmocka_unit_test(test_always_counts_confirmed_sections),
        cmocka_unit_test(test_a_new_default_has_all_its_tries),
        cmocka_unit_test(test_a_new_seal_is_a_new_trial),
        cmocka_unit_test(test_what_cannot_be_prepared_falls_back),
        cmocka_unit_test(test_used_up_and_unprepared),
        cmocka_unit_test(test_no_state),
        cmocka_unit_test(test_nothing_to_fall_back_to),
        cmocka_unit_test(test_once),
        cmocka_unit_test(test_a_person_asked),
        cmocka_unit_test(test_going_back_by_hand_ends_the_trial),
        cmocka_unit_test(test_fewer_tries),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
