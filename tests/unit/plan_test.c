/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of stage plan: which nodes are modules, and which binaries they mean. */
#include <stdio.h>
#include <stdlib.h>

#include "core/plan/nodes.h"
#include "core/plan/plan.h"
#include "support.h"

static const struct module *module_at(const struct boot *boot, const char *path)
{
    const struct plan *plan = &boot->system.plan;

    for (size_t at = 0; at < plan->module_count; at++)
        if (strcmp(plan->modules[at].path, path) == 0)
            return &plan->modules[at];
    fail_msg("%s is no module", path);
    return NULL;
}

static const char *path_of(const struct boot *boot, const char *module)
{
    const struct binary *binary = module_at(boot, module)->binary;

    return binary != NULL ? binary->path : NULL;
}

static void test_the_three_names(void **state)
{
    struct boot *boot = *state;

    assert_true(boot_describe(boot, "binary=vmlinuz kernel\nbinary=/EFI/muster/ramdisk initrd\n",
                              TREE("a { uefi,binary = \"kernel\"; };"
                                   "b { uefi,key = \"initrd\"; };"
                                   "c { xen,uefi-binary = \"vmlinuz\"; };"
                                   "d { uefi,key = \"none\"; uefi,binary = \"initrd\"; };")));
    assert_diagnostics(boot, "");
    assert_string_equal(path_of(boot, "/chosen/a"), "/EFI/muster/vmlinuz");
    assert_string_equal(path_of(boot, "/chosen/b"), "/EFI/muster/ramdisk");
    assert_string_equal(path_of(boot, "/chosen/c"), "/EFI/muster/vmlinuz");
    assert_string_equal(path_of(boot, "/chosen/d"), "/EFI/muster/ramdisk");
    assert_int_equal(machine_opened(&boot->machine, "/EFI/muster/vmlinuz"), 1);
    assert_int_equal(machine_opened(&boot->machine, "/EFI/muster/ramdisk"), 1);
    assert_int_equal(module_at(boot, "/chosen/a")->binary->users, 2);
}

static void test_a_key_hides_a_file(void **state)
{
    struct boot *boot = *state;

    assert_true(
        boot_describe(boot, "binary=ramdisk vmlinuz\n", TREE("a { uefi,binary = \"vmlinuz\"; };")));
    assert_string_equal(path_of(boot, "/chosen/a"), "/EFI/muster/ramdisk");
    assert_diagnostics(boot, "");
}

static void test_names_of_one_file_are_one_binary(void **state)
{
    struct boot *boot = *state;

    assert_true(boot_describe(boot, "",
                              TREE("a { uefi,binary = \"vmlinuz\"; };"
                                   "b { uefi,binary = \"./vmlinuz\"; };"
                                   "c { uefi,binary = \"\\\\EFI\\\\muster\\\\vmlinuz\"; };")));
    assert_diagnostics(boot, "");
    assert_int_equal(module_at(boot, "/chosen/a")->binary->users, 3);
    assert_null(boot->system.plan.binaries->next);
}

/* A volume may tell letters by their case, so these are two files. */
static void test_names_that_differ_in_case_are_two_binaries(void **state)
{
    struct boot *boot = *state;

    machine_add_text(&boot->machine, "/EFI/muster/Ramdisk", "another");
    assert_true(boot_describe(boot, "",
                              TREE("a { uefi,binary = \"ramdisk\"; };"
                                   "b { uefi,binary = \"Ramdisk\"; };")));
    assert_string_equal(path_of(boot, "/chosen/b"), "/EFI/muster/Ramdisk");
    assert_int_equal(module_at(boot, "/chosen/b")->binary->size, strlen("another"));
    assert_int_equal(module_at(boot, "/chosen/a")->binary->size, 5000);
}

static void test_which_nodes_are_modules(void **state)
{
    struct boot *boot = *state;

    boot_describe(
        boot, "",
        TREE("a { compatible = \"multiboot,module\"; reg = <0 0x50000000 0 1>; };"
             "b { compatible = \"xen,multiboot-module\"; reg = <0 0x50000000 0 1>; };"
             "c { compatible = \"multiboot,kernel\"; };"
             "d { };"
             "domU1 { compatible = \"other\", \"xen,domain\"; e { uefi,key = \"ramdisk\"; };"
             "    deep { f { uefi,binary = \"vmlinuz\"; }; }; };"
             "domU2 { g { uefi,binary = \"vmlinuz\"; }; };"));
    assert_diagnostics(boot, "");
    assert_int_equal(boot->system.plan.domain_count, 2);
    assert_int_equal(boot->system.plan.module_count, 3);
    assert_int_equal(boot->system.plan.domains[0].module_count, 2);
    assert_true(boot->system.plan.domains[0].is_dom0);
    assert_string_equal(boot->system.plan.domains[1].name, "domU1");
    assert_string_equal(path_of(boot, "/chosen/domU1/e"), "/EFI/muster/ramdisk");
    assert_int_equal(module_at(boot, "/chosen/a")->address, 0x50000000);
}

static void test_stated_kinds(void **state)
{
    static const struct {
        const char *compatible;
        enum module_kind kind;
    } cases[] = {
        {"multiboot,kernel", MODULE_KERNEL},           {"xen,linux-zimage", MODULE_KERNEL},
        {"multiboot,ramdisk", MODULE_RAMDISK},         {"xen,linux-initrd", MODULE_RAMDISK},
        {"multiboot,device-tree", MODULE_DEVICE_TREE}, {"xen,xsm-policy", MODULE_XSM},
        {"multiboot,module", MODULE_UNKNOWN},
    };
    struct boot *boot = *state;

    for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
        char source[2000];

        snprintf(
            source, sizeof(source),
            TREE("a { compatible = \"%s\", \"multiboot,module\"; uefi,binary = \"vmlinuz\"; };"),
            cases[at].compatible);
        assert_true(boot_describe(boot, "", source));
        assert_int_equal(module_at(boot, "/chosen/a")->kind, cases[at].kind);
        assert_int_equal(module_at(boot, "/chosen/a")->is_stated, cases[at].kind != MODULE_UNKNOWN);
    }
}

static void test_addresses_asked_for(void **state)
{
    struct boot *boot = *state;

    assert_true(boot_describe(
        boot, "",
        TREE("#address-cells = <2>; #size-cells = <2>;"
             "a { uefi,binary = \"vmlinuz\"; reg = <0 0x50000000 0 0>; };"
             "b { uefi,binary = \"vmlinuz\"; reg = <0 0x50000000 0 0>; };"
             "c { uefi,binary = \"vmlinuz\"; reg = <0 0x60000000 0 0>; };"
             "domU1 { compatible = \"xen,domain\"; #address-cells = <1>; #size-cells = <1>;"
             "    d { uefi,binary = \"ramdisk\"; reg = <0x48000000 5000>; }; };")));
    assert_diagnostics(boot, "/chosen/c: note: vmlinuz is in memory once: 0x50000000 was asked for "
                             "before\n");
    assert_true(module_at(boot, "/chosen/a")->binary->has_wanted);
    assert_int_equal(module_at(boot, "/chosen/a")->binary->wanted, 0x50000000);
    assert_int_equal(module_at(boot, "/chosen/a")->binary->limit, 0);
    assert_int_equal(module_at(boot, "/chosen/domU1/d")->binary->wanted, 0x48000000);
    assert_int_equal(module_at(boot, "/chosen/domU1/d")->binary->limit, (uint64_t)1 << 32);
}

static void test_reg_that_cannot_be_read(void **state)
{
    struct boot *boot = *state;

    boot_describe(
        boot, "",
        TREE("a { uefi,binary = \"vmlinuz\"; reg = <0 0x50000000 0>; };"
             "b { compatible = \"multiboot,module\"; reg; };"
             "domU1 { compatible = \"xen,domain\"; #address-cells = <3>; #size-cells = <1>;"
             "    c { uefi,binary = \"vmlinuz\"; reg = <1 0 0 1>; }; };"));
    assert_diagnostics(boot, "/chosen/a: error: reg of 12 bytes cannot be read\n"
                             "  hint: its parent asks for 2 cells of address and 2 of size\n"
                             "/chosen/b: error: reg of 0 bytes cannot be read\n"
                             "  hint: its parent asks for 2 cells of address and 2 of size\n"
                             "/chosen/domU1/c: error: reg of 16 bytes cannot be read\n"
                             "  hint: its parent asks for 3 cells of address and 1 of size\n");
}

static void test_cells_that_cannot_be_used(void **state)
{
    struct boot *boot = *state;

    boot_describe(
        boot, "",
        TREE("domU1 { compatible = \"xen,domain\"; #address-cells = <0>; #size-cells = <3>;"
             "    a { uefi,binary = \"vmlinuz\"; }; };"
             "domU2 { compatible = \"xen,domain\"; #address-cells = <5>; #size-cells = [01];"
             "    a { uefi,binary = \"vmlinuz\"; }; };"));
    assert_diagnostics(
        boot, "/chosen/domU1: error: #address-cells cannot be used for the reg of modules\n"
              "  hint: it is one cell, from 1 to 4\n"
              "/chosen/domU1: error: #size-cells cannot be used for the reg of modules\n"
              "  hint: it is one cell, from 1 to 2\n"
              "/chosen/domU2: error: #address-cells cannot be used for the reg of modules\n"
              "  hint: it is one cell, from 1 to 4\n"
              "/chosen/domU2: error: #size-cells cannot be used for the reg of modules\n"
              "  hint: it is one cell, from 1 to 2\n");
}

static void test_mistakes_in_modules(void **state)
{
    struct boot *boot = *state;

    machine_add_text(&boot->machine, "/EFI/muster/empty", "");
    boot_describe(boot, "binary=vmlinuz domu-kernel\nbinary=missing absent\nbinary=../../.. out\n",
                  TREE("a { uefi,binary = \"domu-kernal\"; };"
                       "b { uefi,binary = \"ramdsik\"; };"
                       "c { uefi,binary = \"nothing-like-it\"; };"
                       "d { uefi,binary = \"absent\"; };"
                       "e { uefi,binary = \"absent\"; };"
                       "f { uefi,binary = \"empty\"; };"
                       "g { uefi,binary = \"empty\"; };"
                       "h { uefi,binary = \"out\"; };"
                       "i { uefi,binary = \"../../../x\"; };"
                       "j { uefi,binary = <1 2>; };"
                       "k { uefi,binary = \"\"; };"
                       "l { compatible = \"multiboot,module\"; };"
                       "m { compatible = \"multiboot,module\"; uefi-binary = \"x\"; };"));
    assert_diagnostics(
        boot,
        "muster.cfg:2: error: cannot open missing: there is no such file\n"
        "  hint: put it into /EFI/muster of the loader's partition\n"
        "muster.cfg:3: error: cannot open ../../..: access was denied\n"
        "  hint: a name is relative to the loader's directory and never leaves its partition\n"
        "/chosen/a: error: domu-kernal is neither a key of binary= nor a file\n"
        "  hint: did you mean the key domu-kernel?\n"
        "/chosen/b: error: ramdsik is neither a key of binary= nor a file\n"
        "  hint: did you mean ramdisk?\n"
        "/chosen/c: error: nothing-like-it is neither a key of binary= nor a file\n"
        "  hint: define it by binary=FILE KEY in the booted section, or put the file beside the "
        "loader\n"
        "/chosen/f: error: empty is empty\n"
        "  hint: was it copied completely?\n"
        "/chosen/i: error: cannot open ../../../x: access was denied\n"
        "  hint: a name is relative to the loader's directory and never leaves its partition\n"
        "/chosen/j: error: uefi,binary is not a name\n"
        "  hint: it is a text: a key of binary= or a file name\n"
        "/chosen/k: error: uefi,binary is not a name\n"
        "  hint: it is a text: a key of binary= or a file name\n"
        "/chosen/l: error: the module names no binary and has no reg\n"
        "  hint: add uefi,binary with a key of binary= or a file name\n"
        "/chosen/m: error: the module names no binary and has no reg\n"
        "  hint: did you mean uefi,binary for uefi-binary?\n");
}

static void test_mistakes_in_keys(void **state)
{
    struct boot *boot = *state;

    boot_describe(boot, "binary=vmlinuz\nbinary=vmlinuz a b\nbinary=vmlinuz k\nbinary=ramdisk k\n",
                  TREE("a { uefi,binary = \"k\"; };"));
    assert_diagnostics(boot, "muster.cfg:1: error: binary= has no key\n"
                             "  hint: it is written binary=FILE KEY\n"
                             "muster.cfg:2: error: binary= has more than a file and a key\n"
                             "  hint: it is written binary=FILE KEY\n"
                             "muster.cfg:4: warning: the key k is defined again; the one in line 3 "
                             "counts\n"
                             "  hint: remove one of them\n");
    assert_string_equal(path_of(boot, "/chosen/a"), "/EFI/muster/vmlinuz");
}

static void test_a_long_name_of_a_file(void **state)
{
    struct boot *boot = *state;
    char config[1200];

    snprintf(config, sizeof(config), "binary=%0510d/a k\n", 0);
    boot_describe(boot, config, TREE("a { uefi,binary = \"k\"; };"));
    assert_diagnosed(boot, "/chosen/a: error: k is neither a key of binary= nor a file");
    assert_diagnosed(boot, "muster.cfg:1: error: binary= has a file name of more than 511 "
                           "characters");
    snprintf(config, sizeof(config), "binary=%0509d/a k\n", 0);
    boot_describe(boot, config, TREE("a { uefi,binary = \"k\"; };"));
    assert_int_equal(boot->system.diagnostics.counts[SEVERITY_ERROR], 1);
}

/* It is tried, and told, once. */
static void test_a_name_that_leads_nowhere(void **state)
{
    struct boot *boot = *state;

    boot_describe(boot, "binary=../../../x k\n",
                  TREE("a { uefi,binary = \"k\"; }; b { uefi,binary = \"k\"; };"));
    assert_diagnostics(
        boot,
        "muster.cfg:1: error: cannot open ../../../x: access was denied\n"
        "  hint: a name is relative to the loader's directory and never leaves its partition\n");
}

static void test_a_file_that_cannot_be_opened(void **state)
{
    struct boot *boot = *state;

    machine_add_text(&boot->machine, "/EFI/muster/locked", "x")->status = PLATFORM_DENIED;
    boot_describe(boot, "", TREE("a { uefi,binary = \"locked\"; };"));
    assert_diagnostics(
        boot,
        "/chosen/a: error: cannot open locked: access was denied\n"
        "  hint: a name is relative to the loader's directory and never leaves its partition\n");
}

static void test_the_hypervisor(void **state)
{
    struct boot *boot = *state;

    assert_true(boot_describe(boot, "", TREE(DOMAIN("domU1", ""))));
    assert_string_equal(boot->system.plan.xen.path, "/EFI/muster/xen.efi");
    machine_add_text(&boot->machine, "/xen-4.19.efi", "");
    boot_describe(boot, "xen=/xen-4.19.efi\n", TREE(DOMAIN("domU1", "")));
    assert_diagnostics(boot, "muster.cfg:1: error: /xen-4.19.efi is empty\n"
                             "  hint: was it copied completely?\n");
    machine_remove_file(&boot->machine, "/EFI/muster/xen.efi");
    boot_describe(boot, "", TREE(DOMAIN("domU1", "")));
    assert_diagnostics(boot, "error: cannot open the hypervisor xen.efi: there is no such file\n"
                             "  hint: put it into /EFI/muster of the loader's partition\n");
    boot_describe(boot, "xen=/..\n", TREE(DOMAIN("domU1", "")));
    assert_diagnostics(
        boot,
        "muster.cfg:1: error: cannot open the hypervisor /..: access was denied\n"
        "  hint: a name is relative to the loader's directory and never leaves its partition\n");
}

/* A tree with `count` modules whose binaries do not exist. */
static void describe_many(struct boot *boot, unsigned count)
{
    char *source = NULL;
    size_t size;
    FILE *text = open_memstream(&source, &size);

    assert_non_null(text);
    fputs(TREE_HEAD "chosen {\n", text);
    for (unsigned at = 0; at < count; at++)
        fprintf(text, "a%u { uefi,binary = \"none%u\"; };\n", at, at);
    fputs("};};", text);
    fclose(text);
    boot_describe(boot, "", source);
    free(source);
}

static void test_too_many_nodes(void **state)
{
    struct boot *boot = *state;

    describe_many(boot, PLAN_NODES_MAX + 1);
    assert_diagnostics(boot, "/chosen: error: 0 domains with 257 modules are too many\n"
                             "  hint: Xen takes at most 32 modules, itself and the tree counted\n");
    assert_int_equal(boot->system.plan.module_count, 0);
}

static void test_too_many_mistakes(void **state)
{
    struct boot *boot = *state;

    describe_many(boot, DIAGNOSTICS_MAX + 1);
    assert_diagnosed(boot, "/chosen/a99: error: none99 is neither a key of binary= nor a file");
    assert_diagnosed(boot, "and 1 more errors");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        boot_test(test_the_three_names),
        boot_test(test_a_key_hides_a_file),
        boot_test(test_names_of_one_file_are_one_binary),
        boot_test(test_names_that_differ_in_case_are_two_binaries),
        boot_test(test_which_nodes_are_modules),
        boot_test(test_stated_kinds),
        boot_test(test_addresses_asked_for),
        boot_test(test_reg_that_cannot_be_read),
        boot_test(test_cells_that_cannot_be_used),
        boot_test(test_mistakes_in_modules),
        boot_test(test_mistakes_in_keys),
        boot_test(test_a_long_name_of_a_file),
        boot_test(test_a_name_that_leads_nowhere),
        boot_test(test_a_file_that_cannot_be_opened),
        boot_test(test_the_hypervisor),
        boot_test(test_too_many_nodes),
        boot_test(test_too_many_mistakes),
    };

    return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
