/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of the load options: their forms, their words, and bytes that are no options. */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "core/config/options.h"
#include "support.h"

/* The options read from these bytes, as one text. The bytes are at an odd address, in full. */
static const char *read_bytes(struct boot *boot, const void *data, size_t size)
{
    const struct workspace *workspace = boot_start(boot);
    struct load_options options;
    char *odd = malloc(size + 1);

    assert_non_null(odd);
    if (size != 0)
        memcpy(odd + 1, data, size);
    assert_true(load_options_parse(workspace, odd + 1, size, "muster.efi", &options));
    free(odd);
    return text_format(workspace->arena, "%s|%s|%s%s%s%s", options.config ? options.config : "",
                       options.section ? options.section : "", options.xen ? options.xen : "",
                       options.debug ? "|debug" : "", options.force ? "|force" : "",
                       options.help ? "|help" : "");
}

/* As read_bytes, for a text that is passed as UTF-16, with an end or without. */
static const char *read_text(struct boot *boot, const char *text, bool has_end)
{
    char units[512] = {0};

    assert_true(2 * strlen(text) + 2 <= sizeof(units));
    for (size_t at = 0; text[at] != '\0'; at++)
        units[2 * at] = text[at];
    return read_bytes(boot, units, 2 * (strlen(text) + (has_end ? 1 : 0)));
}

static void test_words(void **state)
{
    static const struct {
        const char *text;
        const char *expected;
    } cases[] = {
        {"", "||"},
        {"  ", "||"},
        {"section1", "|section1|"},
        {"one two", "|one|"},
        {"-cfg=a.cfg", "a.cfg||"},
        {"-cfg=a.cfg one -- dom0_mem=1G  x", "a.cfg|one|dom0_mem=1G  x"},
        {"one --", "|one|"},
        {"one -- ", "|one|"},
        {"-- -cfg=x", "||-cfg=x"},
        {"--  \t dom0_mem=1G", "||dom0_mem=1G"},
        {"-- \"quoted text\"", "||\"quoted text\""},
        {"-cfg=\"my file.cfg\" \"my section\"", "my file.cfg|my section|"},
        {"-cfg=\"open", "open||"},
        {"\"\" one", "||"},
        {"-debug -help one", "|one||debug|help"},
        {"-force one", "|one||force"},
        {"--help", "|||help"},
        {"muster.efi one", "|one|"},
        {"MUSTER.EFI one", "|one|"},
        {"muster one", "|one|"},
        {"FS0:\\EFI\\BOOT\\BOOTAA64.EFI one", "|one|"},
        {"one muster.efi", "|one|"},
        {"one\ttwo\r\n", "|one|"},
        {".efi", "|.efi|"},
    };

    for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
        assert_string_equal(read_text(*state, cases[at].text, true), cases[at].expected);
        assert_string_equal(read_text(*state, cases[at].text, false), cases[at].expected);
        assert_diagnostics(*state, "");
    }
}

static void test_an_unknown_option(void **state)
{
    assert_string_equal(read_text(*state, "-cnf=x one -", true), "|one|");
    assert_diagnostics(*state, "warning: unknown load option -cnf=x\n"
                               "  hint: the options are -cfg=FILE, -debug, -force and -help; "
                               "what is for Xen goes after \" -- \"\n"
                               "warning: unknown load option -\n"
                               "  hint: the options are -cfg=FILE, -debug, -force and -help; "
                               "what is for Xen goes after \" -- \"\n");
}

static void test_single_bytes(void **state)
{
    assert_string_equal(read_bytes(*state, "one -- x", 8), "|one|x");
    assert_string_equal(read_bytes(*state, "one -- x\0\0", 10), "|one|x");
    assert_string_equal(read_bytes(*state, "on", 2), "|on|");
    assert_string_equal(read_bytes(*state, "one", 3), "|one|");
    assert_string_equal(read_bytes(*state, "one\ttwo", 7), "|one|");
}

/* The shell puts the loader's own name in front, whatever that is. */
static void test_the_own_name(void **state)
{
    static const struct {
        const char *image;
        const char *first;
        const char *section;
    } cases[] = {
        {"BOOTAA64.EFI", "one", "one"}, {"loader", "LOADER", "two"}, {"loader", "load", "load"},
        {"a.b.efi", "a.b", "two"},      {"a.b.efi", "a", "a"},       {NULL, "one", "one"},
        {NULL, "any.efi", "two"},
    };

    for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
        const struct workspace *workspace = boot_start(*state);
        const char *text = text_format(workspace->arena, "%s two", cases[at].first);
        struct load_options options;

        assert_true(load_options_parse(workspace, text, strlen(text), cases[at].image, &options));
        assert_string_equal(options.section, cases[at].section);
    }
}

static void test_characters_of_utf_16(void **state)
{
    assert_string_equal(read_bytes(*state, "\xe4\0\xac\x20s\0", 6), "|\xc3\xa4\xe2\x82\xacs|");
    assert_string_equal(read_bytes(*state, "a\0b\0c", 5), "|ab|");
    /* A character beyond 16 bits. */
    assert_string_equal(read_bytes(*state, "-\0c\0f\0g\0=\0\x3d\xd8\0\xde", 14),
                        "\xf0\x9f\x98\x80||");
}

/* A section whose bytes are printable ones: ni hao, and zhong guo. */
static void test_utf_16_that_looks_like_bytes(void **state)
{
    static const char ni_hao[] = "\xe4\xbd\xa0\xe5\xa5\xbd";
    char expected[64];

    snprintf(expected, sizeof(expected), "|%s|", ni_hao);
    assert_string_equal(read_bytes(*state, "`O}Y", 4), expected);
    assert_string_equal(read_bytes(*state, "`O}Y\0\0", 6), expected);
    assert_string_equal(read_bytes(*state, "eg,g\0\0", 6), "|\xe6\x9d\xa5\xe6\x9c\xac|");
    snprintf(expected, sizeof(expected), "|%s||debug", ni_hao);
    assert_string_equal(read_bytes(*state, "`O}Y \0-\0d\0e\0b\0u\0g\0", 18), expected);
    /* Bytes that a person may have typed are text as they are, with an end or without. */
    assert_string_equal(read_bytes(*state, "section1", 8), "|section1|");
    assert_string_equal(read_bytes(*state, "section1", 9), "|section1|");
    assert_string_equal(read_bytes(*state, "section", 8), "|section|");
    assert_string_equal(read_bytes(*state, "a{b}c", 5), "|a{b}c|");
}

static void test_garbage_is_no_options(void **state)
{
    static const char *const garbage[] = {
        "", "\1", "\1\0\3", "\0\0\0\0", "\x7f\0\x7f\0", "\1\0\2\0\3\0\4\0\5\0\6\0\7\0"};
    static const size_t sizes[] = {0, 1, 3, 4, 4, 14};

    for (size_t at = 0; at < sizeof(sizes) / sizeof(sizes[0]); at++)
        assert_string_equal(read_bytes(*state, garbage[at], sizes[at]), "||");
    assert_true(load_options_parse(boot_start(*state), NULL, 0, NULL, &(struct load_options){0}));
}

/* An EFI_LOAD_OPTION: attributes, length of the paths, description, paths, optional data. */
#define LOAD_OPTION(attributes)                                                                    \
    attributes "\x08\0"                                                                            \
               "X\0e\0n\0\0\0"                                                                     \
               "\4\4\4\0"                                                                          \
               "\x7f\xff\4\0"

static void test_load_option(void **state)
{
    static const char text[] = LOAD_OPTION("\1\0\0\0") "o\0n\0e\0";
    static const char application[] = LOAD_OPTION("\1\1\0\0") "o\0n\0e\0";
    static const char empty[] = LOAD_OPTION("\1\0\0\0");
    static const char no_paths[] = "\1\0\0\0\0\0X\0\0\0o\0n\0e\0";
    static const char no_end[] = "\1\0\0\0\4\0X\0\0\0\4\4\4\0o\0n\0e\0";

    assert_string_equal(read_bytes(*state, text, sizeof(text) - 1), "|one|");
    assert_string_equal(read_bytes(*state, application, sizeof(application) - 1), "|one|");
    assert_string_equal(read_bytes(*state, empty, sizeof(empty) - 1), "||");
    assert_string_equal(read_bytes(*state, no_paths, sizeof(no_paths) - 1), "||");
    assert_string_equal(read_bytes(*state, no_end, sizeof(no_end) - 1), "||");
    /* Cut anywhere, or with lengths that lie, it is no options, and nothing behind it is read. */
    for (size_t size = 0; size < sizeof(empty) - 1; size++)
        assert_string_equal(read_bytes(*state, text, size), "||");
}

static void test_no_memory(void **state)
{
    struct boot *boot = *state;
    const struct workspace *workspace = boot_start(boot);
    struct load_options options;
    static unsigned char large[40000];

    memset(large, 'x', sizeof(large));
    boot->machine.fail_services = SERVICE_ALLOCATE;
    boot->machine.fail_at = 1;
    assert_false(load_options_parse(workspace, large, sizeof(large), NULL, &options));
    boot->machine.fail_at = boot->machine.calls + 1;
    for (size_t at = 1; at < sizeof(large); at += 2)
        large[at] = 0;
    assert_false(load_options_parse(workspace, large, sizeof(large), NULL, &options));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        boot_test(test_words),
        boot_test(test_an_unknown_option),
        boot_test(test_single_bytes),
        boot_test(test_the_own_name),
        boot_test(test_characters_of_utf_16),
        boot_test(test_utf_16_that_looks_like_bytes),
        boot_test(test_garbage_is_no_options),
        boot_test(test_load_option),
        boot_test(test_no_memory),
    };

    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
