/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of preflight of domains. */
#include "rows.h"

/* The console of Xen with registers of a size, and an interrupt of the second 32. */
#define UART(size)                                                                                 \
    "u: u@9001000 { compatible = \"arm,pl011\"; reg = <0 0x9001000 0 " size ">; "                  \
    "interrupt-parent = <&gic>; interrupts = <0 32 4>; };"
#define STATIC "direct-map; xen,static-mem = <0 0x60000000 0 0x8000000>; "

static const struct row rows[] = {
    {.name = "no cpus",
     .chosen = DOM_WITH("domA", "memory = <0 0x20000>;", ""),
     .expected = "/chosen/domA: error: domain domA does not say how many cpus it has\n"
                 "  hint: add cpus = <N>, one cell\n"},
    {.name = "no cpu",
     .chosen = DOM_WITH("domA", "cpus = <0>; memory = <0 0x20000>;", ""),
     .expected = "/chosen/domA: error: domain domA has 0 cpus\n"
                 "  hint: a domain has at least one\n"},
    {.name = "two cells of cpus",
     .chosen = DOM_WITH("domA", "cpus = <0 1>; memory = <0 0x20000>;", ""),
     .expected = "/chosen/domA: warning: domain domA: cpus is to be written cpus = <NUMBER>\n"
                 "  hint: Xen reads the start of it\n"
                 "/chosen/domA: error: domain domA has 0 cpus\n"
                 "  hint: a domain has at least one\n"},
    {.name = "too many cpus",
     .chosen = DOM_WITH("domA", "cpus = <129>; memory = <0 0x20000>;", ""),
     .expected = "/chosen/domA: error: domain domA has 129 cpus, but Xen takes 128\n"
                 "  hint: its interrupt controller sets the limit\n"},
    {.name = "good: two domains of many cpus",
     .chosen = DOM_WITH("domA", "cpus = <9>; memory = <0 0x20000>;", "")
         DOM_WITH("domB", "cpus = <128>; memory = <0 0x20000>;", ""),
     .expected = ""},
    {.name = "too many cpus for GICv2",
     .gic = "arm,gic-400",
     .chosen = DOM_WITH("domA", "cpus = <9>; memory = <0 0x20000>;", ""),
     .expected = "/chosen/domA: error: domain domA has 9 cpus, but Xen takes 8\n"
                 "  hint: its interrupt controller sets the limit\n"},
    {.name = "too many cpus for another GICv2",
     .gic = "arm,cortex-a15-gic",
     .chosen = DOM_WITH("domA", "cpus = <9>; memory = <0 0x20000>;", ""),
     .expected = "/chosen/domA: error: domain domA has 9 cpus, but Xen takes 8\n"
                 "  hint: its interrupt controller sets the limit\n"},
    {.name = "good: as many cpus as a GICv2 takes",
     .gic = "arm,gic-400",
     .chosen = DOM_WITH("domA", "cpus = <8>; memory = <0 0x20000>;", ""),
     .expected = ""},
    {.name = "good: a GICv3 that can be a GICv2",
     .gic = "arm,gic-400\", \"arm,gic-v3",
     .chosen = DOM_WITH("domA", "cpus = <9>; memory = <0 0x20000>;", ""),
     .expected = ""},
    {.name = "long name",
     .chosen = DOM_OF("a2345678901234567890123456789012345678901",
                      KERNEL("vmlinuz", "bootargs = \"quiet\";"), ""),
     .expected = "/chosen/a2345678901234567890123456789012345678901: warning: domain "
                 "a2345678901234567890123456789012345678901: its name has 41 characters, so Xen "
                 "does not find its command line\n"
                 "  hint: shorten the name to 40 characters\n"},
    {.name = "good: long name without a command line",
     .chosen = DOM("a23456789012345678901234567890123456789012345", ""),
     .expected = ""},
    {.name = "name with a unit address",
     .chosen = DOM_OF("domU@1", KERNEL("vmlinuz", "bootargs = \"quiet\";"), "reg = <0 1 0 0>;"),
     .expected = "/chosen/domU@1: warning: domain domU@1: its name has an @, so Xen does not find "
                 "its command line\n"
                 "  hint: rename the node\n"},
    {.name = "command line of a ramdisk",
     .chosen = DOM_ALL("domA", CELLS SIZE,
                       MODULE("module@1", "\"multiboot,ramdisk\", \"multiboot,module\"", "ramdisk",
                              "bootargs = \"a\";") KERNEL_2("vmlinuz", "bootargs = \"b\";"),
                       ""),
     .expected = "/chosen/domA/module@1: warning: domain domA: the first bootargs counts, which is "
                 "not the kernel's\n"
                 "  hint: put it into the module of the kernel\n"},
    {.name = "command line of a kernel that Xen does not take",
     .chosen = DOM_ALL(
         "domA", CELLS SIZE,
         KERNEL("vmlinuz", "bootargs = \"a\";") KERNEL_2("vmlinuz", "bootargs = \"b\";"), ""),
     .expected = "/chosen/domA/module@2: warning: domA has more than one kernel\n"
                 "  hint: Xen takes the last one\n"},
    {.name = "command line of the last of two kernels",
     .chosen = DOM_ALL("domA", CELLS SIZE,
                       KERNEL("vmlinuz", "") KERNEL_2("vmlinuz", "bootargs = \"b\";"), ""),
     .expected = "/chosen/domA/module@2: warning: domA has more than one kernel\n"
                 "  hint: Xen takes the last one\n"},
    {.name = "cpus that are text",
     .chosen = DOM_WITH("domA", "cpus = \"two\"; memory = <0 0x20000>;", ""),
     .expected = "/chosen/domA: error: domain domA: cpus is to be written cpus = <NUMBER>\n"
                 "  hint: such as cpus = <1>\n"},
    {.name = "nr_spis",
     .chosen = DOM("domA", "nr_spis = <989>;"),
     .expected = "/chosen/domA: error: domain domA: nr_spis cannot be 989\n"
                 "  hint: give it a number from 0 to 960\n"},
    {.name = "good: nr_spis at the limit",
     .chosen = DOM("domA", "nr_spis = <960>;"),
     .expected = ""},
    {.name = "nr_spis that wraps around",
     .chosen = DOM("domA", "nr_spis = <0xffffffe1>;"),
     .expected = "/chosen/domA: warning: domain domA: nr_spis of 4294967265 counts as 0\n"
                 "  hint: give it a number from 0 to 960\n"},
    {.name = "nr_spis that wraps around, with vpl011",
     .chosen = DOM("domA", "vpl011; nr_spis = <0xffffffe1>;"),
     .xen = "4.17",
     .lacks = "CONFIG_GICV3_ESPI",
     .expected = "/chosen/domA: error: domain domA: nr_spis cannot be 4294967265\n"
                 "  hint: give it a number from 0 to 960\n"},
    {.name = "nr_spis that nearly wraps around, on 4.17",
     .xen = "4.17",
     .chosen = DOM("domA", "nr_spis = <0xffffffe0>;"),
     .lacks = "CONFIG_GICV3_ESPI",
     .expected = "/chosen/domA: error: domain domA: nr_spis cannot be 4294967264\n"
                 "  hint: give it a number from 0 to 960\n"},
    {.name = "nr_spis beyond the limit, on 4.17",
     .xen = "4.17",
     .chosen = DOM("domA", "nr_spis = <961>;"),
     .expected = "/chosen/domA: error: domain domA: nr_spis cannot be 961\n"
                 "  hint: give it a number from 0 to 960\n"},
    {.name = "nr_spis of an extended range",
     .chosen = DOM("domA", "nr_spis = <4064>;"),
     .expected = "/chosen/domA: warning: domain domA: nr_spis of 4064 is taken only on some\n"
                 "  hint: up to 960 it is taken on every machine\n"},
    {.name = "nr_spis of an extended range, that Xen lacks",
     .lacks = "CONFIG_GICV3_ESPI",
     .xen = "4.23",
     .chosen = DOM("domA", "nr_spis = <4064>;"),
     .expected = "/chosen/domA: error: domain domA: nr_spis cannot be 4064\n"
                 "  hint: give it a number from 0 to 960\n"},
    {.name = "no interrupt for vpl011",
     .chosen = DOM("domA", "nr_spis = <0>; vpl011;"),
     .expected = "/chosen/domA: error: domain domA has vpl011, but no interrupt for it\n"
                 "  hint: give nr_spis 1 at least, or leave it out\n"},
    {.name = "no interrupt for vpl011, on 4.17",
     .xen = "4.17",
     .chosen = DOM("domA", "nr_spis = <0>; vpl011;"),
     .expected = "/chosen/domA: warning: domain domA has vpl011, but no interrupt for it\n"
                 "  hint: give nr_spis 1 at least, or leave it out\n"},
    {.name = "no interrupt for vpl011 with direct-map",
     .output = "stdout-path = \"/u\";",
     .beside = UART("0x1000"),
     .chosen = DOM("domA", STATIC "vpl011; nr_spis = <32>;"),
     .expected = "/chosen/domA: error: domain domA has vpl011, but no interrupt for it\n"
                 "  hint: give nr_spis 33 at least, or leave it out\n"},
    {.name = "good: an interrupt for vpl011 with direct-map",
     .output = "stdout-path = \"/u\";",
     .beside = UART("0x1000"),
     .chosen = DOM("domA", STATIC "vpl011; nr_spis = <33>;"),
     .expected = ""},
    {.name = "good: no vpl011 with direct-map",
     .output = "stdout-path = \"/u\";",
     .beside = UART("0x400"),
     .chosen = DOM("domA", STATIC "nr_spis = <32>;"),
     .expected = ""},
    {.name = "no page for vpl011 with direct-map",
     .output = "stdout-path = \"/u\";",
     .beside = UART("0x400"),
     .chosen = DOM("domA", STATIC "vpl011;"),
     .expected = "/chosen/domA: error: domain domA has vpl011 in the place of Xen's console, which "
                 "has no page of its own\n"
                 "  hint: leave out vpl011 or direct-map\n"},
    {.name = "no page for vpl011 with direct-map, on 4.17",
     .xen = "4.17",
     .output = "stdout-path = \"/u\";",
     .beside = UART("0x400"),
     .chosen = DOM("domA", STATIC "vpl011;"),
     .expected = "/chosen/domA: warning: domain domA has vpl011 in the place of Xen's console, "
                 "which has no page of its own\n"
                 "  hint: leave out vpl011 or direct-map\n"},
    {.name = "good: any console of a hardware domain",
     .chosen = DOM_OF("domA", KERNEL("vmlinuz", "bootargs = \"console=hvc0\";"),
                      "capabilities = <2>;" STATIC),
     .expected = ""},
    {.name = "good: no interrupts", .chosen = DOM("domA", "nr_spis = <0>;"), .expected = ""},
    {.name = "memory for page tables of none",
     .chosen = DOM("domA", "xen,domain-p2m-mem-mb = <0>;"),
     .expected = "/chosen/domA: error: domain domA: xen,domain-p2m-mem-mb cannot be 0\n"
                 "  hint: give it a number from 1 to 16777215\n"},
    {.name = "trap-unmapped-accesses",
     .chosen = DOM("domA", "trap-unmapped-accesses = <2>;"),
     .expected = "/chosen/domA: error: domain domA: trap-unmapped-accesses cannot be 2\n"
                 "  hint: give it a number from 0 to 1\n"},
    {.name = "max_grant_version 2",
     .chosen = DOM("domA", "max_grant_version = <2>;"),
     .expected = "/chosen/domA: error: domain domA: max_grant_version cannot be 2\n"
                 "  hint: for 2, add gnttab=max-ver:2 to options=\n"},
    {.name = "good: max_grant_version 2 that is asked for",
     .config = "options=gnttab=max-ver:2\n",
     .chosen = DOM("domA", "max_grant_version = <2>;"),
     .expected = ""},
    {.name = "good: max_grant_version of which Xen reads four bits",
     .chosen = DOM("domA", "max_grant_version = <17>;"),
     .expected = ""},
    {.name = "max_grant_frames of none",
     .chosen = DOM("domA", "max_grant_frames = <0>;"),
     .expected = "/chosen/domA: error: domain domA: max_grant_frames cannot be 0\n"
                 "  hint: give it a number from 1 to 8388607\n"},
    {.name = "sve that this Xen is built without",
     .xen = "4.20",
     .lacks = "CONFIG_ARM64_SVE",
     .chosen = DOM("domA", "sve = <128>;"),
     .expected = "/chosen/domA: error: domain domA has sve, but xen.efi is built without it\n"
                 "  hint: use a Xen that is built with CONFIG_ARM64_SVE\n"},
    {.name = "sve that the processor lacks",
     .xen = "4.20",
     .chosen = DOM("domA", "sve = <128>;"),
     .expected = "/chosen/domA: error: domain domA has sve, but arm,cortex-a57 has none\n"
                 "  hint: leave it out\n"},
    {.name = "sve that a processor of QEMU may lack",
     .xen = "4.20",
     .beside = "}; / { compatible = \"linux,dummy-virt\";",
     .chosen = DOM("domA", "sve = <128>;"),
     .expected = "/chosen/domA: warning: domain domA has sve, but arm,cortex-a57 has none\n"
                 "  hint: run it with -cpu max\n"},
    {.name = "good: the longest sve", .chosen = DOM("domA", "sve = <0xffffffff>;"), .expected = ""},
    {.name = "v8r_el1_msa",
     .chosen = DOM("domA", "v8r_el1_msa = \"mpu\";"),
     .expected = "/chosen/domA: error: domain domA has v8r_el1_msa, which is for processors "
                 "without an MMU\n"
                 "  hint: leave it out\n"},
    {.name = "good: v8r_el1_msa on a Xen before it",
     .xen = "4.21",
     .chosen = DOM("domA", "v8r_el1_msa = \"mpu\";"),
     .expected = "/chosen/domA: warning: domain domA: xen.efi does not know the property "
                 "v8r_el1_msa and ignores it\n"
                 "  hint: Xen 4.22 and later do\n"},
    {.name = "xen,sci_type",
     .chosen = DOM("domA", "xen,sci_type = \"scmi\";"),
     .expected = "/chosen/domA: error: domain domA: xen,sci_type cannot be \"scmi\"\n"
                 "  hint: write \"none\" or \"scmi_smc\"\n"},
    {.name = "good: xen,sci_type",
     .chosen = DOM("domA", "xen,sci_type = \"scmi_smc\";"),
     .expected = ""},
    {.name = "xen,sci_type that this Xen is built without",
     .xen = "4.22",
     .lacks = "CONFIG_SCMI_SMC",
     .chosen = DOM("domA", "xen,sci_type = \"scmi_smc\";"),
     .expected = "/chosen/domA: error: domain domA has xen,sci_type = \"scmi_smc\", but xen.efi is "
                 "built without it\n"
                 "  hint: use a Xen that is built with CONFIG_SCMI_SMC\n"},
    {.name = "legacy on a Xen before it",
     .xen = "4.20",
     .chosen = DOM("domA", "xen,enhanced = \"legacy\";"),
     .expected = "/chosen/domA: warning: domain domA: xen,enhanced cannot be \"legacy\"\n"
                 "  hint: Xen takes it as disabled\n"},
    {.name = "xen,enhanced that is a number",
     .chosen = DOM("domA", "xen,enhanced = <1>;"),
     .expected = "/chosen/domA: warning: domain domA: xen,enhanced cannot be \"\"\n"
                 "  hint: Xen takes it as disabled\n"},
    {.name = "xenstore beside dom0",
     .config = "kernel=vmlinuz\noptions=dom0_mem=128M\n",
     .chosen = DOM("domA", "capabilities = <4>;"),
     .expected = "/chosen/domA: error: domain domA is a xenstore domain, but so is dom0\n"
                 "  hint: only one domain can be it\n"},
    {.name = "good: capabilities on a Xen before them",
     .xen = "4.20",
     .chosen = DOM("domA", "capabilities = <2>; nr_spis = <32>;"),
     .expected = "/chosen/domA: warning: domain domA: xen.efi does not know the property "
                 "capabilities and ignores it\n"
                 "  hint: Xen 4.21 and later do\n"},
    {.name = "hardware domain without direct-map",
     .chosen = DOM("domA", "capabilities = <2>;"),
     .expected = "/chosen/domA: error: domain domA is the hardware domain, but has no direct-map, "
                 "and the machine no IOMMU\n"
                 "  hint: give it direct-map and xen,static-mem\n"},
    {.name = "good: hardware domain without direct-map, behind an IOMMU",
     .beside = "iommu { compatible = \"arm,smmu-v3\"; };",
     .chosen = DOM("domA", "capabilities = <2>;"),
     .expected = ""},
    {.name = "direct-map without a console of Xen's",
     .output = "",
     .chosen = DOM("domA", "direct-map; xen,static-mem = <0 0x60000000 0 0x8000000>;")
         DOM("domB", "direct-map; xen,static-mem = <0 0x70000000 0 0x8000000>; nr_spis = <32>;"),
     .expected =
         "warning: Xen has no console: there is neither dtuart= nor stdout-path\n"
         "  hint: add dtuart=PATH to options=\n"
         "/chosen/domA: error: domain domA has direct-map, for which Xen needs a console of "
         "its own\n"
         "  hint: add dtuart=PATH, or give it nr_spis and no vpl011\n"},
    {.name = "hardware domain with nr_spis",
     .chosen = DOM("domA", "capabilities = <2>; direct-map; xen,static-mem = <0 0x60000000 0 "
                           "0x8000000>; nr_spis = <32>;"),
     .expected = "/chosen/domA: error: domain domA is the hardware domain, which takes no nr_spis\n"
                 "  hint: leave it out\n"},
    {.name = "many cpus for the tree of 4.17",
     .xen = "4.17",
     .chosen = DOM_WITH("domA", "cpus = <34>; memory = <0 0x20000>;", ""),
     .expected = "/chosen/domA: error: domain domA needs a device tree of 4162 bytes, but this Xen "
                 "has room for 4096\n"
                 "  hint: give it fewer cpus, a shorter command line or less shared memory; Xen "
                 "4.22 has room for more\n"},
    {.name = "good: as many cpus as the tree of 4.17 takes",
     .xen = "4.17",
     .chosen = DOM_WITH("domA", "cpus = <33>; memory = <0 0x20000>;", ""),
     .expected = ""},
    {.name = "good: room that the tree of 4.17 has for a ramdisk",
     .xen = "4.17",
     .chosen = DOM_ALL("domA", CELLS "cpus = <33>; memory = <0 0x20000>;",
                       KERNEL("vmlinuz", "") RAMDISK("m@2", "ramdisk"), ""),
     .expected = ""},
    {.name = "good: a console without its speed",
     .xen = "4.17",
     .chosen = DOM_ALL("domA", CELLS "cpus = <32>; memory = <0 0x20000>; vpl011;",
                       KERNEL("vmlinuz", ""), ""),
     .expected = ""},
    {.name = "a console without its speed, and more",
     .xen = "4.17",
     .chosen = DOM_ALL("domA",
                       CELLS "cpus = <30>; memory = <0 0x20000>; vpl011; "
                             "xen,enhanced = \"no-xenstore\";",
                       KERNEL("vmlinuz", "bootargs = \"quiet\";"), ""),
     .expected = "/chosen/domA: error: domain domA needs a device tree of 4117 bytes, but this Xen "
                 "has room for 4096\n"
                 "  hint: give it fewer cpus, a shorter command line or less shared memory; Xen "
                 "4.22 has room for more\n"},
    {.name = "many cpus and the command line of the last kernel for the tree of 4.17",
     .xen = "4.17",
     .chosen = DOM_ALL("domA", CELLS "cpus = <33>; memory = <0 0x20000>;",
                       KERNEL("vmlinuz", "") KERNEL_2("vmlinuz", "bootargs = \"quiet ro\";"), ""),
     .expected = "/chosen/domA: error: domain domA needs a device tree of 4099 bytes, but this Xen "
                 "has room for 4096\n"
                 "  hint: give it fewer cpus, a shorter command line or less shared memory; Xen "
                 "4.22 has room for more\n"
                 "/chosen/domA/module@2: warning: domA has more than one kernel\n"
                 "  hint: Xen takes the last one\n"},
    {.name = "many cpus and the last of two fragments for the tree of 4.17",
     .xen = "4.17",
     .prepare = fragment_good,
     .chosen =
         DOM_ALL("domA", CELLS "cpus = <32>; memory = <0 0x20000>;",
                 KERNEL("vmlinuz", "") FRAGMENT_AT("module@2", "ramdisk") FRAGMENT("file"), ""),
     .beside = "eth: ethernet@fe000000 { xen,passthrough; };",
     .expected = "/chosen/domA: error: domain domA needs a device tree of 4435 bytes, but this Xen "
                 "has room for 4096\n"
                 "  hint: give it fewer cpus, a shorter command line or less shared memory; Xen "
                 "4.22 has room for more\n"
                 "/chosen/domA/module@3: warning: domA has more than one device tree\n"
                 "  hint: Xen takes the last one\n"},
    {.name = "many cpus and more for the tree of 4.20",
     .xen = "4.20",
     .chosen = DOM_OF("domA", KERNEL("vmlinuz", "bootargs = \"quiet\";"), "") DOM_ALL(
         "domB", CELLS "cpus = <29>; memory = <0 0x20000>;",
         KERNEL("vmlinuz", "bootargs = \"console=ttyAMA0 quiet\";") RAMDISK("m@2", "ramdisk"),
         "vpl011; xen,enhanced = \"no-xenstore\";"),
     .expected = ""},
    {.name = "good: the tree of 4.22",
     .xen = "4.22",
     .chosen = DOM_WITH("domA", "cpus = <128>; memory = <0 0x20000>;", ""),
     .expected = ""},
    {.name = "nr_spis of a Xen that is newer than what was seen",
     .xen = "4.99",
     .chosen = DOM("domA", "nr_spis = <989>;"),
     .expected = "/chosen/domA: warning: domain domA: nr_spis cannot be 989\n"
                 "  hint: so it is up to Xen 4.23, but this is Xen 4.99, which may take it\n"},
    {.name = "nr_spis that is text",
     .chosen = DOM("domA", "nr_spis = \"many\";"),
     .expected = "/chosen/domA: error: domain domA: nr_spis is to be written nr_spis = <NUMBER>\n"
                 "  hint: such as nr_spis = <1>\n"},
    {.name = "max_grant_version",
     .chosen = DOM("domA", "max_grant_version = <3>;"),
     .expected = "/chosen/domA: error: domain domA: max_grant_version cannot be 3\n"
                 "  hint: give it 1\n"},
    {.name = "max_grant_version of none",
     .chosen = DOM("domA", "max_grant_version = <0>;"),
     .expected = "/chosen/domA: error: domain domA: max_grant_version cannot be 0\n"
                 "  hint: give it 1\n"},
    {.name = "max_grant_frames",
     .chosen = DOM("domA", "max_grant_frames = <0x80000000>;"),
     .expected = "/chosen/domA: error: domain domA: max_grant_frames cannot be 2147483648\n"
                 "  hint: give it a number from 1 to 8388607\n"},
    {.name = "max_maptrack_frames",
     .chosen = DOM("domA", "max_maptrack_frames = <0xffffffff>;"),
     .expected = "/chosen/domA: error: domain domA: max_maptrack_frames cannot be 4294967295\n"
                 "  hint: give it a number from 0 to 2147483647\n"},
    {.name = "capabilities",
     .chosen = DOM("domA", "capabilities = <8>;"),
     .expected = "/chosen/domA: error: domain domA: capabilities cannot be 8\n"
                 "  hint: give it a number from 0 to 7\n"},
    {.name = "two hardware domains",
     .chosen =
         DOM("domA", "capabilities = <2>; xen,static-mem = <0 0x60000000 0 0x8000000>; direct-map;")
             DOM("domB",
                 "capabilities = <3>; xen,static-mem = <0 0x50000000 0 0x8000000>; direct-map;"),
     .expected = "/chosen/domB: error: domain domB is a hardware domain, but so is domA\n"
                 "  hint: only one domain can be it\n"},
    {.name = "hardware domain beside dom0",
     .config = "options=dom0_mem=128M\nkernel=vmlinuz\n",
     .chosen = DOM("domA",
                   "capabilities = <2>; xen,static-mem = <0 0x60000000 0 0x8000000>; direct-map;"),
     .expected = "/chosen/domA: error: domain domA is a hardware domain, but so is dom0\n"
                 "  hint: only one domain can be it\n"},
    {.name = "two xenstore domains",
     .chosen = DOM("domA", "capabilities = <4>;") DOM("domB", "capabilities = <4>;"),
     .expected = "/chosen/domB: error: domain domB is a xenstore domain, but so is domA\n"
                 "  hint: only one domain can be it\n"},
    {.name = "hardware domain with passthrough",
     .chosen = DOM("domA", "capabilities = <2>; xen,static-mem = <0 0x60000000 0 0x8000000>; "
                           "direct-map; passthrough = \"enabled\";"),
     .expected =
         "/chosen/domA: error: domain domA is the hardware domain, which takes no passthrough\n"
         "  hint: it has all devices without being told\n"},
    {.name = "hardware domain with a fragment",
     .prepare = fragment_good,
     .chosen = DOM(
         "domA",
         "capabilities = <2>; xen,static-mem = <0 0x60000000 0 0x8000000>; direct-map;" FRAGMENT(
             "file")),
     .beside = "eth: ethernet@fe000000 { xen,passthrough; };",
     .expected = "/chosen/domA/module@3: error: domain domA is the hardware domain, which takes no "
                 "passthrough\n"
                 "  hint: it has all devices without being told\n"},
    {.name = "good: passthrough that says nothing",
     .chosen = DOM("domA", "passthrough = \"\";"),
     .expected = ""},
    {.name = "passthrough",
     .chosen = DOM("domA", "passthrough = \"enable\";"),
     .expected = "/chosen/domA: warning: domain domA: passthrough cannot be \"enable\"\n"
                 "  hint: Xen takes it as disabled\n"},
    {.name = "sve",
     .chosen = DOM("domA", "sve = <4096>;"),
     .expected = "/chosen/domA: error: domain domA: sve cannot be 4096\n"
                 "  hint: give it a number from 0 to 2048, a multiple of 128\n"},
    {.name = "sve that no processor has",
     .chosen = DOM("domA", "sve = <100>;"),
     .expected = "/chosen/domA: error: domain domA: sve cannot be 100\n"
                 "  hint: give it a number from 0 to 2048, a multiple of 128\n"},
    {.name = "good: sve on a Xen that does not know it",
     .xen = "4.17",
     .chosen = DOM("domA", "sve = <100>;"),
     .expected = "/chosen/domA: warning: domain domA: xen.efi does not know the property sve and "
                 "ignores it\n"
                 "  hint: Xen 4.18 and later do\n"},
    {.name = "direct-map",
     .chosen = DOM("domA", "direct-map;"),
     .expected = "/chosen/domA: error: domain domA has direct-map, but no static memory\n"
                 "  hint: give it xen,static-mem, or no direct-map\n"},
    {.name = "llc-colors",
     .chosen = DOM("domA", "llc-colors = \"0-3\";"),
     .expected = "/chosen/domA: error: domain domA has llc-colors, but Xen is not told to color\n"
                 "  hint: add llc-coloring=on to options=\n"},
    {.name = "llc-colors, where what Xen is told is for dom0",
     .chosen = "bootargs = \"llc-coloring=on\"; " DOM("domA", "llc-colors = \"0-3\";"),
     .expected = "/chosen/domA: error: domain domA has llc-colors, but Xen is not told to color\n"
                 "  hint: add llc-coloring=on to options=\n"},
    {.name = "good: llc-colors, beside dom0's own bootargs",
     .chosen = "bootargs = \"llc-coloring=on\"; xen,dom0-bootargs = \"quiet\"; " DOM(
         "domA", "llc-colors = \"0-3\";"),
     .expected = ""},
    {.name = "xen,enhanced",
     .chosen = DOM("domA", "xen,enhanced = \"no-xenstor\";"),
     .expected = "/chosen/domA: warning: domain domA: xen,enhanced cannot be \"no-xenstor\"\n"
                 "  hint: Xen takes it as disabled\n"},
    {.name = "xenstore without dom0",
     .chosen = DOM("domA", "xen,enhanced;"),
     .expected = "/chosen/domA: error: domain domA asks for xenstore, which only dom0 can serve\n"
                 "  hint: start a dom0, or write xen,enhanced = \"no-xenstore\"\n"},
    {.name = "xenstore without dom0, empty",
     .chosen = DOM("domA", "xen,enhanced = \"\";"),
     .expected = "/chosen/domA: warning: domain domA: xen,enhanced cannot be \"\"\n"
                 "  hint: Xen takes it as disabled\n"},
    {.name = "xenstore without dom0, enabled",
     .chosen = DOM("domA", "xen,enhanced = \"enabled\";"),
     .expected = "/chosen/domA: error: domain domA asks for xenstore, which only dom0 can serve\n"
                 "  hint: start a dom0, or write xen,enhanced = \"no-xenstore\"\n"},
    {.name = "xenstore without dom0, legacy",
     .chosen = DOM("domA", "xen,enhanced = \"legacy\";"),
     .expected = "/chosen/domA: error: domain domA asks for xenstore, which only dom0 can serve\n"
                 "  hint: start a dom0, or write xen,enhanced = \"no-xenstore\"\n"},
    {.name = "xenstore for two without dom0",
     .chosen = DOM("domA", "xen,enhanced;") DOM("domB", "xen,enhanced;"),
     .expected = "/chosen/domA: error: domain domA asks for xenstore, which only dom0 can serve\n"
                 "  hint: start a dom0, or write xen,enhanced = \"no-xenstore\"\n"},
    {.name = "good: xenstore of a domain",
     .chosen = DOM("domA", "xen,enhanced;") DOM("domB", "capabilities = <4>;"),
     .expected = ""},
    {.name = "vcpu without id",
     .chosen = DOM("domA", "vcpu0 { compatible = \"xen,vcpu\"; };"),
     .expected = "/chosen/domA/vcpu0: error: domain domA: a xen,vcpu node has no id\n"
                 "  hint: add id = <N>\n"},
    {.name = "vcpu of two cells",
     .chosen = DOM("domA", "vcpu0 { compatible = \"xen,vcpu\"; id = <0 1>; };"),
     .expected = "/chosen/domA/vcpu0: warning: domain domA: id is to be written id = <NUMBER>\n"
                 "  hint: Xen reads the start of it\n"},
    {.name = "vcpu that is not there",
     .chosen = DOM("domA", "vcpu1 { compatible = \"xen,vcpu\"; id = <1>; };"),
     .expected = "/chosen/domA/vcpu1: error: domain domA has no cpu 1\n"
                 "  hint: the first one is 0\n"},
    {.name = "console without vpl011",
     .chosen = DOM_OF(
         "domA", KERNEL("vmlinuz", "bootargs = \"root=/dev/ram0 console=ttyAMA0,115200 quiet\";"),
         ""),
     .expected = "/chosen/domA/module@1: warning: console=ttyAMA0: domain domA has no such device\n"
                 "  hint: add vpl011 to the domain\n"},
    {.name = "console without enhanced",
     .chosen = DOM_OF("domA", KERNEL("vmlinuz", "bootargs = \"console=hvc0\";"), ""),
     .expected = "/chosen/domA/module@1: warning: console=hvc0: domain domA has no such device\n"
                 "  hint: add xen,enhanced to the domain\n"},
    {.name = "console of a PC",
     .chosen = DOM_OF("domA", KERNEL("vmlinuz", "bootargs = \"console=ttyS0\";"), "vpl011;"),
     .expected = "/chosen/domA/module@1: warning: console=ttyS0: domain domA has no such device\n"
                 "  hint: with vpl011 its console is ttyAMA0\n"},
    {.name = "console of a PC, and more",
     .chosen = DOM_OF("domA", KERNEL("vmlinuz", "bootargs = \"console=ttyS0 quiet\";"), "vpl011;"),
     .expected = "/chosen/domA/module@1: warning: console=ttyS0: domain domA has no such device\n"
                 "  hint: with vpl011 its console is ttyAMA0\n"},
    {.name = "good: console that may be any",
     .chosen = DOM_OF("domA", KERNEL("vmlinuz", "bootargs = \"console=ttyS0 console=tty1\";"), ""),
     .expected = ""},
    {.name = "good: console of a device that is passed through",
     .prepare = fragment_good,
     .chosen = DOM_OF("domA", KERNEL("vmlinuz", "bootargs = \"console=ttyS0\";"), FRAGMENT("file")),
     .beside = "eth: ethernet@fe000000 { xen,passthrough; };",
     .expected = ""},
    {.name = "console of the bootargs that count",
     .chosen = DOM_ALL("domA", CELLS SIZE,
                       MODULE("module@0", "\"multiboot,ramdisk\", \"multiboot,module\"", "ramdisk",
                              "bootargs = \"console=ttyAMA0\";")
                           KERNEL("vmlinuz", "bootargs = \"console=hvc0\";"),
                       ""),
     .expected = "/chosen/domA/module@0: warning: domain domA: the first bootargs counts, which is "
                 "not the kernel's\n"
                 "  hint: put it into the module of the kernel\n"
                 "/chosen/domA/module@0: warning: console=ttyAMA0: domain domA has no such device\n"
                 "  hint: add vpl011 to the domain\n"},
    {.name = "domain of a section that cannot be read",
     .config = "domains=domA\n[domA]\nkernel=vmlinuz\nmemory=128X\n",
     .expected = "muster.cfg:6: error: memory: it is not an amount of memory\n"
                 "  hint: write 128M, 1G, or a number of KiB\n"},
    {.name = "domain of a section",
     .config = "domains=domA\n[domA]\nkernel=vmlinuz console=hvc0\nmemory=2G\nvpl11\ncpus=1\n",
     .expected =
         "muster.cfg:5: warning: console=hvc0: domain domA has no such device\n"
         "  hint: add xen,enhanced to the domain\n"
         "muster.cfg:6: error: domain domA asks for 2 GiB of memory, but the machine has 1 GiB\n"
         "  hint: give it less\n"
         "muster.cfg:7: warning: domain domA: no binding of Xen has vpl11 here\n"
         "  hint: did you mean vpl011?\n"},
    {.name = "good: many consoles",
     .chosen = DOM_OF("domA", KERNEL("vmlinuz", "bootargs = \"console=ttyAMA0 console=hvc0\";"),
                      "vpl011;"),
     .expected = ""},
};

int main(void)
{
    return rows_run("preflight domains", rows, sizeof(rows) / sizeof(rows[0]), NULL, 0);
}
