/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of Xen's options: which command line counts, and what its values mean. */
#include "core/plan/xen_options.h"

#include <stdio.h>

#include "support.h"

#define KERNEL(properties)                                                                         \
    "module@1 { compatible = \"multiboot,kernel\", \"multiboot,module\";\n"                        \
    "    uefi,binary = \"vmlinuz\"; " properties " };\n"

#define OTHER(kind)                                                                                \
    "module@2 { compatible = \"multiboot," kind "\", \"multiboot,module\";\n"                      \
    "    uefi,binary = \"vmlinuz\"; bootargs = \"c\"; };\n"

static void test_the_command_line(void **state)
{
    static const struct {
        const char *tree;
        const char *options;
    } cases[] = {
        {TREE(DOMAIN("domA", "")), ""},
        {TREE("xen,xen-bootargs = \"a\"; bootargs = \"b\";" DOMAIN("domA", "")), "a"},
        {TREE("bootargs = \"b\";" DOMAIN("domA", "")), ""},
        {TREE("bootargs = \"b\"; xen,dom0-bootargs = \"c\";" DOMAIN("domA", "")), "b"},
        {TREE("bootargs = \"b\";" KERNEL("")), ""},
        {TREE("bootargs = \"b\";" KERNEL("bootargs = \"\";")), ""},
        {TREE("bootargs = \"b\";" KERNEL("bootargs = \"c\";")), "b"},
        {TREE("bootargs = \"b\";" KERNEL("") OTHER("kernel")), "b"},
        {TREE("bootargs = \"b\";" KERNEL("") OTHER("ramdisk")), ""},
    };
    struct boot *boot = *state;

    for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
        boot_describe(boot, NULL, cases[at].tree);
        assert_string_equal(xen_options(boot->system.tree.fdt, boot->system.plan.domains),
                            cases[at].options);
    }
}

static void test_the_last_option_counts(void **state)
{
    (void)state;
    assert_string_equal(xen_option("a=1 b=2  a=3 c", "a"), "3 c");
    assert_string_equal(xen_option("a=1 b=2", "b"), "2");
    assert_string_equal(xen_option("a b=2", "a"), " b=2");
    assert_string_equal(xen_option("a", "a"), "");
    assert_null(xen_option("", "a"));
    assert_null(xen_option("ab=1 xa=1 c,a=2", "a"));
}

static void test_options_of_two_states(void **state)
{
    static const struct {
        const char *options;
        bool is_on;
    } cases[] = {
        {"", false},
        {"x", true},
        {"x=", true},
        {"x=on", true},
        {"x=yes y", true},
        {"x=enable", true},
        {"x=true", true},
        {"x=1", true},
        {"x=off", false},
        {"x=no", false},
        {"x=0 y", false},
        {"x=false", false},
        {"x=disable", false},
        {"no-x", false},
        {"x no-x", false},
        {"no-x=off", true},
        {"no-x x", true},
        {"x=perhaps", false},
        {"x x=perhaps", true},
        {"xy", false},
        {"no-x=perhaps", false},
        {"x no-x=perhaps", true},
    };

    (void)state;
    for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++)
        if (xen_option_is_on(cases[at].options, "x") != cases[at].is_on)
            fail_msg("\"%s\" is %s", cases[at].options, cases[at].is_on ? "on" : "off");
}

static void test_numbers_and_sizes(void **state)
{
    static const struct {
        const char *value;
        uint64_t number;
        uint64_t size;
    } cases[] = {
        {"", 0, 0},
        {"x", 0, 0},
        {"max:2G", 0, 0},
        {"512", 512, 512 << 10},
        {"512K", 512, 512 << 10},
        {"512k,max:2G", 512, 512 << 10},
        {"512M", 512, 512 << 20},
        {"2g", 2, UINT64_C(2) << 30},
        {"1T", 1, UINT64_C(1) << 40},
        {"4096B", 4096, 4096},
        {"4096b", 4096, 4096},
        {"1000P", 1000, 1000 << 10},
        {"0x80000", 0x80000, UINT64_C(0x80000) << 10},
        {"0X1fM", 31, 31 << 20},
        {"0xBb", 187, 187 << 10},
        {"010M", 8, 8 << 20},
        {"08", 0, 0},
        {"0xg", 0, 0},
        {"1 2", 1, 1 << 10},
        {"18446744073709551617", 1, 1 << 10},
        {"16777217T", 16777217, UINT64_C(1) << 40},
    };

    (void)state;
    for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++)
        if (xen_option_number(cases[at].value) != cases[at].number ||
            xen_option_size(cases[at].value) != cases[at].size)
            fail_msg("%s is %lu, or %lu bytes", cases[at].value, xen_option_number(cases[at].value),
                     xen_option_size(cases[at].value));
}

static void test_the_memory_of_dom0(void **state)
{
    uint64_t bytes;

    (void)state;
    assert_true(xen_options_dom0_memory("console=dtuart dom0_mem=0x80000", &bytes));
    assert_int_equal(bytes, 512 << 20);
    assert_false(xen_options_dom0_memory("dom0_mem=max:2G", &bytes));
    assert_false(xen_options_dom0_memory("dom0_mem=1G dom0_mem=0", &bytes));
    assert_false(xen_options_dom0_memory("", &bytes));
}

static void test_the_iommu(void **state)
{
    static const struct {
        const char *options;
        bool is_off;
        bool is_forced;
    } cases[] = {
        {"", false, false},
        {"iommu", false, false},
        {"iommu=no", true, false},
        {"no-iommu", true, false},
        {"iommu=0 iommu=on", false, false},
        {"iommu=force", false, true},
        {"iommu=required,no", true, true},
        {"iommu=off,force x", true, true},
        {"iommu=force,no-force", false, false},
        {"iommu=force iommu=force=no", false, false},
        {"iommu=no-required=on", false, false},
        {"iommu=forced,verbose", false, false},
    };

    (void)state;
    for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
        struct xen_iommu iommu = xen_options_iommu(cases[at].options);

        if (iommu.is_off != cases[at].is_off || iommu.is_forced != cases[at].is_forced)
            fail_msg("\"%s\"", cases[at].options);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        boot_test(test_the_command_line),
        cmocka_unit_test(test_the_last_option_counts),
        cmocka_unit_test(test_options_of_two_states),
        cmocka_unit_test(test_numbers_and_sizes),
        cmocka_unit_test(test_the_memory_of_dom0),
        cmocka_unit_test(test_the_iommu),
    };

    return cmocka_run_group_tests_name("xen_options", tests, NULL, NULL);
}
