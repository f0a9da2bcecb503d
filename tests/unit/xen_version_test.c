/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of reading the version of a Xen. */
#include "core/plan/xen_version.h"

#include "support.h"

#define VERSION(text) xen_version(text, sizeof(text))

static void test_versions(void **state)
{
    (void)state;
    assert_int_equal(VERSION("ab\0xen,xen-4.17\0c"), XEN(4, 17));
    assert_int_equal(VERSION("xen,xen-4.9"), XEN(4, 9));
    assert_int_equal(VERSION("xen,xen-\0xen,xen-5.0"), XEN(5, 0));
    assert_true(XEN(4, 9) < XEN(4, 17) && XEN(4, 99) < XEN(5, 0));
}

static void test_what_is_no_version(void **state)
{
    (void)state;
    assert_int_equal(VERSION(""), 0);
    assert_int_equal(VERSION("xen,xen-"), 0);
    assert_int_equal(VERSION("xen,xen-4"), 0);
    assert_int_equal(VERSION("xen,xen-4."), 0);
    assert_int_equal(VERSION("xen,xen-4.17-rc"), 0);
    assert_int_equal(VERSION("xen,xen-4.12345"), 0);
    assert_int_equal(VERSION("xen,xen-four"), 0);
}

/* Nothing behind the bytes is read. */
static void test_cut_off(void **state)
{
    static const char text[] = "xen,xen-4.17";

    (void)state;
    for (size_t size = 0; size < sizeof(text); size++) {
        char *copy = test_malloc(size + 1);

        memcpy(copy + 1, text, size);
        assert_int_equal(xen_version(copy + 1, size), 0);
        test_free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_what_is_no_version),
        cmocka_unit_test(test_cut_off),
    };

    return cmocka_run_group_tests_name("xen_version", tests, NULL, NULL);
}
