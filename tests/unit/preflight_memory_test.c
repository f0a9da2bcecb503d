/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of preflight of static memory and of the regions that the tree gives away. */
#include "rows.h"

#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>

/* A UART for Xen. */
#define PL011 "uart { compatible = \"arm,pl011\"; };"

/* The machine's memory, but 16 MiB of it are of some kind. */
static void keep_memory(struct boot *boot, enum memory_kind kind)
{
    machine_set_region(&boot->machine, MACHINE_RAM, 0x24000000, MEMORY_FREE);
    machine_add_region(&boot->machine, 0x64000000, 0x1000000, kind);
    machine_add_region(&boot->machine, 0x65000000, 0x1b000000, MEMORY_FREE);
}

/* A UART for Xen. */
#define PL011 "uart { compatible = \"arm,pl011\"; };"

static void runtime_memory(struct boot *boot)
{
    keep_memory(boot, MEMORY_RUNTIME);
}

static void reserved_memory(struct boot *boot)
{
    keep_memory(boot, MEMORY_RESERVED);
}

static void acpi_memory(struct boot *boot)
{
    keep_memory(boot, MEMORY_ACPI);
}

/* Registers in the middle; that they are no memory is seen by what is missing. */
static void device_memory(struct boot *boot)
{
    keep_memory(boot, MEMORY_DEVICE);
}

static void boot_services_memory(struct boot *boot)
{
    keep_memory(boot, MEMORY_TRANSIENT);
}

/* Runs a tree with a domain and `count` regions of reserved memory. */
static void run_regions(struct boot *boot, unsigned count)
{
    static char source[32768];

    strcpy(source, TREE_HEAD "chosen { stdout-path = \"/pl011@9000000\";" DOM(
                       "domA", "") "}; reserved-memory { #address-cells = <1>; #size-cells = <1>;"
                                   " ranges; a@1000 { reg = <");
    for (unsigned at = 1; at <= count; at++) {
        char region[32];

        snprintf(region, sizeof(region), "0x%x 0x1000 ", at << 12);
        append(source, sizeof(source), region);
    }
    append(source, sizeof(source), ">; }; }; };");
    boot_run(boot, "xen=xen.efi\n", source);
}

/* Memory that is reserved from the start, and a domain with something in it. */
static void run_reserved(struct boot *boot, const char *reserved, const char *content_of_domain)
{
    char *source = NULL;

    assert_true(
        asprintf(
            &source,
            "/dts-v1/; /memreserve/ %s; / { #address-cells = <2>; #size-cells = <2>;" TREE_LEAST
                PL011 " chosen { stdout-path = \"/uart\"; " DOM("domA", "%s") "}; };",
            reserved, content_of_domain) > 0);
    boot_run(boot, "xen=xen.efi\n", source);
    free(source);
}

/* A Xen that can start from ACPI's tables, too. */
static void xen_of_acpi(struct boot *boot)
{
    add_file(boot, XEN_NAME, image_xen_of("4.22", NULL), 20000, 20000);
    memcpy(content + 19000, "Booting using ACPI", sizeof("Booting using ACPI"));
}

static const struct row rows[] = {
    {.name = "static memory on a Xen with ACPI",
     .prepare = xen_of_acpi,
     .chosen = DOM("domA", "xen,static-mem = <0 0x60000000 0 0x8000000>;")
         DOM("domB", "xen,static-mem = <0 0x50000000 0 0x8000000>;"),
     .expected = "/chosen/domA: error: static memory of domA (0x60000000 to 0x67ffffff) is not "
                 "kept free by a Xen built with ACPI\n"
                 "  hint: take a Xen without CONFIG_ACPI\n"},
    {.name = "good: a static heap on a Xen with ACPI",
     .prepare = xen_of_acpi,
     .chosen = "xen,static-heap = <0 0x60000000 0 0xa000000>;" DOM("domA", ""),
     .expected = ""},
    {.name = "static memory outside",
     .chosen = DOM("domA", "xen,static-mem = <0 0x10000000 0 0x8000000>;"),
     .expected = "/chosen/domA: error: static memory of domA (0x10000000 to 0x17ffffff) lies "
                 "outside the machine's memory\n"},
    {.name = "static memory beyond the end",
     .chosen = DOM("domA", "xen,static-mem = <0 0x7c000000 0 0x8000000>;"),
     .expected = "/chosen/domA: error: static memory of domA (0x7c000000 to 0x83ffffff) lies "
                 "outside the machine's memory\n"},
    {.name = "a ramdisk outside",
     .beside = "flash@2000000 { reg = <0 0x2000000 0 0x1000>; };",
     .chosen = DOM("domA", LOADED("rd@1fff800", "multiboot,ramdisk", "1fff800")),
     .expected = "/chosen/domA/rd@1fff800: error: a module, loaded earlier, of domA (0x1fff800 "
                 "to 0x20007ff) lies outside the machine's memory\n"},
    {.name = "a ramdisk in a device",
     .beside = "flash@2000000 { reg = <0 0x2000000 0 0x1000>; };",
     .chosen = DOM("domA", LOADED("rd@2000000", "multiboot,ramdisk", "2000000")),
     .expected = "/chosen/domA/rd@2000000: warning: a module, loaded earlier, of domA (0x2000000 "
                 "to 0x2000fff) lies outside the machine's memory, in flash@2000000\n"
                 "  hint: Xen copies what can be read there\n"},
    {.name = "a ramdisk behind a PCI bus",
     .beside = "pcie { device_type = \"pci\"; #address-cells = <3>; #size-cells = <2>;"
               "    ranges = <0 0 0 0 0 0 0>, <0x2000000 0 0 0 0x2000000 0 0x1000>; };",
     .chosen = DOM("domA", LOADED("rd@2000000", "multiboot,ramdisk", "2000000")),
     .expected = "/chosen/domA/rd@2000000: warning: a module, loaded earlier, of domA (0x2000000 "
                 "to 0x2000fff) lies outside the machine's memory, in pcie\n"
                 "  hint: Xen copies what can be read there\n"},
    {.name = "static memory of the firmware",
     .prepare = runtime_memory,
     .chosen = DOM("domA", "xen,static-mem = <0 0x60000000 0 0x8000000>;"),
     .expected = "/chosen/domA: error: static memory of domA (0x60000000 to 0x67ffffff) overlaps "
                 "the firmware's runtime services (0x64000000 to 0x64ffffff)\n"
                 "  hint: choose memory that the firmware does not keep\n"},
    {.name = "static memory reserved",
     .prepare = reserved_memory,
     .chosen = DOM("domA", "xen,static-mem = <0 0x60000000 0 0x8000000>;"),
     .expected = "/chosen/domA: error: static memory of domA (0x60000000 to 0x67ffffff) overlaps "
                 "the firmware's reserved memory (0x64000000 to 0x64ffffff)\n"
                 "  hint: choose memory that the firmware does not keep\n"},
    {.name = "static memory of ACPI",
     .prepare = acpi_memory,
     .chosen = DOM("domA", "xen,static-mem = <0 0x60000000 0 0x8000000>;"),
     .expected = "/chosen/domA: error: static memory of domA (0x60000000 to 0x67ffffff) overlaps "
                 "the firmware's ACPI tables (0x64000000 to 0x64ffffff)\n"
                 "  hint: choose memory that the firmware does not keep\n"},
    {.name = "static memory in registers",
     .prepare = device_memory,
     .chosen = DOM("domA", "xen,static-mem = <0 0x60000000 0 0x8000000>;"),
     .expected = "/chosen/domA: error: static memory of domA (0x60000000 to 0x67ffffff) lies "
                 "outside the machine's memory\n"},
    {.name = "good: static memory of what the firmware gives back",
     .prepare = boot_services_memory,
     .chosen = DOM("domA", "xen,static-mem = <0 0x60000000 0 0x8000000>;"),
     .expected = ""},
    {.name = "static memory not aligned",
     .chosen = DOM("domA", "xen,static-mem = <0 0x60000800 0 0x8000000>;"),
     .expected = "/chosen/domA: error: static memory of domA (0x60000800 to 0x680007ff) is not "
                 "page aligned\n"
                 "  hint: address and size are multiples of 0x1000\n"},
    {.name = "static memory of half a page more",
     .chosen = DOM("domA", "xen,static-mem = <0 0x60000000 0 0x8000800>;"),
     .expected = "/chosen/domA: error: static memory of domA (0x60000000 to 0x680007ff) is not "
                 "page aligned\n"
                 "  hint: address and size are multiples of 0x1000\n"
                 "/chosen/domA: error: domain domA has a memory of 131072 KiB, but static memory "
                 "of 131074 KiB\n"
                 "  hint: write memory = <0 0x20002>, or change xen,static-mem\n"},
    {.name = "static memory of no size",
     .chosen = DOM("domA", "xen,static-mem = <0 0x60000000 0 0>;"),
     .expected =
         "/chosen/domA: error: static memory of domA (0x60000000 to 0x60000000) has no size\n"
         "  hint: leave it out\n"},
    {.name = "static memory of other size",
     .chosen = DOM("domA", "xen,static-mem = <0 0x60000000 0 0x4000000>;"),
     .expected = "/chosen/domA: error: domain domA has a memory of 131072 KiB, but static memory "
                 "of 65536 KiB\n"
                 "  hint: write memory = <0 0x10000>, or change xen,static-mem\n"},
    {.name = "static memory of a domain without a size",
     .chosen = DOM_WITH("domA", "cpus = <1>;", "xen,static-mem = <0 0x60000000 0 0x4000000>;"),
     .expected =
         "/chosen/domA: error: domain domA does not say how much memory it has\n"
         "  hint: add memory = <0 KIB>, two cells that count KiB: 128 MiB is <0 0x20000>\n"},
    {.name = "static memory of a domain of no size",
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0 0>;",
                        "xen,static-mem = <0 0x60000000 0 0x4000000>;"),
     .expected = "/chosen/domA: error: domain domA has no memory\n"
                 "  hint: memory counts KiB: 128 MiB is <0 0x20000>\n"},
    {.name = "static memory that says nothing",
     .chosen = DOM("domA", "xen,static-mem;"),
     .expected =
         "/chosen/domA: error: xen,static-mem of domA: 0 bytes are not a list of entries of "
         "2 + 2 cells\n"
         "  hint: #address-cells and #size-cells of the parent count\n"},
    {.name = "static memory of other cells",
     .chosen = DOM("domA", "xen,static-mem = <0x60000000 0x8000000 0>;"),
     .expected =
         "/chosen/domA: error: xen,static-mem of domA: 12 bytes are not a list of entries of "
         "2 + 2 cells\n"
         "  hint: #address-cells and #size-cells of the parent count\n"},
    {.name = "static memory in cells as Xen 4.16 counts them",
     .chosen = DOM("domA", "#xen,static-mem-address-cells = <1>; #xen,static-mem-size-cells = <1>; "
                           "xen,static-mem = <0x60000000 0x8000000>;"),
     .expected =
         "/chosen/domA: error: xen,static-mem of domA: 8 bytes are not a list of entries of "
         "2 + 2 cells\n"
         "  hint: #address-cells and #size-cells of the parent count\n"},
    {.name = "static memory too large",
     .chosen = DOM("domA", "xen,static-mem = <1 0xffffffff 0xffffffff 0xffffffff>;"),
     .expected = "/chosen/domA: error: xen,static-mem of domA: an entry does not fit into 64 bits\n"
                 "  hint: #address-cells and #size-cells of the parent count\n"},
    {.name = "static memory of numbers too large",
     .chosen = "#address-cells = <3>; #size-cells = <2>; " DOM(
         "domA", "xen,static-mem = <1 0 0x60000000 0 0x8000000>;"),
     .expected = "/chosen/domA: error: xen,static-mem of domA: an entry does not fit into 64 bits\n"
                 "  hint: #address-cells and #size-cells of the parent count\n"},
    {.name = "static memory of sizes too large",
     .chosen = "#address-cells = <1>; #size-cells = <3>; " DOM(
         "domA", "xen,static-mem = <0x60000000 1 0 0x8000000>;"),
     .expected = "/chosen: error: #size-cells cannot be used for the reg of modules\n"
                 "  hint: it is one cell, from 1 to 2\n"
                 "/chosen/domA: error: xen,static-mem of domA: an entry does not fit into 64 bits\n"
                 "  hint: #address-cells and #size-cells of the parent count\n"},
    {.name = "static memory twice",
     .chosen = DOM("domA", "xen,static-mem = <0 0x60000000 0 0x8000000>;")
         DOM("domB", "xen,static-mem = <0 0x67000000 0 0x8000000>;"),
     .expected = "/chosen/domB: error: static memory of domB (0x67000000 to 0x6effffff) overlaps "
                 "static memory of domA (0x60000000 to 0x67ffffff)\n"
                 "  hint: move or shrink one of them\n"},
    {.name = "static memory of two domains",
     .chosen = DOM("domA", "xen,static-mem = <0 0x60000000 0 0x8000000>;")
         DOM("domB", "xen,static-mem = <0 0x60000000 0 0x8000000>;"),
     .expected = "/chosen/domB: error: static memory of domB (0x60000000 to 0x67ffffff) overlaps "
                 "static memory of domA (0x60000000 to 0x67ffffff)\n"
                 "  hint: move or shrink one of them\n"},
    {.name = "static memory and reserved memory",
     .chosen = DOM("domA", "xen,static-mem = <0 0x60000000 0 0x8000000>;"),
     .beside = "reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; fw@66000000 { "
               "reg = <0 0x66000000 0 0x1000>; }; };",
     .expected = "/chosen/domA: error: static memory of domA (0x60000000 to 0x67ffffff) overlaps "
                 "reserved memory fw@66000000 (0x66000000 to 0x66000fff)\n"
                 "  hint: move or shrink one of them\n"},
    {.name = "a static heap and reserved memory",
     .chosen = "xen,static-heap = <0 0x60000000 0 0x10000000>;" DOM("domA", ""),
     .beside = "reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; fw@66000000 { "
               "reg = <0 0x66000000 0 0x1000>; }; };",
     .expected = "/chosen: error: the static heap (0x60000000 to 0x6fffffff) overlaps reserved "
                 "memory fw@66000000 (0x66000000 to 0x66000fff)\n"
                 "  hint: move or shrink one of them\n"},
    {.name = "a static heap and reserved memory that begin together",
     .chosen = "xen,static-heap = <0 0x60000000 0 0x10000000>;" DOM("domA", ""),
     .beside = "reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; fw@60000000 { "
               "reg = <0 0x60000000 0 0x1000>; }; };",
     .expected = "/chosen: warning: the static heap (0x60000000 to 0x6fffffff) overlaps reserved "
                 "memory fw@60000000 (0x60000000 to 0x60000fff)\n"
                 "  hint: move or shrink one of them\n"},
    {.name = "a static heap and reserved memory, for 4.17",
     .xen = "4.17",
     .chosen = "xen,static-heap = <0 0x60000000 0 0x10000000>;" DOM("domA", ""),
     .beside = "reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; fw@66000000 { "
               "reg = <0 0x66000000 0 0x1000>; }; };",
     .expected = "/chosen: warning: the static heap (0x60000000 to 0x6fffffff) overlaps reserved "
                 "memory fw@66000000 (0x66000000 to 0x66000fff)\n"
                 "  hint: move or shrink one of them\n"},
    {.name = "a module and another",
     .chosen = DOM("domA", LOADED("a@60000000", "multiboot,ramdisk", "60000000"))
         DOM("domB", LOADED("a@60000800", "multiboot,ramdisk", "60000800")),
     .expected =
         "/chosen/domB/a@60000800: error: a module, loaded earlier, of domB (0x60000800 to "
         "0x600017ff) overlaps a module, loaded earlier, of domA (0x60000000 to 0x60000fff)\n"
         "  hint: move or shrink one of them\n"},
    {.name = "good: a module of two domains",
     .chosen = DOM("domA", LOADED("a@60000000", "multiboot,ramdisk", "60000000"))
         DOM("domB", LOADED("a@60000000", "multiboot,ramdisk", "60000000")),
     .expected = ""},
    {.name = "good: modules of no size and beyond all",
     .chosen = DOM("domA", "a { compatible = \"multiboot,ramdisk\", \"multiboot,module\";"
                           "    reg = <0 0x60000000 0 0>; };")
         DOM("domB", "a { compatible = \"multiboot,ramdisk\", \"multiboot,module\";"
                     "    reg = <0xffffffff 0xfffff000 0 0x2000>; };"),
     .expected = ""},
    {.name = "static memory and a module",
     .chosen = DOM(
         "domA", "xen,static-mem = <0 0x60000000 0 0x8000000>; module@60000000 { compatible = "
                 "\"multiboot,ramdisk\", \"multiboot,module\"; reg = <0 0x60000000 0 0x1000>; };"),
     .expected =
         "/chosen/domA/module@60000000: error: a module, loaded earlier, of domA (0x60000000 to "
         "0x60000fff) overlaps static memory of domA (0x60000000 to 0x67ffffff)\n"
         "  hint: move or shrink one of them\n"},
    {.name = "cell counts of /chosen",
     .chosen = "#address-cells = <1>; #size-cells = <1>; " DOM(
         "domA", "xen,static-mem = <0x60000000 0x8000000>;"),
     .expected = ""},
    {.name = "unusable cell counts",
     .chosen = "#address-cells = <9>; #size-cells = <1>; " DOM(
         "domA", "xen,static-mem = <0x60000000 0x8000000>;"),
     .expected =
         "/chosen: error: #address-cells cannot be used for the reg of modules\n"
         "  hint: it is one cell, from 1 to 4\n"
         "/chosen/domA: error: xen,static-mem of domA: its cell counts are not from 1 to 4\n"
         "  hint: #address-cells and #size-cells of the parent count\n"},
    {.name = "unusable cell counts of sizes",
     .chosen =
         "#address-cells = <1>; #size-cells = <0>; " DOM("domA", "xen,static-mem = <0x60000000>;"),
     .expected =
         "/chosen: error: #size-cells cannot be used for the reg of modules\n"
         "  hint: it is one cell, from 1 to 2\n"
         "/chosen/domA: error: xen,static-mem of domA: its cell counts are not from 1 to 4\n"
         "  hint: #address-cells and #size-cells of the parent count\n"},
    {.name = "static heap not aligned",
     .chosen = "xen,static-heap = <0 0x60001000 0 0x10000000>;" DOM("domA", ""),
     .expected =
         "/chosen: warning: the static heap (0x60001000 to 0x70000fff) is not aligned to 64 KiB\n"
         "  hint: address and size are multiples of 0x10000\n"},
    {.name = "static heap of other cells",
     .chosen = "xen,static-heap = <0x60000000 0x10000000 0>;" DOM("domA", ""),
     .expected =
         "/chosen: error: xen,static-heap: 12 bytes are not a list of entries of 2 + 2 cells\n"
         "  hint: #address-cells and #size-cells of the parent count\n"},
    {.name = "reserved memory of other cells",
     .chosen = DOM("domA", ""),
     .beside = "reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; fw@66000000 { "
               "reg = <0 0x66000000 0>; }; };",
     .expected =
         "/reserved-memory/fw@66000000: warning: reg: 12 bytes are not a list of entries of 2 "
         "+ 2 cells\n"
         "  hint: #address-cells and #size-cells of the parent count\n"},
    {.name = "reserved memory too large",
     .chosen = DOM("domA", ""),
     .beside = "reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; fw@66000000 { "
               "reg = <0 0x66000000 0xffffffff 0xffffffff>; }; };",
     .expected = "/reserved-memory/fw@66000000: warning: reg: an entry does not fit into 64 bits\n"
                 "  hint: #address-cells and #size-cells of the parent count\n"},
    {.name = "static memory not built",
     .xen = "4.17",
     .lacks = "CONFIG_STATIC_MEMORY",
     .chosen = DOM("domA", "xen,static-mem = <0 0x60000000 0 0x8000000>;"),
     .expected = "/chosen/domA: error: domain domA has static memory, but xen.efi is built without "
                 "it\n"
                 "  hint: use a Xen that is built with CONFIG_STATIC_MEMORY\n"},
    {.name = "good: static memory that Xen has",
     .xen = "4.17",
     .chosen = DOM("domA", "xen,static-mem = <0 0x60000000 0 0x8000000>;"),
     .expected = ""},
    {.name = "good: static memory and heap",
     .chosen = "xen,static-heap = <0 0x60000000 0 0x10000000>;" DOM(
         "domA",
         "direct-map; xen,static-mem = <0 0x50000000 0 0x4000000 0 0x70000000 0 0x4000000>;"),
     .expected = ""},
    {.name = "good: cells of the root",
     .chosen = DOM_ALL("domA", "cpus = <1>; memory = <0 0x20000>;", KERNEL("vmlinuz", ""),
                       "xen,static-mem = <0 0x50000000 0 0x8000000>;"),
     .expected = ""},
    {.name = "static memory with something behind",
     .chosen = DOM("domA", "xen,static-mem = <0 0x60000000 0 0x8000000 0>;"),
     .expected =
         "/chosen/domA: warning: xen,static-mem of domA: 20 bytes are not a list of entries "
         "of 2 + 2 cells\n"
         "  hint: #address-cells and #size-cells of the parent count\n"},
    {.name = "static memory over the first bank, on 4.21",
     .xen = "4.21",
     .prepare = large_memory,
     .chosen =
         DOM_WITH("domA", "cpus = <1>; memory = <0 0x400000>;", "xen,static-mem = <1 0 1 0>;"),
     .expected = "/chosen/domA: error: domain domA has static memory that reaches over the first 3 "
                 "GiB in one piece\n"
                 "  hint: divide the entry of xen,static-mem there\n"},
    {.name = "good: static memory over the first bank, in two",
     .xen = "4.21",
     .prepare = large_memory,
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0 0x400000>;",
                        "xen,static-mem = <1 0 0 0xc0000000 1 0xc0000000 0 0x40000000>;"),
     .expected = ""},
    {.name = "good: static memory over the first bank, on 4.22",
     .xen = "4.22",
     .prepare = large_memory,
     .chosen =
         DOM_WITH("domA", "cpus = <1>; memory = <0 0x400000>;", "xen,static-mem = <1 0 1 0>;"),
     .expected = ""},
};

static void test_regions_are_counted(void **state)
{
    static const unsigned counts[] = {257, REGIONS_MAX, REGIONS_MAX + 1, REGIONS_MAX + 100};
    struct boot *boot = *state;

    run_regions(boot, 256);
    assert_diagnostics(boot, "");
    for (size_t at = 0; at < sizeof(counts) / sizeof(counts[0]); at++) {
        run_regions(boot, counts[at]);
        assert_diagnostics(
            boot, "/chosen: error: Xen has room for 256 regions of memory, but there are more\n"
                  "  hint: static, shared and reserved memory count\n");
        assert_int_equal(boot->system.regions.too_many, counts[at] > REGIONS_MAX);
    }
}

/* Runs a tree with a domain and `count` regions of reserved memory that do not touch. */
static void run_holes(struct boot *boot, unsigned count)
{
    static char source[32768];

    strcpy(source, TREE_HEAD "chosen { stdout-path = \"/pl011@9000000\";" DOM(
                       "domA", "") "}; reserved-memory { #address-cells = <1>; #size-cells = <1>;"
                                   " ranges; a@50000000 { reg = <");
    for (unsigned at = 0; at < count; at++) {
        char region[32];

        snprintf(region, sizeof(region), "0x%x 0x1000 ", 0x50000000 + (at << 13));
        append(source, sizeof(source), region);
    }
    append(source, sizeof(source), ">; }; }; };");
    boot_run(boot, "xen=xen.efi\n", source);
}

static void test_free_pieces_are_counted(void **state)
{
    struct boot *boot = *state;

    run_holes(boot, 251);
    assert_diagnostics(boot, "");
    run_holes(boot, 252);
    assert_diagnostics(boot, "/chosen: error: free memory is in 254 pieces, but Xen takes 253\n"
                             "  hint: have regions of memory next to each other\n");
}

static void test_reserved_from_the_start(void **state)
{
    struct boot *boot = *state;

    run_reserved(boot, "0x60001000 0x2000",
                 "module@60000000 { compatible = \"multiboot,ramdisk\", \"multiboot,module\";"
                 " reg = <0 0x60000000 0 0x3000>; };");
    assert_diagnostics(boot, "");
    run_reserved(boot, "0x61000000 0x800", "xen,static-mem = <0 0x60000000 0 0x8000000>;");
    assert_diagnostics(boot, "/chosen/domA: error: static memory of domA (0x60000000 to "
                             "0x67ffffff) overlaps a /memreserve/ (0x61000000 to 0x610007ff)\n"
                             "  hint: move or shrink one of them\n");
    run_reserved(boot, "0x5ffff000 0x2000", "xen,static-mem = <0 0x60000000 0 0x8000000>;");
    assert_diagnostics(boot, "/chosen/domA: error: static memory of domA (0x60000000 to "
                             "0x67ffffff) overlaps a /memreserve/ (0x5ffff000 to 0x60000fff)\n"
                             "  hint: move or shrink one of them\n");
    run_reserved(boot, "0x61000000 0", "xen,static-mem = <0 0x60000000 0 0x8000000>;");
    assert_diagnostics(boot, "");
    /* It goes on to the end of what can be addressed. */
    run_reserved(boot, "0x61000000 0xffffffffffffffff",
                 "xen,static-mem = <0 0x60000000 0 0x8000000>;");
    assert_diagnostics(boot,
                       "/chosen/domA: error: static memory of domA (0x60000000 to 0x67ffffff) "
                       "overlaps a /memreserve/ (0x61000000 to 0xfffffffffffffffe)\n"
                       "  hint: move or shrink one of them\n");
}

/* Files that U-Boot loaded and reserved stay; reserved memory may overlap its own kind. */
static void test_loaded_earlier(void **state)
{
    struct boot *boot = *state;
    const char *source =
        "/dts-v1/;\n/memreserve/ 0x60000000 0x2000;\n"
        "/ { #address-cells = <2>; #size-cells = <2>; " TREE_LEAST PL011
        " chosen { stdout-path = \"/uart\"; " DOM(
            "domA",
            "module@60000000 { compatible = \"multiboot,ramdisk\", \"multiboot,module\";"
            " reg = <0 0x60000000 0 0x1000>; };") "};"
                                                  " reserved-memory { #address-cells = <2>; "
                                                  "#size-cells = <2>; ranges;"
                                                  " a@50000000 { reg = <0 0x50000000 0 0x10000>; };"
                                                  " b@50008000 { reg = <0 0x50008000 0 0x1000>; }; "
                                                  "}; };";

    assert_true(boot_run(boot, "xen=xen.efi\n", source));
    assert_diagnostics(boot, "");
}

int main(void)
{
    const struct CMUnitTest others[] = {
        boot_test(test_regions_are_counted),
        boot_test(test_free_pieces_are_counted),
        boot_test(test_reserved_from_the_start),
        boot_test(test_loaded_earlier),
    };

    return rows_run("preflight memory", rows, sizeof(rows) / sizeof(rows[0]), others,
                    sizeof(others) / sizeof(others[0]));
}
