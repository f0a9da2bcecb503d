/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of preflight of passthrough fragments. */
#include "rows.h"

static void fragment_empty(struct boot *boot)
{
    add_fragment(boot, "/dts-v1/; / { aliases { }; };");
}

static void fragment_devices(struct boot *boot)
{
    add_fragment(boot,
                 FRAGMENT_TREE(
                     "a { xen,path = \"/pl011@9000000\"; };\n"
                     "b { xen,reg = <0 0x9000000 0 0x1000 0 0x9000000>; };\n"
                     "c { xen,path = \"/none\"; xen,reg = <0 0x9000000 0 0x1000 0 0x9000000>; };\n"
                     "d { xen,path = \"/pl011@9000000\";\n"
                     "    xen,reg = <0 0x9000000 0 0x1000 0 0x9000000>; };\n"
                     "e { xen,force-assign-without-iommu; xen,reg = <0 0x9000400 0 0x100 0 0>; };\n"
                     "f { xen,force-assign-without-iommu; xen,reg = <0 0x9000000 0 0x1000>; };\n"));
}

/* Lists of nothing, and of numbers that no cells can hold. */
static void fragment_of_no_lists(struct boot *boot)
{
    add_fragment(
        boot,
        "/dts-v1/; / { passthrough {\n"
        "    a { #address-cells = <5>; #size-cells = <1>;\n"
        "        b { xen,force-assign-without-iommu; xen,reg = <0 0 0 0 0 0 0 0 0 0 0>; }; };\n"
        "    c { #address-cells = <2>; #size-cells = <0>;\n"
        "        d { xen,force-assign-without-iommu; xen,reg = <0 0 0 0>; }; };\n"
        "    e { xen,force-assign-without-iommu; xen,reg; };\n"
        "}; };");
}

/* A device 20 levels deep; there are no devices that deep. */
static void fragment_deep(struct boot *boot)
{
    add_fragment(boot,
                 FRAGMENT_TREE("a { a { a { a { a { a { a { a { a { a { a { a { a { a { a {\n"
                               "a { a { a { a { a { xen,path = \"/none\"; \n"
                               "}; }; }; }; }; }; }; }; }; }; }; }; }; }; }; }; }; }; }; };"));
}

static const struct row rows[] = {
    {.name = "fragment that is not there",
     .chosen = DOM("domA", FRAGMENT("nothing")),
     .expected = "/chosen/domA/module@3: error: nothing is neither a key of binary= nor a file\n"
                 "  hint: define it with binary=FILE KEY, or put the file beside the loader\n"},
    {.name = "fragment is not a tree",
     .chosen = DOM("domA", FRAGMENT("ramdisk")),
     .expected = "/chosen/domA/module@3: error: ramdisk, a device tree for domA, is none: it does "
                 "not start with d0 0d fe ed\n"
                 "  hint: make it with dtc -O dtb\n"},
    {.name = "fragment without devices",
     .prepare = fragment_empty,
     .chosen = DOM("domA", FRAGMENT("file")),
     .expected = "/chosen/domA/module@3: warning: domain domA: file has no node /passthrough\n"
                 "  hint: put the devices below it\n"},
    {.name = "fragment of two domains is looked at once",
     .prepare = fragment_empty,
     .chosen = DOM("domA", FRAGMENT("file")) DOM("domB", FRAGMENT("file")),
     .expected = "/chosen/domA/module@3: warning: domain domA: file has no node /passthrough\n"
                 "  hint: put the devices below it\n"},
    {.name = "fragment with devices",
     .prepare = fragment_devices,
     .chosen = DOM("domA", FRAGMENT("file")),
     .expected =
         "/chosen/domA/module@3: error: domain domA: a in file has xen,path but no xen,reg\n"
         "  hint: give it both, or xen,reg and xen,force-assign-without-iommu\n"
         "/chosen/domA/module@3: error: domain domA: b in file has xen,reg but no xen,path\n"
         "  hint: give it both, or xen,reg and xen,force-assign-without-iommu\n"
         "/chosen/domA/module@3: error: domain domA: c in file names /none, which the machine's "
         "tree does not have\n"
         "/chosen/domA/module@3: warning: domain domA gets /pl011@9000000, which has no "
         "xen,passthrough\n"
         "  hint: add xen,passthrough to its node, so that neither Xen nor dom0 uses it\n"
         "/chosen/domA/module@3: error: domain domA: e in file has xen,reg that is not a list of "
         "pages\n"
         "  hint: write <HOST SIZE GUEST>, each in whole pages\n"
         "/chosen/domA/module@3: error: domain domA: f in file has xen,reg that is not a list of "
         "pages\n"
         "  hint: write <HOST SIZE GUEST>, each in whole pages\n"},
    {.name = "fragment of no lists",
     .prepare = fragment_of_no_lists,
     .chosen = DOM("domA", FRAGMENT("file")),
     .expected =
         "/chosen/domA/module@3: error: domain domA: b in file has xen,reg that is not a list "
         "of pages\n"
         "  hint: write <HOST SIZE GUEST>, each in whole pages\n"
         "/chosen/domA/module@3: error: domain domA: d in file has xen,reg that is not a list "
         "of pages\n"
         "  hint: write <HOST SIZE GUEST>, each in whole pages\n"
         "/chosen/domA/module@3: error: domain domA: e in file has xen,reg that is not a list "
         "of pages\n"
         "  hint: write <HOST SIZE GUEST>, each in whole pages\n"},
    {.name = "good: fragment with something too deep",
     .prepare = fragment_deep,
     .chosen = DOM("domA", FRAGMENT("file")),
     .expected = ""},
    {.name = "good: fragment",
     .prepare = fragment_good,
     .chosen = DOM("domA", FRAGMENT("file")),
     .beside = "eth: ethernet@fe000000 { xen,passthrough; };",
     .expected = ""},
};

int main(void)
{
    return rows_run("preflight fragments", rows, sizeof(rows) / sizeof(rows[0]), NULL, 0);
}
