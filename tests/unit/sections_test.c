/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of the sections that a menu offers: which they are, their titles and their marks. */
#include <stdio.h>

#include <zlib.h>

#include "core/boot/sections.h"
#include "support.h"

#define STATE_NAME "/EFI/muster/muster.state"

#define SECTIONS                                                                                   \
    "[new]\ntitle=Linux 6.12, größer\nkernel=vmlinuz\n[old]\nkernel=vmlinuz\ntitle=\n"           \
    "[rescue]\nkernel=vmlinuz\n"

/* The copies, and their confirmations. */
static unsigned char records[2 * STATE_COPIES][STATE_RECORD_SIZE];

static uint32_t crc(void *context, const void *data, size_t size)
{
    (void)context;
    return (uint32_t)crc32(0, data, (uInt)size);
}

static void add_state(struct boot *boot, const struct state *state)
{
    memset(records, 0, sizeof(records));
    state_encode(state, crc, NULL, records[0]);
    machine_add_writable(&boot->machine, STATE_NAME, records[0], STATE_RECORD_SIZE);
    machine_add_writable(&boot->machine, STATE_NAME ".2", records[1], STATE_RECORD_SIZE);
    machine_add_writable(&boot->machine, STATE_NAME ".ok", records[2], 2 * STATE_RECORD_SIZE);
}

/* Lists the sections of a configuration; they are in the boot's arena. */
static struct sections list_of(struct boot *boot, const char *config)
{
    struct sections list;

    boot_start(boot);
    machine_add_text(&boot->machine, "/EFI/muster/muster.cfg", config);
    system_configure(&boot->system);
    assert_true(sections_list(&boot->system.arena, &boot->system, &list));
    return list;
}

/* The list as a text, a line for each section; the one whose turn it is has a '>'. */
static void assert_list(struct boot *boot, const char *config, const char *expected)
{
    struct sections list = list_of(boot, config);
    char text[1024] = "";

    for (size_t at = 0; at < list.count; at++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%c%s|%s|%s\n",
                 list.has_turn && list.turn == at ? '>' : ' ', list.entries[at].section,
                 list.entries[at].title, list.entries[at].marks);
    assert_string_equal(text, expected);
}

static void test_titles_and_marks(void **state)
{
    assert_list(*state, "[global]\ndefault=old\nfallback=rescue new\n" SECTIONS,
                " new|Linux 6.12, größer|fallback\n"
                ">old||default\n"
                " rescue||fallback\n");
}

static void test_without_a_default(void **state)
{
    assert_list(*state, "kernel=vmlinuz\n" SECTIONS,
                " new|Linux 6.12, größer|\n old||\n rescue||\n");
    boot_end(*state);
    assert_list(*state, "kernel=vmlinuz\n", "");
}

/* A default that is not there is no reason to show nothing. */
static void test_a_default_that_is_missing(void **state)
{
    assert_list(*state, "[global]\ndefault=nwe\n" SECTIONS,
                " new|Linux 6.12, größer|\n old||\n rescue||\n");
}

static void test_only_what_boots(void **state)
{
    assert_list(*state,
                "[global]\ndefault=two\n[one]\ndomains=a\n[a]\nkernel=k\nlike=t\n[t]\nmemory=1G\n"
                "[two]\ndomains=a b nowhere\n[b]\nkernel=k\n",
                " one||\n>two||default\n");
}

static void test_a_trial(void **state)
{
    static const char config[] = "[global]\ndefault=new\nfallback=old\ntries=3\n" SECTIONS;
    struct state stored = {.revision = 1, .confirmed = "old"};

    add_state(*state, &stored);
    assert_list(*state, config,
                ">new|Linux 6.12, größer|default, on trial: 3 of 3 tries left\n"
                " old||fallback, confirmed\n"
                " rescue||\n");
    boot_end(*state);
    stored = (struct state){
        .revision = 1, .trial = "new", .tries = 3, .tries_left = 1, .next = "rescue"};
    add_state(*state, &stored);
    assert_list(*state, config,
                " new|Linux 6.12, größer|default, on trial: 1 of 3 tries left\n"
                " old||fallback\n"
                ">rescue||next, once\n");
    boot_end(*state);
    stored = (struct state){.revision = 1, .trial = "new", .tries = 3};
    add_state(*state, &stored);
    assert_list(*state, config,
                " new|Linux 6.12, größer|default, on trial: 0 of 3 tries left\n"
                ">old||fallback\n"
                " rescue||\n");
    boot_end(*state);
    stored = (struct state){.revision = 1, .confirmed = "new"};
    add_state(*state, &stored);
    assert_list(*state, config,
                ">new|Linux 6.12, größer|default, confirmed\n"
                " old||fallback\n"
                " rescue||\n");
}

/* A file that goes on with another one, which has the section whose turn it is, and so on. */
static void test_a_chain(void **state)
{
    struct boot *boot = *state;

    machine_add_text(&boot->machine, "/EFI/muster/more.cfg",
                     "[global]\nchain=third.cfg\n[new]\ntitle=another\n[last]\n"
                     "title=in more.cfg\n");
    machine_add_text(&boot->machine, "/EFI/muster/third.cfg",
                     "[global]\nchain=third.cfg\n[last]\n[first of all]\n");
    assert_list(boot, "[global]\ndefault=last\nchain=more.cfg\n" SECTIONS,
                " new|Linux 6.12, größer|\n"
                " old||\n"
                " rescue||\n"
                ">last|in more.cfg|default\n"
                " first of all||\n");
}

static void test_more_sections_than_numbers(void **state)
{
    static char config[1200 * 8];
    size_t length = 0;

    for (unsigned at = 0; at < 1200; at++)
        length += (size_t)snprintf(config + length, sizeof(config) - length, "[s%u]\n", at);
    assert_int_equal(list_of(*state, config).count, SECTIONS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        boot_test(test_titles_and_marks),
        boot_test(test_without_a_default),
        boot_test(test_a_default_that_is_missing),
        boot_test(test_only_what_boots),
        boot_test(test_a_trial),
        boot_test(test_a_chain),
        boot_test(test_more_sections_than_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
