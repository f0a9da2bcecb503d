/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of preflight of the machine: interrupts, console, depth. */
#include "rows.h"

static const struct row rows[] = {
    {.name = "an interrupt controller that Xen does not drive",
     .gic = "other,gic",
     .chosen = DOM("domA", ""),
     .expected = "error: xen.efi drives no interrupt controller of this machine\n"
                 "  hint: Xen ends without a word then\n"},
    {.name = "a build without a driver",
     .xen = "4.17",
     .lacks = "drivers",
     .chosen = DOM("domA", ""),
     .expected =
         "error: xen.efi drives no interrupt controller of this machine\n"
         "  hint: Xen ends without a word then\n"
         "warning: Xen has no console: stdout-path names no UART that Xen drives: /pl011@9000000\n"
         "  hint: add dtuart=PATH to options=\n"},
    {.name = "no console",
     .output = "",
     .chosen = DOM("domA", ""),
     .expected = "warning: Xen has no console: there is neither dtuart= nor stdout-path\n"
                 "  hint: add dtuart=PATH to options=\n"},
    {.name = "good: dtuart",
     .output = "",
     .config = "options=dtuart=/pl011@9000000\n",
     .chosen = DOM("domA", ""),
     .expected = ""},
    {.name = "good: an alias, with options of the console",
     .output = "",
     .config = "options=dtuart=serial0:115200n8\n",
     .beside = "aliases { serial0 = \"/pl011@9000000\"; };",
     .chosen = DOM("domA", ""),
     .expected = ""},
    {.name = "dtuart that is nowhere",
     .config = "options=dtuart=serial9 noreboot\n",
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:3: warning: Xen has no console: dtuart= names no node: serial9\n"
                 "  hint: add dtuart=PATH to options=\n"},
    {.name = "stdout-path that is no UART",
     .output = "stdout-path = \"/psci\";",
     .chosen = DOM("domA", ""),
     .expected = "warning: Xen has no console: stdout-path names no UART that Xen drives: /psci\n"
                 "  hint: add dtuart=PATH to options=\n"},
    {.name = "console that is switched off",
     .output = "stdout-path = \"/off\";",
     .beside = "off { compatible = \"arm,pl011\"; status = \"disabled\"; };",
     .chosen = DOM("domA", ""),
     .expected =
         "warning: Xen has no console: stdout-path names a node that is switched off: /off\n"
         "  hint: add dtuart=PATH to options=\n"},
    {.name = "console that is passed through",
     .output = "stdout-path = \"/through\";",
     .beside = "through { compatible = \"arm,pl011\"; xen,passthrough; };",
     .chosen = DOM("domA", ""),
     .expected =
         "warning: Xen has no console: stdout-path names a node that is passed through: /through\n"
         "  hint: add dtuart=PATH to options=\n"},
    {.name = "address that the bus does not have",
     .config = "kernel=vmlinuz\n",
     .beside = "bus { #address-cells = <1>; #size-cells = <1>; ranges = <0 0 0x10000000 0x1000>;"
               "    dev@800 { reg = <0x800 0x100>; }; dev@1000 { reg = <0x1000 0x100>; }; };",
     .expected =
         "/chosen: error: dom0 cannot have the node dev@1000: ranges of bus do not have its "
         "address\n"
         "  hint: write ranges; without a value, or leave it out\n"},
    {.name = "address that Xen does not map",
     .config = "kernel=vmlinuz\n",
     .beside = "bus { #address-cells = <2>; #size-cells = <1>; ranges;"
               "    far { reg = <0x10000 0 1>; }; near { reg = <0xffff 0 1>; }; };",
     .expected = "/chosen: error: dom0 cannot have the node far: Xen maps no such address\n"
                 "  hint: such addresses have 48 bits at most\n"},
    {.name = "address that a bus above does not have",
     .config = "kernel=vmlinuz\n",
     .beside = "bus { #address-cells = <1>; #size-cells = <1>;"
               "    below { #address-cells = <1>; #size-cells = <1>; ranges;"
               "        dev@800 { reg = <0x800 0x100>; }; }; };",
     .expected = "/chosen: error: dom0 cannot have the node dev@800: ranges of bus do not have "
                 "its address\n"
                 "  hint: write ranges; without a value, or leave it out\n"},
    {.name = "good: addresses of buses",
     .config = "kernel=vmlinuz\n",
     .beside = "bus { #address-cells = <1>; #size-cells = <1>; ranges = <0 0 0x10000000 0x1000>;"
               "    below { #address-cells = <1>; #size-cells = <1>; ranges;"
               "        dev@800 { reg = <0x800 0x100>; }; };"
               "    none { #address-cells = <1>; #size-cells = <0>; dev@1 { reg = <1>; }; }; };"
               "pcie { device_type = \"pci\"; #address-cells = <3>; #size-cells = <2>;"
               "    ranges = <0 0 0 0 0 0 0>; dev@0 { reg = <0 0 0 0 0>; }; };",
     .expected = ""},
    {.name = "good: addresses that nobody looks at",
     .chosen = DOM("domA", ""),
     .beside = "bus { #address-cells = <1>; #size-cells = <1>; ranges = <0>;"
               "    dev@800 { reg = <0x800 0x100>; }; };",
     .expected = ""},
    {.name = "dom0 with more cpus than redistributors",
     .config = "options=dom0_max_vcpus=200\nkernel=vmlinuz\n",
     .expected = "muster.cfg:3: error: dom0_max_vcpus= gives dom0 128 cpus, but Xen takes 123\n"
                 "  hint: its interrupt controller sets the limit\n"},
    {.name = "good: dom0 with as many cpus as redistributors",
     .config = "options=dom0_max_vcpus=123\nkernel=vmlinuz\n",
     .gic = "arm,gic-v3\"; #redistributor-regions = <2>; other = \"",
     .expected = ""},
    {.name = "dom0 with more cpus than a GICv2 has",
     .config = "options=dom0_max_vcpus=9\nkernel=vmlinuz\n",
     .gic = "arm,cortex-a15-gic",
     .expected = "muster.cfg:3: error: dom0_max_vcpus= gives dom0 9 cpus, but Xen takes 8\n"
                 "  hint: its interrupt controller sets the limit\n"},
    {.name = "a node too deep",
     .beside = "a { b { c { d { e { f { g { h { i { j { k { l { m { n { o { p { }; }; }; }; }; }; "
               "}; }; }; }; }; }; }; }; }; };",
     .chosen = DOM("domA", ""),
     .expected = "warning: the node p is 16 deep in the tree, but Xen takes 15\n"
                 "  hint: Xen leaves it out\n"},
    {.name = "a node too deep, for 4.19",
     .xen = "4.19",
     .beside = "a { b { c { d { e { f { g { h { i { j { k { l { m { n { o { p { }; }; }; }; }; }; "
               "}; }; }; }; }; }; }; }; }; };",
     .chosen = DOM("domA", ""),
     .expected = "error: the node p is 16 deep in the tree, but Xen takes 15\n"
                 "  hint: Xen up to 4.19 never ends then\n"},
    {.name = "good: a node as deep as can be",
     .beside = "a { b { c { d { e { f { g { h { i { j { k { l { m { n { o { }; }; }; }; }; }; }; "
               "}; }; }; }; }; }; }; };",
     .chosen = DOM("domA", ""),
     .expected = ""},
};

static void test_no_interrupt_controller(void **state)
{
    struct boot *boot = *state;

    boot_run(boot, "kernel=vmlinuz\n", "/dts-v1/; / { };");
    assert_diagnosed(boot,
                     "error: the device tree has no interrupt controller, which xen.efi needs");
}

int main(void)
{
    const struct CMUnitTest others[] = {boot_test(test_no_interrupt_controller)};

    return rows_run("preflight machine", rows, sizeof(rows) / sizeof(rows[0]), others, 1);
}
