/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of what is measured: the events, their order, and how a register is extended. */
#include <stdio.h>

#include "core/seal/measure.h"
#include "support.h"

/* In place of a digest: the first and last byte, and how many there were. */
static void sum_start(struct digest_state *state)
{
    memset(state->bytes, 0, DIGEST_SIZE);
}

static void sum_update(struct digest_state *state, const void *data, size_t size)
{
    const unsigned char *bytes = data;

    if (size == 0)
        return;
    if (state->bytes[2] == 0)
        state->bytes[0] = bytes[0];
    state->bytes[1] = bytes[size - 1];
    state->bytes[2] = (unsigned char)(state->bytes[2] + size);
}

static void sum_finish(struct digest_state *state, unsigned char digest[DIGEST_SIZE])
{
    memcpy(digest, state->bytes, DIGEST_SIZE);
}

static const struct digest sum = {sum_start, sum_update, sum_finish};

/* The events that were given, each in a line. */
struct heard {
    char text[2000];
    unsigned count;
    unsigned most; /* the event after this many is refused */
};

static bool hear(void *data, unsigned pcr, const char *text, size_t size)
{
    struct heard *heard = data;
    size_t length = strlen(heard->text);

    assert_int_equal(size, strlen(text));
    snprintf(heard->text + length, sizeof(heard->text) - length, "%u %s\n", pcr, text);
    return ++heard->count < heard->most;
}

static void test_events(void **state)
{
    static const unsigned char digest[DIGEST_SIZE] = {0x12, [31] = 0xef};
    struct measured_files files = {.arena = boot_start(*state)->arena};
    struct measured measured = {.files = &files, .options = "", .digest = &sum};
    struct heard heard = {.most = 100};

    assert_true(measure(&measured, hear, &heard));
    assert_string_equal(heard.text, "11 section\n12 options \n12 tree\n");

    measure_file_seen(&files, "/EFI/xen.efi", UINT64_MAX, digest);
    measure_file_seen(&files, "/with a space", 0, digest);
    measured.section = "one";
    measured.options = "one -debug";
    measured.tree = "ABB";
    measured.tree_size = 3;
    heard = (struct heard){.most = 100};
    assert_true(measure(&measured, hear, &heard));
    assert_string_equal(
        heard.text, "11 section one\n"
                    "11 file 12000000000000000000000000000000000000000000000000000000000000ef "
                    "18446744073709551615 /EFI/xen.efi\n"
                    "11 file 12000000000000000000000000000000000000000000000000000000000000ef "
                    "0 /with a space\n"
                    "12 options one -debug\n"
                    "12 tree 4142030000000000000000000000000000000000000000000000000000000000 3\n");
    for (unsigned most = 1; most <= 5; most++) {
        heard = (struct heard){.most = most};
        assert_false(measure(&measured, hear, &heard));
        assert_int_equal(heard.count, most);
    }
}

static void test_extending(void **state)
{
    unsigned char pcr[DIGEST_SIZE] = {7};

    (void)state;
    /* The digest of the old value and of the digest of the data. */
    measure_extend(&sum, pcr, "data", 4);
    assert_int_equal(pcr[0], 7);
    assert_int_equal(pcr[1], 0);
    assert_int_equal(pcr[2], 2 * DIGEST_SIZE);
}

static void test_without_memory(void **state)
{
    struct boot *boot = *state;
    static const unsigned char digest[DIGEST_SIZE];

    boot->machine.fail_services = SERVICE_ALLOCATE;
    for (unsigned at = 1; at <= 3; at++) {
        struct measured_files files = {.arena = boot_start(boot)->arena};
        struct measured measured = {.files = &files, .options = "", .digest = &sum};
        struct heard heard = {.most = 100};

        boot->machine.calls = 0;
        boot->machine.fail_at = at;
        measure_file_seen(&files, "/a", 1, digest);
        assert_false(measure(&measured, hear, &heard));
        boot->machine.fail_at = 0;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        boot_test(test_events),
        cmocka_unit_test(test_extending),
        boot_test(test_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
