/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of finding bytes: against looking everywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/search.h"

/* All places, each once: first those from `from` on, then by stretches of as many bytes. */
static void check(const unsigned char *data, size_t size, size_t from, const void *pattern,
                  size_t length)
{
    size_t stretch = from < size ? size - from : size;
    struct search search;
    size_t end = size;

    search_start(&search, data, size, from, pattern, length);
    for (;;) {
        for (size_t at = from; at < end; at++)
            if (length <= size - at && memcmp(data + at, pattern, length) == 0)
                assert_ptr_equal(search_next(&search), data + at);
        if (from == 0)
            break;
        end = from;
        from -= stretch < from ? stretch : from;
    }
    assert_null(search_next(&search));
    assert_null(search_next(&search));
}

/* Few letters, so that there are many places, and half ones. */
static void test_random_texts(void **state)
{
    (void)state;
    srand(1);
    for (unsigned run = 0; run < 20000; run++) {
        size_t size = (size_t)rand() % 40;
        size_t length = 1 + (size_t)rand() % 5;
        unsigned char *data =
            malloc(size != 0 ? size : 1); /* not a byte more: the sanitizer looks */
        unsigned char pattern[8];

        assert_non_null(data);
        for (size_t at = 0; at < size; at++)
            data[at] = (unsigned char)(rand() % 2);
        for (size_t at = 0; at < length; at++)
            pattern[at] = (unsigned char)(rand() % 2);
        check(data, size, size != 0 ? (size_t)rand() % (size + 1) : 0, pattern, length);
        free(data);
    }
}

/* Longer than what a byte can count. */
static void test_a_long_pattern(void **state)
{
    static unsigned char data[3000];

    (void)state;
    for (size_t at = 0; at < sizeof(data); at++)
        data[at] = (unsigned char)(at * at >> 3);
    for (size_t at = 0; at < 1000; at += 7)
        check(data, sizeof(data), at, data + 500 + at, 700);
    memset(data, 1, sizeof(data));
    check(data, sizeof(data), 1000, data, 600);
}

static void test_no_pattern(void **state)
{
    struct search search;

    (void)state;
    search_start(&search, "text", 4, 2, "", 0);
    assert_null(search_next(&search));
    assert_null(search_next(&search));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_texts),
        cmocka_unit_test(test_a_long_pattern),
        cmocka_unit_test(test_no_pattern),
    };

    return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
