/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts that cross between core and the firmware, and bytes that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/utf.h"

#define ROOM 16

static void text_goes_both_ways(void **state)
{
    static const struct {
        const char *text;
        uint16_t units[ROOM];
    } cases[] = {
        {"", u""},
        {"vmlinuz-6.1", u"vmlinuz-6.1"},
        {"\x7f\xc2\x80\xdf\xbf", {0x7f, 0x80, 0x7ff}},
        {"\xe0\xa0\x80\xef\xbf\xbf", {0x800, 0xffff}},
        {"\xed\x9f\xbf\xee\x80\x80", {0xd7ff, 0xe000}},
        {"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", {0xd800, 0xdc00, 0xdbff, 0xdfff}},
    };

    (void)state;
    for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
        const char *rest = cases[at].text;
        uint16_t units[ROOM] = {0};
        char text[3 * ROOM];
        size_t count = 0;

        while (*rest != '\0')
            count += utf16_from_utf8(&rest, &units[count]);
        assert_memory_equal(units, cases[at].units, sizeof(units));
        assert_int_equal(utf16_to_utf8(units, ROOM, text), strlen(cases[at].text));
        assert_string_equal(text, cases[at].text);
        assert_int_equal(utf16_to_utf8(units, count, text), strlen(cases[at].text));
    }
}

/* Whatever bytes a configuration has, each text ends, and the text around them is kept. */
static void bytes_that_are_no_text(void **state)
{
    static const struct {
        const char *bytes;
        uint16_t units[ROOM];
    } cases[] = {
        {"a\xff"
         "b",
         {'a', 0xfffd, 'b'}},
        {"\x80\xbf", {0xfffd, 0xfffd}},
        {"\xc1\x81", {0xfffd, 0xfffd}},
        {"\xc3", {0xfffd}},
        {"\xc3"
         "a",
         {0xfffd, 'a'}},
        {"\xe2\x82", {0xfffd, 0xfffd}},
        {"\xe0\x80\x80"
         "a",
         {0xfffd, 0xfffd, 0xfffd, 'a'}},
        {"\xed\xa0\x80"
         "a",
         {0xfffd, 0xfffd, 0xfffd, 'a'}},
        {"\xed\xbf\xbf", {0xfffd, 0xfffd, 0xfffd}},
        {"\xf4\x90\x80\x80"
         "a",
         {0xfffd, 0xfffd, 0xfffd, 0xfffd, 'a'}},
        {"\xf5\x80", {0xfffd, 0xfffd}},
    };

    (void)state;
    for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
        const char *rest = cases[at].bytes;
        uint16_t units[ROOM] = {0};
        size_t count = 0;

        while (*rest != '\0')
            count += utf16_from_utf8(&rest, &units[count]);
        assert_memory_equal(units, cases[at].units, sizeof(units));
    }
}

static void units_that_are_no_text(void **state)
{
    static const struct {
        uint16_t units[4];
        size_t count;
        const char *text;
    } cases[] = {
        {{0xd800, 'a'},
         2,
         "\xef\xbf\xbd"
         "a"},
        {{0xdc00, 'a'},
         2,
         "\xef\xbf\xbd"
         "a"},
        {{0xd800, 0xe000}, 2, "\xef\xbf\xbd\xee\x80\x80"},
        {{'a', 0xd83d, 0xde00}, 2, "a\xef\xbf\xbd"},
        {{'a', 0, 'b'}, 3, "a"},
    };

    (void)state;
    for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
        char text[3 * ROOM];

        assert_int_equal(utf16_to_utf8(cases[at].units, cases[at].count, text),
                         strlen(cases[at].text));
        assert_string_equal(text, cases[at].text);
    }
}

static void characters_are_counted(void **state)
{
    (void)state;
    assert_int_equal(utf8_length(""), 0);
    assert_int_equal(utf8_length("a"), 1);
    assert_int_equal(utf8_length("\xf0\x9f\x98\x80"), 4);
    assert_int_equal(utf8_length("\xc3"), 0);
    assert_int_equal(utf8_count(""), 0);
    assert_int_equal(utf8_count("a\xc3\xa4\xf0\x9f\x98\x80\xff"
                                "b"),
                     5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_goes_both_ways),
        cmocka_unit_test(bytes_that_are_no_text),
        cmocka_unit_test(units_that_are_no_text),
        cmocka_unit_test(characters_are_counted),
    };

    return cmocka_run_group_tests_name("utf", tests, NULL, NULL);
}
