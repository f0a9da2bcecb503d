/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of preflight of passthrough fragments. */
#include "rows.h"

static void fragment_empty(struct boot *boot)
{
    add_fragment(boot, "/dts-v1/; / { aliases { }; };");
}

static void fragment_itself(struct boot *boot)
{
    add_fragment(boot, FRAGMENT_TREE("xen,path = \"/dev\"; a { };"));
}

static void fragment_itself_without_path(struct boot *boot)
{
    add_fragment(boot, FRAGMENT_TREE("xen,reg = <0 0 0 0x1000 0 0>; a { };"));
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

/* A device of each machine of the rows below: with an interrupt, and behind an IOMMU or not. */
#define DEVICE(more)                                                                               \
    "dev@10000000 { xen,path = \"/dev@a000000\"; xen,reg = <0 0xa000000 0 0x1000 0 "               \
    "0x10000000>; " more " };"
#define HOST(more) "dev@a000000 { interrupts = <0 40 4>; " more " };"
#define GIVEN      "/chosen/domA/module@3: error: domain domA: dev@10000000 in file cannot be given: "
#define NO_IOMMU                                                                                   \
    "/dev@a000000 has no IOMMU\n"                                                                  \
    "  hint: add xen,force-assign-without-iommu if its accesses to memory may go anywhere\n"

static void fragment_forced(struct boot *boot)
{
    add_fragment(boot, FRAGMENT_TREE(DEVICE("xen,force-assign-without-iommu;")));
}

static void fragment_protected(struct boot *boot)
{
    add_fragment(boot, FRAGMENT_TREE(DEVICE("")));
}

static void fragment_elsewhere(struct boot *boot)
{
    add_fragment(boot, FRAGMENT_TREE("a { xen,path = \"/dev\"; xen,reg = <0 0 0 0 0 0>; "
                                     "    xen,force-assign-without-iommu; };"
                                     "b { xen,path = \"dev0\"; xen,reg = <0 0 0 0 0 0>; "
                                     "    xen,force-assign-without-iommu; };"));
}

static void fragment_over_memory(struct boot *boot)
{
    add_fragment(boot, FRAGMENT_TREE("a { xen,reg = <0 0 0 0x1000 0 0x40000000>; "
                                     "    xen,force-assign-without-iommu; };"
                                     "b { xen,reg = <0 0 0 0x1000 0 0x47000000>; "
                                     "    xen,force-assign-without-iommu; };"));
}

/* Its files need 4 MiB: the tree is 2 MiB before the end of 128 MiB. */
static void fragment_over_tree(struct boot *boot)
{
    add_fragment(boot, FRAGMENT_TREE("a { xen,reg = <0 0 0 0x1000 0 0x47e00000>; "
                                     "    xen,force-assign-without-iommu; };"));
}

static void fragment_of_phandle(struct boot *boot)
{
    add_fragment(boot, FRAGMENT_TREE("a { phandle = <64999>; };"));
}

static const struct row rows[] = {
    {.name = "fragment that is not there",
     .chosen = DOM("domA", FRAGMENT("nothing")),
     .expected = "/chosen/domA/module@3: error: nothing is neither a key of binary= nor a file\n"
                 "  hint: define it by binary=FILE KEY in the booted section, or put the file "
                 "beside the loader\n"},
    {.name = "fragment is not a tree",
     .chosen = DOM("domA", FRAGMENT("ramdisk")),
     .expected = "/chosen/domA/module@3: error: ramdisk, a device tree for domA, is none: it does "
                 "not start with d0 0d fe ed\n"
                 "  hint: make it with dtc -O dtb\n"},
    {.name = "the first of two fragments is not a tree",
     .prepare = fragment_empty,
     .chosen = DOM("domA", FRAGMENT("file"))
         DOM("domB", FRAGMENT_AT("module@2", "ramdisk") FRAGMENT("file")),
     .expected = "/chosen/domA/module@3: warning: domain domA: file has no node /passthrough\n"
                 "  hint: put the devices below it\n"
                 "/chosen/domB/module@3: warning: domB has more than one device tree\n"
                 "  hint: Xen takes the last one\n"},
    {.name = "the last of two fragments is not a tree",
     .prepare = fragment_empty,
     .chosen = DOM("domA", FRAGMENT_AT("module@2", "file") FRAGMENT("ramdisk")),
     .expected = "/chosen/domA/module@3: warning: domA has more than one device tree\n"
                 "  hint: Xen takes the last one\n"
                 "/chosen/domA/module@3: error: ramdisk, a device tree for domA, is none: it does "
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
    {.name = "fragment that is a device itself, for 4.17",
     .xen = "4.17",
     .prepare = fragment_itself,
     .chosen = DOM("domA", FRAGMENT("file")),
     .expected = "/chosen/domA/module@3: error: domain domA: /passthrough in file has xen,path "
                 "itself\n"
                 "  hint: move it to the node of the device\n"},
    {.name = "fragment that is a device itself",
     .prepare = fragment_itself_without_path,
     .chosen = DOM("domA", FRAGMENT("file")),
     .expected = "/chosen/domA/module@3: error: domain domA: /passthrough in file has xen,reg "
                 "itself\n"
                 "  hint: move it to the node of the device\n"},
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
         "/chosen/domA/module@3: error: domain domA: d in file cannot be given: /pl011@9000000 is "
         "Xen's console\n"
         "/chosen/domA/module@3: error: domain domA: e in file has xen,reg that is not a list of "
         "pages\n"
         "  hint: write <HOST SIZE GUEST>, each in whole pages\n"
         "/chosen/domA/module@3: warning: domain domA: f in file has xen,reg that is not a list of "
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
         "/chosen/domA/module@3: warning: domain domA: e in file has xen,reg that is not a list "
         "of pages\n"
         "  hint: write <HOST SIZE GUEST>, each in whole pages\n"},
    {.name = "good: fragment with something too deep",
     .prepare = fragment_deep,
     .chosen = DOM("domA", FRAGMENT("file")),
     .expected = ""},
    {.name = "a device without an IOMMU",
     .prepare = fragment_protected,
     .chosen = DOM("domA", FRAGMENT("file")),
     .beside = HOST("iommus = <1>;"),
     .expected = "/chosen/domA/module@3: error: domain domA: dev@10000000 in file cannot be given: "
                 "/dev@a000000 has no IOMMU\n"
                 "  hint: add xen,force-assign-without-iommu if its accesses to memory may go "
                 "anywhere\n"},
    {.name = "a device without an IOMMU, on 4.17",
     .xen = "4.17",
     .prepare = fragment_protected,
     .chosen = DOM("domA", FRAGMENT("file")),
     .beside = HOST(""),
     .expected = "/chosen/domA/module@3: warning: domain domA: dev@10000000 in file cannot be "
                 "given: " NO_IOMMU},
    {.name = "a device that the IOMMU does not serve",
     .prepare = fragment_protected,
     .chosen = DOM("domA", FRAGMENT("file")),
     .beside = "iommu { compatible = \"arm,smmu-v3\"; };" HOST(""),
     .expected = GIVEN NO_IOMMU},
    {.name = "good: a device behind an IOMMU",
     .prepare = fragment_protected,
     .chosen = DOM("domA", FRAGMENT("file")),
     .beside = "iommu { compatible = \"arm,smmu-v3\"; };" HOST("iommus = <1>;"),
     .expected = ""},
    {.name = "a device of two domains",
     .prepare = fragment_forced,
     .chosen = DOM("domB", FRAGMENT("file")) DOM("domA", FRAGMENT("file")),
     .beside = HOST(""),
     .expected = GIVEN "/dev@a000000 has an interrupt that domB has\n"},
    {.name = "a device that dom0 has",
     .config = "kernel=vmlinuz\n",
     .prepare = fragment_forced,
     .chosen = DOM("domA", FRAGMENT("file")),
     .beside = HOST(""),
     .expected = "/chosen/domA/module@3: error: domain domA gets /dev@a000000, which has no "
                 "xen,passthrough\n"
                 "  hint: add xen,passthrough to its node, so that neither Xen nor dom0 uses it\n"},
    {.name = "a device without interrupts that dom0 has",
     .config = "kernel=vmlinuz\n",
     .prepare = fragment_forced,
     .chosen = DOM("domA", FRAGMENT("file")),
     .beside = "dev@a000000 { };",
     .expected = "/chosen/domA/module@3: warning: domain domA gets /dev@a000000, which has no "
                 "xen,passthrough\n"
                 "  hint: add xen,passthrough to its node, so that neither Xen nor dom0 uses it\n"},
    {.name = "a device with an interrupt that the domain does not have",
     .prepare = fragment_forced,
     .chosen = DOM("domA", "nr_spis = <32>;" FRAGMENT("file")),
     .beside = HOST(""),
     .expected = GIVEN "/dev@a000000 has interrupt 40, but nr_spis is 32\n"},
    {.name = "good: a device with an interrupt that nr_spis just has",
     .prepare = fragment_forced,
     .chosen = DOM("domA", "nr_spis = <33>;" FRAGMENT("file")),
     .beside = HOST(""),
     .expected = ""},
    {.name = "a device with an interrupt of a processor",
     .prepare = fragment_forced,
     .chosen = DOM("domA", FRAGMENT("file")),
     .beside = "dev@a000000 { interrupts = <1 7 4>; };",
     .expected = GIVEN "/dev@a000000 has an interrupt of a processor's own\n"},
    {.name = "good: a device with interrupts of another controller",
     .prepare = fragment_forced,
     .chosen = DOM("domA", FRAGMENT("file")),
     .beside = "dev@a000000 { interrupt-parent = <&other>; interrupts = <1>; };"
               "other: other { interrupt-controller; #interrupt-cells = <1>; };",
     .expected = ""},
    {.name = "paths that are not whole",
     .prepare = fragment_elsewhere,
     .chosen = DOM("domA", FRAGMENT("file")),
     .beside = "aliases { dev0 = \"/dev@a000000\"; };" HOST(""),
     .expected = "/chosen/domA/module@3: error: domain domA: a in file names /dev, which the "
                 "machine's tree does not have\n"
                 "/chosen/domA/module@3: error: domain domA: b in file names dev0, which the "
                 "machine's tree does not have\n"},
    {.name = "devices over memory",
     .prepare = fragment_over_memory,
     .chosen = DOM("domA", FRAGMENT("file")),
     .expected =
         "/chosen/domA/module@3: error: domain domA: a in file lies over the domain's memory\n"
         "  hint: choose an address outside the memory of the domain\n"
         "/chosen/domA/module@3: warning: domain domA: b in file lies over the domain's "
         "memory\n"
         "  hint: choose an address outside the memory of the domain\n"},
    {.name = "a device over the tree of its domain",
     .prepare = fragment_over_tree,
     .chosen = DOM("domA", FRAGMENT("file")),
     .expected =
         "/chosen/domA/module@3: error: domain domA: a in file lies over the domain's memory\n"
         "  hint: choose an address outside the memory of the domain\n"},
    {.name = "a phandle of Xen's",
     .prepare = fragment_of_phandle,
     .chosen = DOM("domA", FRAGMENT("file")),
     .expected = "/chosen/domA/module@3: error: domain domA: file has the phandle 64999, but Xen "
                 "takes 64998\n"
                 "  hint: leave phandles to dtc\n"},
    {.name = "good: the same before 4.22",
     .xen = "4.20",
     .prepare = fragment_of_phandle,
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
