/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of the boot state: its record, torn copies, and confirmations. */
#include <zlib.h>

#include "core/config/state.h"
#include "support.h"

/* zlib's CRC is that of the firmware. */
static uint32_t crc(void *context, const void *data, size_t size)
{
    (void)context;
    return (uint32_t)crc32(0, data, (uInt)size);
}

typedef unsigned char records[2 * STATE_COPIES][STATE_RECORD_SIZE];

static struct state trial_of(const char *name, uint64_t revision)
{
    struct state state = {.revision = revision, .tries = 3, .tries_left = 2};

    state_set_name(state.trial, name);
    state_set_name(state.booted, name);
    return state;
}

static void test_round_trip(void **unused)
{
    struct state before = trial_of("new", 0x123456789abcdef0);
    struct state after;
    unsigned char record[STATE_RECORD_SIZE];

    (void)unused;
    state_set_name(before.confirmed, "old");
    state_set_name(before.next, "rescue");
    state_set_name(before.fallen, "newer");
    before.reason = FALL_USED_UP;
    memset(before.trial_seal, 0x11, STATE_SEAL_SIZE);
    memset(before.booted_seal, 0x33, STATE_SEAL_SIZE);
    memset(before.confirmed_seal, 0x22, STATE_SEAL_SIZE);
    state_encode(&before, crc, NULL, record);
    assert_true(state_decode(record, crc, NULL, &after));
    assert_int_equal(after.revision, before.revision);
    assert_int_equal(after.tries, 3);
    assert_int_equal(after.tries_left, 2);
    assert_string_equal(after.booted, "new");
    assert_int_equal(after.reason, FALL_USED_UP);
    assert_string_equal(after.trial, "new");
    assert_string_equal(after.confirmed, "old");
    assert_string_equal(after.next, "rescue");
    assert_string_equal(after.fallen, "newer");
    assert_memory_equal(after.trial_seal, before.trial_seal, STATE_SEAL_SIZE);
    assert_memory_equal(after.booted_seal, before.booted_seal, STATE_SEAL_SIZE);
    assert_memory_equal(after.confirmed_seal, before.confirmed_seal, STATE_SEAL_SIZE);
}

/* The form of the files is a promise to tools and to domains. */
static void test_form(void **unused)
{
    struct state state = trial_of("new", 7);
    unsigned char record[STATE_RECORD_SIZE];

    (void)unused;
    state_encode(&state, crc, NULL, record);
    assert_memory_equal(record, "MUSTERST\1\0\0\0\7\0\0\0\0\0\0\0\3\0\2\0\0\0\0\0new", 31);
    assert_string_equal(state_suffix(0), "");
    assert_string_equal(state_suffix(1), ".2");
    assert_string_equal(STATE_CONFIRMATION_SUFFIX, ".ok");
}

static void test_a_long_name_is_cut(void **unused)
{
    char name[STATE_NAME_SIZE];
    char longer[200];

    (void)unused;
    memset(longer, 'n', sizeof(longer));
    longer[sizeof(longer) - 1] = '\0';
    state_set_name(name, longer);
    assert_int_equal(strlen(name), STATE_NAME_SIZE - 1);
    state_set_name(name, "x");
    assert_string_equal(name, "x");
    assert_int_equal(name[STATE_NAME_SIZE - 2], '\0');
}

/* A power cut while a sector is written leaves any mixture of old and new bytes. */
static void test_every_flipped_bit_is_seen(void **unused)
{
    struct state state = trial_of("new", 1);
    unsigned char record[STATE_RECORD_SIZE];
    struct state read;

    (void)unused;
    state_encode(&state, crc, NULL, record);
    for (unsigned bit = 0; bit < STATE_RECORD_SIZE * 8; bit++) {
        record[bit / 8] ^= (unsigned char)(1U << bit % 8);
        assert_false(state_decode(record, crc, NULL, &read));
        record[bit / 8] ^= (unsigned char)(1U << bit % 8);
    }
    assert_true(state_decode(record, crc, NULL, &read));
}

static void test_a_torn_copy_leaves_the_other(void **unused)
{
    struct state older = trial_of("new", 4);
    struct state newer = trial_of("new", 5);
    struct state read;
    unsigned copy;
    records file = {0};

    (void)unused;
    newer.tries_left = 1;
    for (unsigned newest = 0; newest < STATE_COPIES; newest++) {
        state_encode(&newer, crc, NULL, file[newest]);
        state_encode(&older, crc, NULL, file[1 - newest]);
        assert_true(state_read(file, crc, NULL, &read, &copy));
        assert_int_equal(read.revision, 5);
        assert_int_equal(copy, 1 - newest);
        memset(file[newest], 0xff, 100);
        assert_true(state_read(file, crc, NULL, &read, &copy));
        assert_int_equal(read.revision, 4);
        assert_int_equal(copy, newest);
    }
    memset(file, 0, sizeof(file));
    assert_false(state_read(file, crc, NULL, &read, &copy));
    assert_int_equal(copy, 0);
    assert_int_equal(read.revision, 0);
}

/* dd copies both copies to their confirmations. */
static void confirm_with_dd(records file)
{
    memcpy(file[STATE_COPIES], file[0], STATE_COPIES * STATE_RECORD_SIZE);
}

static void test_a_copied_record_confirms(void **unused)
{
    struct state state = trial_of("new", 9);
    struct state read;
    unsigned copy;
    records file = {0};

    (void)unused;
    memset(state.trial_seal, 5, STATE_SEAL_SIZE);
    memset(state.booted_seal, 5, STATE_SEAL_SIZE);
    state_encode(&state, crc, NULL, file[1]);
    assert_true(state_read(file, crc, NULL, &read, &copy));
    assert_string_equal(read.confirmed, "");
    confirm_with_dd(file);
    assert_true(state_read(file, crc, NULL, &read, &copy));
    assert_string_equal(read.confirmed, "new");
    assert_memory_equal(read.confirmed_seal, state.trial_seal, STATE_SEAL_SIZE);
    assert_int_equal(read.tries_left, 3);

    /* The confirmation of an earlier boot is none of this one. */
    state.revision = 10;
    state_encode(&state, crc, NULL, file[0]);
    assert_true(state_read(file, crc, NULL, &read, &copy));
    assert_string_equal(read.confirmed, "");
}

static void test_another_section_is_confirmed(void **unused)
{
    struct state state = trial_of("new", 2);

    (void)unused;
    state_set_name(state.booted, "old");
    assert_true(state_confirm(&state));
    assert_string_equal(state.confirmed, "old");
    assert_int_equal(state.tries_left, 2);
}

static void test_only_what_was_booted_is_confirmed(void **unused)
{
    struct state state = trial_of("new", 2);
    struct state read;
    unsigned copy;
    records file = {0};

    (void)unused;
    state_set_name(state.booted, "");
    state_encode(&state, crc, NULL, file[0]);
    confirm_with_dd(file);
    assert_true(state_read(file, crc, NULL, &read, &copy));
    assert_string_equal(read.confirmed, "");
    assert_false(state_confirm(&read));
    memset(file, 0, sizeof(file));
    confirm_with_dd(file);
    assert_false(state_read(file, crc, NULL, &read, &copy));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_form),
        cmocka_unit_test(test_a_long_name_is_cut),
        cmocka_unit_test(test_every_flipped_bit_is_seen),
        cmocka_unit_test(test_a_torn_copy_leaves_the_other),
        cmocka_unit_test(test_a_copied_record_confirms),
        cmocka_unit_test(test_another_section_is_confirmed),
        cmocka_unit_test(test_only_what_was_booted_is_confirmed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
