/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of the whole: what a person sees of a system, and that every failure is survived. */
#include "support.h"

static void test_a_system_is_completed(void **state)
{
    struct boot *boot = *state;

    assert_true(boot_run(boot, "xen=xen.efi\n", TREE(DOMAIN("domU1", ""))));
    assert_diagnostics(boot, "");
    assert_string_equal(summary_of_domains(&boot->system),
                        "muster.cfg\n  domain domU1: 1 vCPU, 128 MiB, vmlinuz + ramdisk\n");
    assert_int_equal(boot->machine.claimed, 5 + 3 + 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        boot_test(test_a_system_is_completed),
    };

    return cmocka_run_group_tests_name("system", tests, NULL, NULL);
}
