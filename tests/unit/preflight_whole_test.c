/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of preflight of the machine, of the file that is to be Xen, and of the tree as a whole. */
#include "rows.h"

#include <libfdt.h>
#include <stdlib.h>

static void at_el1(struct boot *boot)
{
    boot->request.exception_level = 1;
}

static void policy(struct boot *boot)
{
    add_file(boot, "/EFI/muster/policy", "\x8c\xff\x7c\xf9", 4, 4096);
}

static void at_unknown_level(struct boot *boot)
{
    boot->request.exception_level = 0;
}

/* As Xen's own, but for what Linux says of itself, and with this machine. */
static void add_program(struct boot *boot, unsigned char machine_low, unsigned char machine_high)
{
    add_file(boot, XEN_NAME, image_xen(20000), 20000, 20000);
    memset(content + 56, 0, 4);
    content[68] = machine_low;
    content[69] = machine_high;
}

static void xen_for_x86(struct boot *boot)
{
    add_program(boot, 0x64, 0x86);
}

static void xen_without_header(struct boot *boot)
{
    add_program(boot, 0x64, 0xaa);
    content[64] = 'X';
}

static void xen_of_header_elsewhere(struct boot *boot)
{
    add_program(boot, 0x64, 0xaa);
    memset(content + 60, 0xff, 4);
}

static void xen_is_short(struct boot *boot)
{
    add_file(boot, XEN_NAME, "MZ", 2, 4);
}

static void xen_is_missing(struct boot *boot)
{
    machine_remove_file(&boot->machine, XEN_NAME);
}

static void xen_is_gzip(struct boot *boot)
{
    add_file(boot, XEN_NAME, "\x1f\x8b", 2, 4096);
}

static void xen_is_text(struct boot *boot)
{
    add_file(boot, XEN_NAME, "hello", 5, 4096);
}

/* Its header counts more sections than it has room for; those that are there are empty. */
static void xen_of_many_sections(struct boot *boot)
{
    add_file(boot, XEN_NAME, image_xen(20000), 20000, 20000);
    content[64 + 7] = 2;
    memset(content + 64 + 24 + 0xa0, 0, 20000 - 64 - 24 - 0xa0);
}

static void xen_of_cut_headers(struct boot *boot)
{
    add_file(boot, XEN_NAME, image_xen(200), 200, 200);
}

static void xen_is_cut_off(struct boot *boot)
{
    add_cut_off(boot, XEN_NAME);
}

/* Makes large.dtb, of TREE_SIZE_MAX bytes without `spare`. */
static void add_large_tree(struct boot *boot, unsigned spare)
{
    static unsigned char tree[TREE_SIZE_MAX];
    void *compiled = tree_compile(TREE("xen,xen-bootargs = \"\";"), NULL);
    void *value = NULL;

    assert_int_equal(fdt_open_into(compiled, tree, sizeof(tree)), 0);
    assert_int_equal(fdt_setprop(tree, 0, "large", NULL, 0), 0);
    assert_int_equal(fdt_pack(tree), 0);
    spare += fdt_totalsize(tree);
    fdt_set_totalsize(tree, sizeof(tree));
    assert_int_equal(
        fdt_setprop_placeholder(tree, 0, "large", (int)(TREE_SIZE_MAX - spare) & ~3, &value), 0);
    memset(value, 0, (TREE_SIZE_MAX - spare) & ~3U);
    assert_int_equal(fdt_pack(tree), 0);
    machine_add_file(&boot->machine, "/EFI/muster/large.dtb", tree, fdt_totalsize(tree));
    free(compiled);
}

static void xen_is_linux(struct boot *boot)
{
    add_file(boot, XEN_NAME, image_xen(20000), 20000, 20000);
    memset(content + 10000, 'x', 5000); /* all that was Xen's */
    strcpy((char *)content + 15000, "initcall_debug");
}

static const struct row rows[] = {
    {.name = "EL1",
     .prepare = at_el1,
     .chosen = DOM("domA", ""),
     .expected =
         "error: the firmware runs at EL1, but Xen needs EL2\n"
         "  hint: enable virtualization in the firmware (QEMU: -machine virt,virtualization=on)\n"},
    {.name = "exception level not known",
     .prepare = at_unknown_level,
     .chosen = DOM("domA", ""),
     .expected = ""},
    {.name = "nothing to boot",
     .expected =
         "muster.cfg:1: error: there is nothing to boot: no kernel for dom0 and no domain\n"
         "  hint: give dom0 a kernel=, or describe domains in the device tree or with domains=\n"},
    {.name = "nothing to boot but a policy",
     .prepare = policy,
     .chosen = "module@1 { compatible = \"xen,xsm-policy\"; uefi,binary = \"policy\"; };",
     .expected =
         "muster.cfg:1: error: there is nothing to boot: no kernel for dom0 and no domain\n"
         "  hint: give dom0 a kernel=, or describe domains in the device tree or with domains=\n"},
    {.name = "node that was to be a domain",
     .chosen =
         DOM("domA", "") "domB { cpus = <1>; " RAMDISK("a", "ramdisk") RAMDISK("b", "ramdisk") "};",
     .expected =
         "/chosen/domB: warning: the node domB is no domain: its compatible is not xen,domain\n"
         "  hint: write compatible = \"xen,domain\"\n"},
    {.name = "nothing but a node that was to be a domain",
     .chosen = "domB { compatible = \"xen,domains\"; memory = <0 1>; " RAMDISK("a", "ramdisk") "};",
     .expected =
         "/chosen/domB: error: the node domB is no domain: its compatible is not xen,domain\n"
         "  hint: write compatible = \"xen,domain\"\n"},
    {.name = "xen is for x86",
     .prepare = xen_for_x86,
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:2: error: xen.efi is not an EFI program for arm64\n"
                 "  hint: it is for another processor\n"},
    {.name = "xen is Linux",
     .prepare = xen_is_linux,
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:2: error: xen.efi is Linux, not Xen\n"
                 "  hint: give the xen.efi that was built with the hypervisor\n"},
    {.name = "xen without a header",
     .prepare = xen_without_header,
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:2: error: xen.efi is not an EFI program for arm64\n"
                 "  hint: give the xen.efi that was built with the hypervisor\n"},
    {.name = "xen with its header outside",
     .prepare = xen_of_header_elsewhere,
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:2: error: xen.efi is not an EFI program for arm64\n"
                 "  hint: give the xen.efi that was built with the hypervisor\n"},
    {.name = "xen is four bytes",
     .prepare = xen_is_short,
     .chosen = DOM("domA", "capabilities = <0>;"),
     .expected = "muster.cfg:2: error: xen.efi is not an EFI program for arm64\n"
                 "  hint: give the xen.efi that was built with the hypervisor\n"},
    {.name = "xen of many sections",
     .prepare = xen_of_many_sections,
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:2: error: xen.efi is not an EFI program for arm64\n"
                 "  hint: its headers contradict each other\n"},
    {.name = "xen is cut off in its headers",
     .prepare = xen_of_cut_headers,
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:2: error: xen.efi is cut off: it ends within its headers\n"
                 "  hint: was it copied completely?\n"},
    {.name = "xen is gzip",
     .prepare = xen_is_gzip,
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:2: error: xen.efi is not an EFI program for arm64\n"
                 "  hint: it is gzip data; give the xen.efi that was built with the hypervisor\n"},
    {.name = "xen is no program",
     .prepare = xen_is_text,
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:2: error: xen.efi is not an EFI program for arm64\n"
                 "  hint: give the xen.efi that was built with the hypervisor\n"},
    {.name = "xen is cut off",
     .prepare = xen_is_cut_off,
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:2: error: xen.efi is cut off: it has 20000 of 36864 bytes\n"
                 "  hint: was it copied completely?\n"},
    {.name = "xen is not there",
     .prepare = xen_is_missing,
     .chosen = DOM("domA", "capabilities = <0>;"),
     .expected = "muster.cfg:2: error: cannot open the hypervisor xen.efi: there is no such file\n"
                 "  hint: put it into /EFI/muster of the loader's partition\n"},
    {.name = "domain elsewhere",
     .chosen = DOM("domA", ""),
     .beside = "soc { domB { compatible = \"xen,domain\"; }; };",
     .expected = "/soc/domB: warning: Xen does not look for domains here\n"
                 "  hint: move it right below /chosen\n"},
    {.name = "domain in what Xen takes for /chosen",
     .chosen = DOM("domA", ""),
     .beside = "chosenx { domB { compatible = \"xen,domain\"; module { compatible = "
               "\"multiboot,module\"; }; }; };",
     .expected = "/chosenx/domB: error: Xen does not look for domains here\n"
                 "  hint: move it right below /chosen\n"},
    {.name = "domain in what Xen takes for /chosen, its module in memory",
     .chosen = DOM("domA", ""),
     .beside = "chosenx { domB { compatible = \"xen,domain\"; module { compatible = "
               "\"multiboot,module\"; reg = <0 0x48000000 0 0x1000>; }; }; };",
     .expected = "/chosenx/domB: warning: Xen does not look for domains here\n"
                 "  hint: move it right below /chosen\n"},
    {.name = "domain that is the machine",
     .chosen = DOM("domA", ""),
     .beside = "}; / { compatible = \"xen,domain\";",
     .expected = "/: warning: Xen does not look for domains here\n"
                 "  hint: move it right below /chosen\n"},
    {.name = "domain far below",
     .chosen = DOM("domA", ""),
     .beside = "a {b {c {d {e {f {g {h {i {j {k {l {m {n { "
               "thirty-letters-are-in-this-name-thirty-letters-are-in-this-name { "
               "compatible = \"xen,domain\"; o { compatible = \"xen,domain\"; };"
               "}; }; }; }; }; }; }; }; }; }; }; }; }; }; };",
     .expected = "warning: the node o is 16 deep in the tree, but Xen takes 15\n"
                 "  hint: Xen leaves it out\n"
                 "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/"
                 "thirty-letters-are-in-this-name-thirty-letters-are-in-this-name: warning: Xen "
                 "does not look for domains here\n"
                 "  hint: move it right below /chosen\n"
                 "(a node too deep to name): warning: Xen does not look for domains here\n"
                 "  hint: move it right below /chosen\n"},
    {.name = "domain in a domain",
     .chosen = DOM("domA", "domB { compatible = \"xen,domain\"; };"),
     .expected = "/chosen/domA/domB: warning: Xen does not look for domains here\n"
                 "  hint: move it right below /chosen\n"},
    {.name = "compatible that is not a text",
     .chosen = DOM("domA", ""),
     .beside = "a { compatible = [61]; };",
     .expected = "/a: error: compatible is no text, and Xen reads on behind it\n"
                 "  hint: write compatible = \"TEXT\"\n"},
    {.name = "good: compatible of nothing",
     .chosen = DOM("domA", ""),
     .beside = "b { compatible; };",
     .expected = ""},
};

/* Additions to the base tree make it too large. */
static void test_a_finished_tree_too_large(void **state)
{
    struct boot *boot = *state;

    add_large_tree(boot, 4096 + 1000);
    boot_run(boot, "dtb=large.dtb\nkernel=vmlinuz\n", NULL);
    assert_diagnostics(boot, "");
    add_large_tree(boot, 4096 + 4);
    boot_run(boot, "dtb=large.dtb\nkernel=vmlinuz\n", NULL);
    assert_diagnosed(boot, "error: the finished device tree has 2093209 bytes, but Xen takes "
                           "2093056");
    assert_diagnosed(boot, "  hint: Xen takes 2 MiB, and its EFI stub adds a page");
    assert_int_equal(boot->system.diagnostics.counts[SEVERITY_ERROR], 1);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        boot_test(test_a_finished_tree_too_large),
    };

    return rows_run("preflight whole", rows, sizeof(rows) / sizeof(rows[0]), others,
                    sizeof(others) / sizeof(others[0]));
}
