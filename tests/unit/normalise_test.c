/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of the form that the working tree gets, so that every Xen reads it. */
#include <libfdt.h>
#include <stdio.h>

#include "support.h"

#define KERNEL(properties)                                                                         \
    "module@1 { compatible = \"multiboot,kernel\", \"multiboot,module\";\n"                        \
    "    uefi,binary = \"vmlinuz\"; " properties " };\n"

/* A domain of three cells of address, and one cell of size. */
#define WIDE(name, more)                                                                           \
    name " { compatible = \"xen,domain\"; #address-cells = <3>; #size-cells = <1>;\n"              \
         "    cpus = <1>; memory = <0 0x20000>; vpl011;\n" more "};\n"

static void test_three_cells_become_two(void **state)
{
    struct boot *boot = *state;

    assert_true(boot_describe(
        boot, NULL,
        TREE(WIDE(
            "domA",
            KERNEL(
                "reg = <0 0 0x60000000 0x1000>;") "a { compatible = "
                                                  "\"xen,domain-shared-memory-v1\"; xen,shm-id = "
                                                  "\"a\";"
                                                  "    xen,shared-mem = <0 1 0x50000000 0 2 "
                                                  "0x60000000 0x1000>; };"
                                                  "b { compatible = "
                                                  "\"xen,domain-shared-memory-v1\"; xen,shm-id = "
                                                  "\"b\";"
                                                  "    xen,shared-mem = <0 2 0x60000000 0x1000>; };"
                                                  "c { compatible = \"other\"; reg = <0 2 "
                                                  "0x60000000 0x1000>; };"))));
    assert_diagnostics(boot, "");
    assert_cells(boot, "/chosen/domA", "#address-cells", 2);
    assert_cells(boot, "/chosen/domA", "#size-cells", 1);
    assert_cells(boot, "/chosen/domA/module@1", "reg", 0, 0x60000000, 0x1000);
    assert_cells(boot, "/chosen/domA/a", "xen,shared-mem", 1, 0x50000000, 2, 0x60000000, 0x1000);
    assert_cells(boot, "/chosen/domA/b", "xen,shared-mem", 2, 0x60000000, 0x1000);
    assert_cells(boot, "/chosen/domA/c", "reg", 0, 2, 0x60000000, 0x1000);
}

/* Those of /chosen count for dom0's modules and for all static memory. */
static void test_cells_of_chosen(void **state)
{
    struct boot *boot = *state;

    assert_true(boot_describe(
        boot, NULL,
        TREE("#address-cells = <4>; #size-cells = <2>;"
             "m@1 { compatible = \"multiboot,kernel\", \"multiboot,module\";"
             "    uefi,binary = \"vmlinuz\"; reg = <0 0 0 0x60000000 0 0x1000>; };"
             "domA { compatible = \"xen,domain\"; cpus = <1>; memory = <0 0x20000>;"
             "    #address-cells = <2>; #size-cells = <2>;"
             "    xen,static-mem = <0 0 0 0x70000000 0 0x4000000 0 0 1 0 0 0x4000000>;" KERNEL(
                 "") "};")));
    assert_diagnostics(boot, "");
    assert_cells(boot, "/chosen", "#address-cells", 2);
    assert_cells(boot, "/chosen/m@1", "reg", 0, 0x60000000, 0, 0x1000);
    assert_cells(boot, "/chosen/domA", "xen,static-mem", 0, 0x70000000, 0, 0x4000000, 1, 0, 0,
                 0x4000000);
}

/* xen,static-mem keeps its meaning when dom0's modules need other cells. */
static void test_cells_of_the_root(void **state)
{
    static const char head[] =
        "/dts-v1/; / { #address-cells = <2>; #size-cells = <1>; " TREE_LEAST "chosen {";
    struct boot *boot = *state;
    char source[2000];

    snprintf(source, sizeof(source), "%s%s}; };", head,
             DOMAIN_WITH("domA", "xen,static-mem = <0 0x60000000 0x8000000>;", ""));
    assert_true(boot_run(boot, "kernel=vmlinuz\n", source));
    assert_cells(boot, "/chosen", "#size-cells", 1);
    assert_cells(boot, "/chosen", "#address-cells", 2);
    snprintf(source, sizeof(source), "%s%s}; };", head, DOMAIN("domA", ""));
    assert_true(boot_run(boot, "kernel=vmlinuz\n", source));
    assert_cells(boot, "/chosen", "#size-cells", 2);
}

/* Nothing is changed then, and the stage that reads it says what is wrong. */
static void test_an_address_that_does_not_fit(void **state)
{
    struct boot *boot = *state;

    boot_describe(boot, NULL, TREE(WIDE("domA", KERNEL("reg = <1 0 0 0x1000>;"))));
    assert_diagnosed(boot, "/chosen/domA/module@1: error: reg of 16 bytes cannot be read");
    assert_cells(boot, "/chosen/domA", "#address-cells", 3);
}

/* A property that is not a list of entries is left to those who read it. */
static void test_what_is_no_list(void **state)
{
    struct boot *boot = *state;

    boot_describe(boot, NULL, TREE(WIDE("domA", KERNEL("reg = <0 0x60000000 0x1000>;"))));
    assert_cells(boot, "/chosen/domA/module@1", "reg", 0, 0x60000000, 0x1000);
    boot_describe(boot, NULL, TREE("domA { compatible = \"xen,domain\"; #address-cells = <5>; };"));
    assert_cells(boot, "/chosen/domA", "#address-cells", 5);
}

static void test_left_over(void **state)
{
    struct boot *boot = *state;

    assert_true(boot_describe(boot, NULL,
                              TREE("ranges = <0 0 0 0 0 1>; linux,initrd-start = <0x60000000>;"
                                   "linux,initrd-end = <0x60000000>;" DOMAIN("domA", ""))));
    assert_diagnostics(boot, "/chosen: note: linux,initrd-start of another boot is left out\n");
    assert_property(boot, "/chosen", "linux,initrd-start", NULL);
    assert_property(boot, "/chosen", "linux,initrd-end", NULL);
    assert_property(boot, "/chosen", "ranges", NULL);
}

static void test_domains_that_are_off(void **state)
{
    struct boot *boot = *state;

    assert_true(boot_describe(boot, NULL,
                              TREE(DOMAIN_WITH("domA", "status = \"disabled\";", "")
                                       DOMAIN_WITH("domB", "status = \"okay\";", "")
                                           DOMAIN_WITH("domC", "status = \"ok\";", "")
                                               DOMAIN_WITH("domD", "status = \"fail\";", ""))));
    assert_diagnostics(boot, "/chosen/domA: note: domain domA is left out: its status is "
                             "\"disabled\"\n"
                             "/chosen/domD: note: domain domD is left out: its status is "
                             "\"fail\"\n");
    assert_int_equal(boot->system.plan.domain_count, 3);
    assert_true(fdt_path_offset(boot->system.tree.fdt, "/chosen/domA") < 0);
    assert_node(boot, "/chosen/domB");
    assert_node(boot, "/chosen/domC");
}

/* Switched off by another compatible text; modules that somebody loaded stay. */
static void test_modules_of_what_is_no_domain(void **state)
{
    struct boot *boot = *state;

    assert_true(boot_describe(
        boot, NULL,
        TREE("off { compatible = \"xen,domain-off\";" KERNEL(
            "") "    module@2 { compatible = \"multiboot,ramdisk\", \"multiboot,module\"; };"
                "    module@3 { compatible = \"multiboot,module\"; reg = <0 0x60000000 0 0x1000>; "
                "};"
                "    shared { compatible = \"xen,domain-shared-memory-v1\"; };"
                "    other { compatible = \"other\"; }; };" DOMAIN("domA", ""))));
    assert_true(fdt_path_offset(boot->system.tree.fdt, "/chosen/off/module@1") < 0);
    assert_true(fdt_path_offset(boot->system.tree.fdt, "/chosen/off/module@2") < 0);
    assert_true(fdt_path_offset(boot->system.tree.fdt, "/chosen/off/shared") < 0);
    assert_node(boot, "/chosen/off/module@3");
    assert_node(boot, "/chosen/off/other");
}

static void test_nodes_of_no_kind(void **state)
{
    struct boot *boot = *state;

    assert_true(boot_describe(
        boot, NULL,
        TREE("bootloader { version = \"x\"; }; old { compatible = \"xen,multiboot-module\"; };"
             "named { xen,uefi-binary = \"vmlinuz\"; }; other { compatible = \"other\"; };" DOMAIN(
                 "domA", "notes { }; named { uefi,key = \"ramdisk\"; };"))));
    assert_property(boot, "/chosen/bootloader", "compatible", "muster,none");
    assert_true(tree_is_compatible(boot->system.tree.fdt, assert_node(boot, "/chosen/old"),
                                   "multiboot,module"));
    assert_property(boot, "/chosen/named", "compatible", NULL);
    assert_property(boot, "/chosen/other", "compatible", "other");
    assert_property(boot, "/chosen/domA/notes", "compatible", "muster,none");
    assert_property(boot, "/chosen/domA/named", "compatible", NULL);
}

/* A binary that dom0 shares with a domain is dom0's only if its module stands first. */
static void test_modules_of_dom0_stand_first(void **state)
{
    struct boot *boot = *state;
    const void *fdt;
    int node;

    assert_true(boot_describe(
        boot, NULL,
        TREE(DOMAIN(
            "domA",
            "") "a { compatible = \"multiboot,kernel\", \"multiboot,module\";"
                "    uefi,binary = \"vmlinuz\"; };" DOMAIN(
                    "domB",
                    "") "b { uefi,key = \"ramdisk\"; }; other { compatible = \"other\"; };")));
    fdt = boot->system.tree.fdt;
    node = fdt_first_subnode(fdt, assert_node(boot, "/chosen"));
    assert_string_equal(fdt_get_name(fdt, node, NULL), "a");
    node = fdt_next_subnode(fdt, node);
    assert_string_equal(fdt_get_name(fdt, node, NULL), "b");
    node = fdt_next_subnode(fdt, node);
    assert_string_equal(fdt_get_name(fdt, node, NULL), "domA");
    node = fdt_next_subnode(fdt, node);
    assert_string_equal(fdt_get_name(fdt, node, NULL), "domB");
    node = fdt_next_subnode(fdt, node);
    assert_string_equal(fdt_get_name(fdt, node, NULL), "other");
}

/* Modules below another child of /chosen: Xen takes them for dom0's. */
static void test_modules_that_lie_deeper(void **state)
{
    struct boot *boot = *state;

    assert_true(
        boot_describe(boot, NULL,
                      TREE("modules { #address-cells = <1>; #size-cells = <1>;"
                           "    a { compatible = \"xen,linux-initrd\", \"xen,multiboot-module\";"
                           "        reg = <0x50000000 0x1000>; };"
                           "    b { compatible = \"multiboot,ramdisk\", \"multiboot,module\";"
                           "        uefi,binary = \"ramdisk\"; };"
                           "    c { compatible = \"multiboot,module\"; }; };" DOMAIN("domA", ""))));
    assert_diagnostics(
        boot, "/chosen/modules/b: warning: the module is left out: its node is of no domain\n"
              "  hint: move it right below /chosen, or below a domain\n");
    assert_int_equal(boot->system.plan.domains[0].module_count, 1);
    assert_int_equal(boot->system.plan.modules[0].kind, MODULE_RAMDISK);
    assert_int_equal(boot->system.plan.modules[0].address, 0x50000000);
    assert_string_equal(boot->system.plan.modules[0].path, "/chosen/modules/a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        boot_test(test_three_cells_become_two),
        boot_test(test_cells_of_chosen),
        boot_test(test_cells_of_the_root),
        boot_test(test_an_address_that_does_not_fit),
        boot_test(test_what_is_no_list),
        boot_test(test_left_over),
        boot_test(test_domains_that_are_off),
        boot_test(test_modules_of_what_is_no_domain),
        boot_test(test_modules_that_lie_deeper),
        boot_test(test_nodes_of_no_kind),
        boot_test(test_modules_of_dom0_stand_first),
    };

    return cmocka_run_group_tests_name("normalise", tests, NULL, NULL);
}
