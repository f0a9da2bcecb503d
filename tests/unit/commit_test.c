/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of stage commit: what the finished tree says. */
#include <libfdt.h>
#include <stdio.h>

#include "core/compose/origin.h"
#include "support.h"

/* Addresses of the binaries on the usual machine. */
#define KERNEL  0x7fff8000
#define RAMDISK 0x7fff6000

static void assert_strings(const struct boot *boot, const char *path, const char *strings,
                           size_t size)
{
    int length;
    const void *value =
        fdt_getprop(boot->system.tree.fdt, assert_node(boot, path), "compatible", &length);

    assert_int_equal(length, size);
    assert_memory_equal(value, strings, size);
}

#define assert_compatible(boot, path, strings) assert_strings(boot, path, strings, sizeof(strings))

static void test_any_cells(void **state)
{
    struct boot *boot = *state;

    for (unsigned address = 1; address <= 4; address++) {
        for (unsigned size = 1; size <= 2; size++) {
            uint32_t cells[6] = {0};
            unsigned written = address == 1 ? 1 : 2; /* more Xen does not read */
            char source[4000];

            snprintf(source, sizeof(source),
                     TREE("domU1 { compatible = \"xen,domain\"; cpus = <1>; memory = <0 1024>;"
                          "    #address-cells = <%u>; #size-cells = <%u>;"
                          "    m { compatible = \"multiboot,kernel\", \"multiboot,module\";"
                          "        uefi,binary = \"vmlinuz\"; }; };"),
                     address, size);
            boot_run(boot, "", source);
            cells[written - 1] = KERNEL;
            cells[written + size - 1] = 10000;
            assert_cells_are(boot, "/chosen/domU1/module@7fff8000", "reg", cells, written + size);
            assert_cells(boot, "/chosen/domU1", "#address-cells", written);
            assert_cells(boot, "/chosen/domU1", "#size-cells", size);
        }
    }
}

static void test_missing_cells_are_added(void **state)
{
    struct boot *boot = *state;

    boot_run(boot, "",
             TREE("m { uefi,binary = \"ramdisk\"; };"
                  "domU1 { compatible = \"xen,domain\"; #size-cells = <1>; cpus = <1>;"
                  "    memory = <0 1024>; n { uefi,binary = \"vmlinuz\"; }; };"
                  "domU2 { compatible = \"xen,domain\"; };"));
    assert_cells(boot, "/chosen", "#address-cells", 2);
    assert_cells(boot, "/chosen", "#size-cells", 2);
    assert_cells(boot, "/chosen/domU1", "#address-cells", 2);
    assert_cells(boot, "/chosen/domU1", "#size-cells", 1);
    assert_cells(boot, "/chosen/domU1/module@7fff8000", "reg", 0, KERNEL, 10000);
    assert_cells(boot, "/chosen/module@7fff6000", "reg", 0, RAMDISK, 0, 5000);
}

static void test_own_properties_are_removed(void **state)
{
    struct boot *boot = *state;

    assert_true(
        boot_run(boot, "kernel=vmlinuz\nramdisk=ramdisk\n",
                 TREE("xen,uefi-cfg-load; uefi,binary = \"none\"; uefi,key = \"none\";" DOMAIN(
                     "domU1", "") "a { uefi,key = \"ramdisk\"; xen,uefi-binary = \"other\"; };")));
    assert_property(boot, "/chosen", "xen,uefi-cfg-load", NULL);
    assert_property(boot, "/chosen/domU1/module@7fff8000", "uefi,binary", NULL);
    for (int node = 0; node >= 0; node = fdt_next_node(boot->system.tree.fdt, node, NULL)) {
        assert_false(tree_has(boot->system.tree.fdt, node, "uefi,binary"));
        assert_false(tree_has(boot->system.tree.fdt, node, "uefi,key"));
        assert_false(tree_has(boot->system.tree.fdt, node, "xen,uefi-binary"));
        assert_false(tree_has(boot->system.tree.fdt, node, ORIGIN_PROPERTY));
    }
    assert_int_equal(fdt_check_full(boot->system.tree.fdt, boot->system.tree.capacity), 0);
}

static void test_compatible(void **state)
{
    struct boot *boot = *state;

    boot_run(boot, "",
             TREE("a { uefi,binary = \"vmlinuz\"; };"
                  "domU1 { compatible = \"xen,domain\"; b { compatible = \"my,thing\";"
                  "    uefi,binary = \"ramdisk\"; }; };"
                  "domU2 { compatible = \"xen,domain\"; b { compatible = \"multiboot,module\";"
                  "    uefi,binary = \"ramdisk\"; }; };"
                  "domU3 { compatible = \"xen,domain\"; b { compatible = \"multiboot,kernel\","
                  "    \"multiboot,module\"; uefi,binary = \"ramdisk\"; }; };"
                  "domU4 { compatible = \"xen,domain\"; b { compatible = [61 62];"
                  "    uefi,binary = \"ramdisk\"; }; };"
                  "domU5 { compatible = \"xen,domain\"; b { compatible = \"xen,linux-zimage\","
                  "    \"xen,multiboot-module\"; uefi,binary = \"vmlinuz\"; }; };"
                  "domU6 { compatible = \"xen,domain\"; b { compatible;"
                  "    uefi,binary = \"ramdisk\"; }; };"));
    assert_compatible(boot, "/chosen/module@7fff8000", "multiboot,kernel\0multiboot,module");
    assert_compatible(boot, "/chosen/domU1/module@7fff6000",
                      "multiboot,ramdisk\0my,thing\0multiboot,module");
    assert_compatible(boot, "/chosen/domU2/module@7fff6000", "multiboot,ramdisk\0multiboot,module");
    assert_compatible(boot, "/chosen/domU3/module@7fff6000", "multiboot,kernel\0multiboot,module");
    assert_compatible(boot, "/chosen/domU6/module@7fff6000", "multiboot,ramdisk\0multiboot,module");
    /* A text without its end does not swallow what follows. */
    assert_compatible(boot, "/chosen/domU4/module@7fff6000",
                      "multiboot,ramdisk\0ab\0multiboot,module");
    assert_compatible(boot, "/chosen/domU5/module@7fff8000",
                      "xen,linux-zimage\0xen,multiboot-module\0multiboot,kernel\0multiboot,module");
}

static void test_compatible_of_a_fragment_that_was_called_a_ramdisk(void **state)
{
    struct boot *boot = *state;

    machine_add_file(&boot->machine, "/EFI/muster/b", "\xd0\x0d\xfe\xed", 4);
    boot_run(boot, "",
             TREE("domU1 { compatible = \"xen,domain\"; m { uefi,binary = \"b\";"
                  "    compatible = \"multiboot,ramdisk\", \"multiboot,module\"; }; };"));
    assert_compatible(boot, "/chosen/domU1/module@7fffa000",
                      "multiboot,device-tree\0multiboot,module");
}

static void test_names_stay_unique(void **state)
{
    struct boot *boot = *state;

    boot_run(boot, "",
             TREE("a { uefi,binary = \"vmlinuz\"; }; b { uefi,binary = \"vmlinuz\"; };"
                  "module@7fff6000 { };"
                  "c { uefi,binary = \"ramdisk\"; };"));
    assert_cells(boot, "/chosen/module@7fff8000", "reg", 0, KERNEL, 0, 10000);
    assert_cells(boot, "/chosen/a", "reg", 0, KERNEL, 0, 10000);
    assert_cells(boot, "/chosen/c", "reg", 0, RAMDISK, 0, 5000);
}

static void test_modules_between_domains(void **state)
{
    static const char first[] = "a { uefi,binary = \"vmlinuz\"; };" DOMAIN("domU1", "");
    static const char second[] = "b { uefi,binary = \"ramdisk\"; };" DOMAIN("domU2", "");
    static const char last[] = "c { uefi,binary = \"vmlinuz\"; };";
    struct boot *boot = *state;
    char source[8000];

    snprintf(source, sizeof(source), TREE("%s%s%s"), first, second, last);
    boot_run(boot, "", source);
    assert_cells(boot, "/chosen/a", "reg", 0, KERNEL, 0, 10000);
    assert_cells(boot, "/chosen/module@7fff8000", "reg", 0, KERNEL, 0, 10000);
    assert_cells(boot, "/chosen/module@7fff6000", "reg", 0, RAMDISK, 0, 5000);
    assert_property(boot, "/chosen/domU1/module@7fff8000", "bootargs", "console=ttyAMA0");
    assert_cells(boot, "/chosen/domU2/module@7fff6000", "reg", 0, RAMDISK, 0, 5000);
    for (size_t at = 0; at < boot->system.plan.module_count; at++)
        assert_true(tree_is_compatible(boot->system.tree.fdt, boot->system.plan.modules[at].node,
                                       "multiboot,module"));
}

static void test_what_does_not_fit(void **state)
{
    struct boot *boot = *state;

    /* A stated address of more bits than the cells have cannot be asked for; a size can. */
    machine_set_region(&boot->machine, MACHINE_RAM, (uint64_t)8 << 30, MEMORY_FREE);
    machine_add_text(&boot->machine, "/EFI/muster/ramdisk", "0707")->stated_size =
        ((uint64_t)1 << 32) + 1;
    boot_run(boot, "",
             TREE("domU1 { compatible = \"xen,domain\"; #address-cells = <2>; #size-cells = <1>;"
                  "    m { uefi,binary = \"ramdisk\"; }; };"));
    assert_diagnosed(boot, "/chosen/domU1/m: error: 0x13fffa000 and 4294967297 bytes do not fit "
                           "into a reg of 2 and 1 cells");
    assert_diagnosed(boot, "  hint: give the parent more cells");
}

/* Whatever it is that the tree has no room for: without memory for more, that is the error. */
static void test_no_memory_for_what_is_added(void **state)
{
    static const char *const trees[] = {
        TREE("a { uefi,binary = \"vmlinuz\"; };"),
        TREE("#address-cells = <2>; #size-cells = <2>;"
             "a { uefi,binary = \"vmlinuz\"; reg = <0 0x50000000 0 0>; };"),
        TREE("m { compatible = \"multiboot,kernel\", \"multiboot,module\";"
             "    reg = <0 0x50000000 0 0x1000>; };"),
        TREE("domU1 { compatible = \"xen,domain\"; cpus = <1>; memory = <0 0x20000>;"
             "    m { compatible = \"multiboot,kernel\", \"multiboot,module\";"
             "        reg = <0 0x50000000 0 0x1000>; }; };"),
        TREE("a { uefi,binary = \"vmlinuz\"; }; domU1 { compatible = \"xen,domain\"; };"),
        TREE("domU1 { compatible = \"xen,domain\"; }; a { uefi,binary = \"vmlinuz\"; };"),
    };
    struct boot *boot = *state;
    struct machine *machine = &boot->machine;

    machine->fail_services = SERVICE_ALLOCATE;
    for (size_t at = 0; at < sizeof(trees) / sizeof(trees[0]); at++) {
        unsigned call = 0;

        do {
            machine->fail_at = 0;
            assert_true(boot_describe(boot, "", trees[at]));
            assert_int_equal(fdt_pack(boot->system.tree.fdt), 0);
            machine->fail_at = ++call;
            machine->calls = 0;
            assert_int_equal(system_complete(&boot->system) && machine->calls >= call, 0);
            if (machine->calls >= call)
                assert_diagnostics(boot, "error: out of memory for the loader's own work\n");
        } while (machine->calls >= call);
    }
}

/* dom0 may have more processors than the machine, and they need room in the tree. */
static void test_room_for_dom0(void **state)
{
    struct boot *boot = *state;
    const void *fdt;

    boot_run(boot, "kernel=vmlinuz\noptions=dom0_max_vcpus=9\n", TREE(""));
    fdt = boot->system.tree.fdt;
    assert_int_equal(fdt_totalsize(fdt) - fdt_off_dt_strings(fdt) - fdt_size_dt_strings(fdt),
                     9 * 128);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        boot_test(test_any_cells),
        boot_test(test_missing_cells_are_added),
        boot_test(test_own_properties_are_removed),
        boot_test(test_compatible),
        boot_test(test_compatible_of_a_fragment_that_was_called_a_ramdisk),
        boot_test(test_names_stay_unique),
        boot_test(test_modules_between_domains),
        boot_test(test_what_does_not_fit),
        boot_test(test_no_memory_for_what_is_added),
        boot_test(test_room_for_dom0),
    };

    return cmocka_run_group_tests_name("commit", tests, NULL, NULL);
}
