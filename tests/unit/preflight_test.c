/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of preflight: each row makes one mistake, or none, and says all that is to be shown. */
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>

#include "support.h"

/* Modules of a domain. */
#define MODULE(node, compatible, binary, more)                                                     \
    node " { compatible = " compatible "; uefi,binary = \"" binary "\"; " more " };"
#define KERNEL(binary, more)                                                                       \
    MODULE("module@1", "\"multiboot,kernel\", \"multiboot,module\"", binary, more)
#define RAMDISK(node, binary)                                                                      \
    MODULE(node, "\"multiboot,ramdisk\", \"multiboot,module\"", binary, "")
#define FRAGMENT(binary)                                                                           \
    MODULE("module@3", "\"multiboot,device-tree\", \"multiboot,module\"", binary, "")

/* A domain with a kernel and 128 MiB, and more; then ones with something else instead. */
#define CELLS "#address-cells = <2>; #size-cells = <2>; "
#define SIZE  "cpus = <1>; memory = <0 0x20000>; "
#define DOM_ALL(name, properties, kernel, more)                                                    \
    name " { compatible = \"xen,domain\"; " properties more kernel " };"
#define DOM_OF(name, kernel, more) DOM_ALL(name, CELLS SIZE, kernel, more)
#define DOM_WITH(name, size, more) DOM_ALL(name, CELLS size, KERNEL("vmlinuz", ""), more)
#define DOM(name, more)            DOM_WITH(name, SIZE, more)
#define SHARED(node, more)         node " { compatible = \"xen,domain-shared-memory-v1\"; " more " };"

#define TEXT_16(text)                                                                              \
    text text text text text text text text text text text text text text text text
#define LONG TEXT_16(TEXT_16("1234"))

struct row {
    const char *name;
    const char *config; /* what its section has besides xen= */
    const char *chosen; /* nodes and properties of /chosen */
    const char *beside; /* nodes beside /chosen */
    void (*prepare)(struct boot *boot);
    bool has_gic2;
    const char *expected;
};

/* --- what rows prepare ------------------------------------------------------------------------ */

static unsigned char content[65536];

/* Adds a file of `size` bytes that starts with `start`. */
static void add_file(struct boot *boot, const char *name, const void *start, size_t length,
                     size_t size)
{
    assert_true(size <= sizeof(content));
    memset(content, 'x', sizeof(content));
    memcpy(content, start, length);
    machine_add_file(&boot->machine, name, content, size);
}

#define FILE_NAME "/EFI/muster/file"
#define XEN_NAME  "/EFI/muster/xen.efi"

static void at_el1(struct boot *boot)
{
    boot->request.exception_level = 1;
}

/* A Xen that holds these texts, as one without most of its features would. */
static void add_xen(struct boot *boot, const char *texts, size_t length)
{
    add_file(boot, XEN_NAME, image_xen(20000), 20000, 20000);
    memcpy(content + 10000, texts, length);
}

static void real_xen(struct boot *boot)
{
    static const char texts[] = "multiboot,module\0xen,enhanced\0a name of other-one";

    add_xen(boot, texts, sizeof(texts));
}

static void xen_without_shared(struct boot *boot)
{
    static const char texts[] = "multiboot,module\0xen,domain-shared-memory-v1\0"
                                "CONFIG_STATIC_SHM must be enabled for parsing\n";

    add_xen(boot, texts, sizeof(texts));
}

static void xen_without_static(struct boot *boot)
{
    static const char texts[] = "multiboot,module\0xen,static-mem\0"
                                "Checking for \"xen,static-mem\" in domain node\n";

    add_xen(boot, texts, sizeof(texts));
}

static void xen_for_x86(struct boot *boot)
{
    add_file(boot, XEN_NAME, "MZ", 2, 4096);
}

static void xen_is_gzip(struct boot *boot)
{
    add_file(boot, XEN_NAME, "\x1f\x8b", 2, 4096);
}

static void xen_is_text(struct boot *boot)
{
    add_file(boot, XEN_NAME, "hello", 5, 4096);
}

/* One section, of 0x8000 bytes from 0x1000 on, which the file does not have. */
static void add_cut_off(struct boot *boot, const char *name)
{
    static const unsigned char section[40] = {[16] = 0, 0x80, [21] = 0x10};

    add_file(boot, name, image_xen(20000), 20000, 20000);
    content[64 + 6] = 1;
    memcpy(content + 64 + 24 + 0xa0, section, sizeof(section));
}

static void xen_is_cut_off(struct boot *boot)
{
    add_cut_off(boot, XEN_NAME);
}

static void file_is_cut_off(struct boot *boot)
{
    add_cut_off(boot, FILE_NAME);
}

static void file_is_text(struct boot *boot)
{
    add_file(boot, FILE_NAME, "hello", 5, 4096);
}

static void file_is_elf(struct boot *boot)
{
    add_file(boot, FILE_NAME, "\177ELF", 4, 4096);
}

static void file_is_zboot(struct boot *boot)
{
    add_file(boot, FILE_NAME, "MZ\0\0zimg", 8, 4096);
}

static void file_is_xz(struct boot *boot)
{
    add_file(boot, FILE_NAME, "\3757zXZ", 6, 4096);
}

/* It ends with 'xxxx', which as a length is far more than 4 KiB can hold. */
static void file_is_gzip(struct boot *boot)
{
    add_file(boot, FILE_NAME, "\x1f\x8b", 2, 4096);
}

/* It says that it goes from 0 to 0x2000. */
static void file_is_zimage(struct boot *boot)
{
    static const unsigned char header[48] = {[36] = 0x18, 0x28, 0x6f, 0x01, [45] = 0x20};

    add_file(boot, FILE_NAME, header, sizeof(header), 4096);
}

static void file_is_uimage(struct boot *boot)
{
    static const unsigned char header[64] = {0x27, 0x05, 0x19, 0x56, [14] = 0x08, [29] = 3};

    add_file(boot, FILE_NAME, header, sizeof(header), 4096);
}

static void second_kernel(struct boot *boot)
{
    machine_add_file(&boot->machine, "/EFI/muster/vmlinuz2", image_linux(10000), 10000);
}

static void unknown_file(struct boot *boot)
{
    add_file(boot, "/EFI/muster/unknown", "hello", 5, 4096);
}

/* A ramdisk of 4 MiB and a bit. */
static void large_ramdisk(struct boot *boot)
{
    static unsigned char large[0x400001] = "070701";

    machine_add_file(&boot->machine, "/EFI/muster/large", large, sizeof(large));
}

static void add_fragment(struct boot *boot, const char *source)
{
    size_t size;
    void *tree = tree_compile(source, &size);

    add_file(boot, FILE_NAME, tree, size, size);
    free(tree);
}

static void fragment_empty(struct boot *boot)
{
    add_fragment(boot, "/dts-v1/; / { aliases { }; };");
}

#define FRAGMENT_TREE(devices)                                                                     \
    "/dts-v1/; / { #address-cells = <2>; #size-cells = <2>; passthrough {\n"                       \
    "    compatible = \"simple-bus\"; ranges; #address-cells = <2>; #size-cells = <2>;\n" devices  \
    "}; };"

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

static void fragment_good(struct boot *boot)
{
    add_fragment(boot, FRAGMENT_TREE("ethernet@fe000000 {\n"
                                     "    xen,path = \"/ethernet@fe000000\";\n"
                                     "    xen,reg = <0 0xfe000000 0 0x1000 0 0x10000000>;\n"
                                     "    #address-cells = <1>; #size-cells = <0>;\n"
                                     "    phy@c { reg = <0xc>; };\n"
                                     "};\n"
                                     "timer { xen,force-assign-without-iommu;\n"
                                     "    xen,reg = <0 0xfe010000 0 0x1000 0 0x10010000>; };\n"));
}

/* The machine's memory, but 16 MiB of it are of some kind. */
static void keep_memory(struct boot *boot, enum memory_kind kind)
{
    machine_set_region(&boot->machine, MACHINE_RAM, 0x24000000, MEMORY_FREE);
    machine_add_region(&boot->machine, 0x64000000, 0x1000000, kind);
    machine_add_region(&boot->machine, 0x65000000, 0x1b000000, MEMORY_FREE);
}

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

/* --- the rows --------------------------------------------------------------------------------- */

static const struct row rows[] = {
    {.name = "EL1",
     .prepare = at_el1,
     .chosen = DOM("domA", ""),
     .expected =
         "error: the firmware runs at EL1, but Xen needs EL2\n"
         "  hint: enable virtualization in the firmware (QEMU: -machine virt,virtualization=on)\n"},
    {.name = "nothing to boot",
     .expected =
         "error: there is nothing to boot: no kernel for dom0 and no domain\n"
         "  hint: give dom0 a kernel=, or describe domains in the device tree or with domains=\n"},
    {.name = "xen is for x86",
     .prepare = xen_for_x86,
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:2: error: xen.efi is no EFI program for arm64\n"
                 "  hint: it is for another processor\n"},
    {.name = "xen is gzip",
     .prepare = xen_is_gzip,
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:2: error: xen.efi is no EFI program for arm64\n"
                 "  hint: it is gzip data; give the xen.efi that was built with the hypervisor\n"},
    {.name = "xen is no program",
     .prepare = xen_is_text,
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:2: error: xen.efi is no EFI program for arm64\n"
                 "  hint: give the xen.efi that was built with the hypervisor\n"},
    {.name = "xen is cut off",
     .prepare = xen_is_cut_off,
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:2: error: xen.efi is cut off: it has 20000 of 36864 bytes\n"
                 "  hint: was it copied completely?\n"},
    {.name = "domain elsewhere",
     .chosen = DOM("domA", ""),
     .beside = "soc { domB { compatible = \"xen,domain\"; }; };",
     .expected = "/soc/domB: warning: Xen does not look for domains here\n"
                 "  hint: move it right below /chosen\n"},
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
     .expected = "/chosen/domA: error: domain domA: cpus is to be written cpus = <NUMBER>\n"},
    {.name = "too many cpus",
     .chosen = DOM_WITH("domA", "cpus = <129>; memory = <0 0x20000>;", ""),
     .expected = "/chosen/domA: error: domain domA has 129 cpus, but Xen takes 128\n"
                 "  hint: its interrupt controller sets the limit\n"},
    {.name = "too many cpus for GICv2",
     .has_gic2 = true,
     .chosen = DOM_WITH("domA", "cpus = <9>; memory = <0 0x20000>;", ""),
     .expected = ""},
    {.name = "no memory",
     .chosen = DOM_WITH("domA", "cpus = <1>;", ""),
     .expected =
         "/chosen/domA: error: domain domA does not say how much memory it has\n"
         "  hint: add memory = <0 KIB>, two cells that count KiB: 128 MiB is <0 0x20000>\n"},
    {.name = "empty memory",
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0 0>;", ""),
     .expected = "/chosen/domA: error: domain domA has no memory\n"
                 "  hint: memory counts KiB: 128 MiB is <0 0x20000>\n"},
    {.name = "one cell of memory",
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0x20000>;", ""),
     .expected = "/chosen/domA: error: domain domA: memory is to be written memory = <0 NUMBER>\n"},
    {.name = "memory in bytes",
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0 0x8000000>;", ""),
     .expected =
         "/chosen/domA: error: domain domA asks for 128 GiB of memory, but the machine has 1 GiB\n"
         "  hint: memory counts KiB: <0 0x8000000> is 128 GiB, 128 MiB is <0 0x20000>\n"},
    {.name = "memory in bytes, more",
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <1 0x80000000>;", ""),
     .expected =
         "/chosen/domA: error: domain domA asks for 6 TiB of memory, but the machine has 1 GiB\n"
         "  hint: memory counts KiB: <0x1 0x80000000> is 6 TiB, 6 GiB is <0 0x600000>\n"},
    {.name = "memory of all",
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0x10000000 0x1>;", ""),
     .expected =
         "/chosen/domA: error: domain domA asks for 15.9 EiB of memory, but the machine has 1 GiB\n"
         "  hint: memory counts KiB: 128 MiB is <0 0x20000>\n"},
    {.name = "memory in all",
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0 0x80000>;", "")
         DOM_WITH("domB", "cpus = <1>; memory = <0 0x80000>;", ""),
     .expected = "/chosen: error: the domains need 1032 MiB of memory (1024 for themselves), but "
                 "the machine has 1024\n"
                 "  hint: give them less\n"},
    {.name = "dom0_mem",
     .config = "options=dom0_mem=2G\nkernel=vmlinuz\n",
     .expected = "/chosen: error: the domains need 2049 MiB of memory (2048 for themselves), but "
                 "the machine has 1024\n"
                 "  hint: give them less: dom0 has what dom0_mem= says\n"},
    {.name = "memory in all with dom0",
     .config = "options=console=dtuart dom0_mem=600M\nkernel=vmlinuz\n",
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0 0x80000>;", ""),
     .expected = "/chosen: error: the domains need 1116 MiB of memory (1112 for themselves), but "
                 "the machine has 1024\n"
                 "  hint: give them less: dom0 has what dom0_mem= says\n"},
    {.name = "memory in all, dom0 by default",
     .config = "kernel=vmlinuz\n",
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0 0x80000>;", ""),
     .expected = "/chosen: error: the domains need 1028 MiB of memory (1024 for themselves), but "
                 "the machine has 1024\n"
                 "  hint: give them less: dom0 has what dom0_mem= says\n"},
    {.name = "memory for its files",
     .prepare = large_ramdisk,
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0 0x1000>;", RAMDISK("module@2", "large")),
     .expected = "/chosen/domA: error: domain domA has 4 MiB of memory, but its files need 12 MiB\n"
                 "  hint: memory counts KiB: 128 MiB is <0 0x20000>\n"},
    {.name = "long name",
     .chosen = DOM("a-domain-whose-name-has-forty-one-letters", ""),
     .expected =
         "/chosen/a-domain-whose-name-has-forty-one-letters: error: domain "
         "a-domain-whose-name-has-forty-one-letters: the name has 41 characters, but Xen takes 40\n"
         "  hint: shorten it\n"},
    {.name = "nr_spis",
     .chosen = DOM("domA", "nr_spis = <989>;"),
     .expected = "/chosen/domA: error: domain domA: nr_spis cannot be 989\n"
                 "  hint: give it a number from 0 to 988\n"},
    {.name = "nr_spis that is text",
     .chosen = DOM("domA", "nr_spis = \"many\";"),
     .expected = "/chosen/domA: error: domain domA: nr_spis is to be written nr_spis = <NUMBER>\n"},
    {.name = "max_grant_version",
     .chosen = DOM("domA", "max_grant_version = <3>;"),
     .expected = "/chosen/domA: error: domain domA: max_grant_version cannot be 3\n"
                 "  hint: give it a number from 1 to 2\n"},
    {.name = "max_grant_frames",
     .chosen = DOM("domA", "max_grant_frames = <0x80000000>;"),
     .expected = "/chosen/domA: error: domain domA: max_grant_frames cannot be 2147483648\n"
                 "  hint: give it a number from 0 to 2147483647\n"},
    {.name = "max_maptrack_frames",
     .chosen = DOM("domA", "max_maptrack_frames = <0xffffffff>;"),
     .expected = "/chosen/domA: error: domain domA: max_maptrack_frames cannot be 4294967295\n"
                 "  hint: give it a number from 0 to 2147483647\n"},
    {.name = "capabilities",
     .chosen = DOM("domA", "capabilities = <8>;"),
     .expected = "/chosen/domA: error: domain domA: capabilities cannot be 8\n"
                 "  hint: give it a number from 0 to 7\n"},
    {.name = "two hardware domains",
     .chosen = DOM("domA", "capabilities = <2>;") DOM("domB", "capabilities = <3>;"),
     .expected = "/chosen/domB: error: domain domB is a hardware domain, but so is domA\n"
                 "  hint: only one domain can be it\n"},
    {.name = "hardware domain beside dom0",
     .config = "options=dom0_mem=128M\nkernel=vmlinuz\n",
     .chosen = DOM("domA", "capabilities = <2>;"),
     .expected = "/chosen/domA: error: domain domA is a hardware domain, but so is dom0\n"
                 "  hint: only one domain can be it\n"},
    {.name = "two xenstore domains",
     .chosen = DOM("domA", "capabilities = <4>;") DOM("domB", "capabilities = <4>;"),
     .expected = "/chosen/domB: error: domain domB is a xenstore domain, but so is domA\n"
                 "  hint: only one domain can be it\n"},
    {.name = "hardware domain with passthrough",
     .chosen = DOM("domA", "capabilities = <2>; passthrough = \"enabled\";"),
     .expected =
         "/chosen/domA: error: domain domA is the hardware domain, which takes no passthrough\n"
         "  hint: it has all devices without being told\n"},
    {.name = "passthrough",
     .chosen = DOM("domA", "passthrough = \"enable\";"),
     .expected = "/chosen/domA: warning: domain domA: passthrough cannot be \"enable\"\n"
                 "  hint: Xen takes it as disabled\n"},
    {.name = "sve",
     .chosen = DOM("domA", "sve = <4096>;"),
     .expected = "/chosen/domA: error: domain domA: sve cannot be 4096\n"
                 "  hint: give it a number from 0 to 2048\n"},
    {.name = "direct-map",
     .chosen = DOM("domA", "direct-map;"),
     .expected = "/chosen/domA: error: domain domA has direct-map, but no static memory\n"
                 "  hint: give it xen,static-mem, or no direct-map\n"},
    {.name = "llc-colors",
     .chosen = DOM("domA", "llc-colors = \"0-3\";"),
     .expected = "/chosen/domA: error: domain domA has llc-colors, but Xen is not told to color\n"
                 "  hint: add llc-coloring=on to options=\n"},
    {.name = "xen,enhanced",
     .chosen = DOM("domA", "xen,enhanced = \"no-xenstor\";"),
     .expected = "/chosen/domA: warning: domain domA: xen,enhanced cannot be \"no-xenstor\"\n"
                 "  hint: Xen takes it as disabled\n"},
    {.name = "xenstore without dom0",
     .chosen = DOM("domA", "xen,enhanced;"),
     .expected = "/chosen/domA: error: domain domA asks for xenstore, which only dom0 can serve\n"
                 "  hint: start a dom0, or write xen,enhanced = \"no-xenstore\"\n"},
    {.name = "vcpu without id",
     .chosen = DOM("domA", "vcpu0 { compatible = \"xen,vcpu\"; };"),
     .expected = "/chosen/domA/vcpu0: error: domain domA: a xen,vcpu node has no id\n"
                 "  hint: add id = <N>\n"},
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
    {.name = "domain of a section",
     .config = "domains=domA\n[domA]\nkernel=vmlinuz console=hvc0\nmemory=2G\nvpl11\ncpus=1\n",
     .expected =
         "muster.cfg:4: warning: domain domA: no binding of Xen has vpl11 here\n"
         "  hint: did you mean vpl011?\n"
         "muster.cfg:4: error: domain domA asks for 2 GiB of memory, but the machine has 1 GiB\n"
         "  hint: memory counts KiB: <0 0x200000> is 2 GiB, 2 MiB is <0 0x800>\n"
         "muster.cfg:5: warning: console=hvc0: domain domA has no such device\n"
         "  hint: add xen,enhanced to the domain\n"},
    {.name = "unknown property",
     .chosen = DOM("domA", "vp1011;"),
     .expected = "/chosen/domA: warning: domain domA: no binding of Xen has vp1011 here\n"
                 "  hint: did you mean vpl011?\n"},
    {.name = "unknown property unlike any",
     .chosen = DOM("domA", "pets = \"cat\";"),
     .expected = "/chosen/domA: warning: domain domA: no binding of Xen has pets here\n"},
    {.name = "unknown property of a module",
     .chosen = DOM_OF("domA", KERNEL("vmlinuz", "bootarg = \"quiet\";"), ""),
     .expected = "/chosen/domA/module@1: warning: domain domA: no binding of Xen has bootarg here\n"
                 "  hint: did you mean bootargs?\n"},
    {.name = "unknown property of /chosen",
     .chosen = "xen,xen-bootarg = \"quiet\"; " DOM("domA", ""),
     .expected = "/chosen: warning: dom0: no binding of Xen has xen,xen-bootarg here\n"
                 "  hint: did you mean xen,xen-bootargs?\n"},
    {.name = "property set to no",
     .chosen = DOM("domA", "vpl011 = <0>;"),
     .expected = "/chosen/domA: warning: domain domA: vpl011 counts as set whatever its value\n"
                 "  hint: leave it out to say no\n"},
    {.name = "command line that is no text",
     .chosen = DOM_OF("domA", KERNEL("vmlinuz", "bootargs = <1>;"), ""),
     .expected = "/chosen/domA/module@1: error: domain domA: bootargs is to be written bootargs = "
                 "\"TEXT\"\n"},
    {.name = "unknown node",
     .chosen = DOM("domA", "shared { compatible = \"xen,domain-shared-memory-v2\"; };"),
     .expected = "/chosen/domA/shared: warning: domain domA: Xen has no use for the node shared\n"
                 "  hint: did you mean compatible = \"xen,domain-shared-memory-v1\"?\n"},
    {.name = "node of no kind",
     .chosen = DOM("domA", "pets { };"),
     .expected = "/chosen/domA/pets: warning: domain domA: Xen has no use for the node pets\n"},
    {.name = "domain in another spelling",
     .chosen = "domB { compatible = \"xen,domian\"; };" DOM("domA", ""),
     .expected = "/chosen/domB: warning: dom0: Xen has no use for the node domB\n"
                 "  hint: did you mean compatible = \"xen,domain\"?\n"},
    {.name = "property that this Xen lacks",
     .prepare = real_xen,
     .chosen = DOM("domA", "capabilities = <0>; xen,enhanced = \"no-xenstore\"; other-one;"),
     .expected = "/chosen/domA: warning: domain domA: xen.efi does not know the property "
                 "capabilities and ignores it\n"
                 "  hint: another version or build of Xen does\n"},
    {.name = "node that this Xen lacks",
     .prepare = real_xen,
     .chosen = DOM("domA", "vcpu0 { compatible = \"xen,vcpu\"; id = <0>; };"),
     .expected = "/chosen/domA/vcpu0: warning: domain domA: xen.efi does not know the node "
                 "xen,vcpu and ignores it\n"
                 "  hint: another version or build of Xen does\n"},
    {.name = "no kernel",
     .chosen = DOM_OF("domA", "", ""),
     .expected =
         "/chosen/domA: error: domain domA has no kernel\n"
         "  hint: add a module with compatible \"multiboot,kernel\", \"multiboot,module\"\n"},
    {.name = "two kernels",
     .chosen = DOM("domA",
                   MODULE("module@9", "\"multiboot,kernel\", \"multiboot,module\"", "vmlinuz", "")),
     .expected = "/chosen/domA/module@1: error: domA has more than one kernel\n"
                 "  hint: leave one of them\n"},
    {.name = "two ramdisks",
     .chosen = DOM("domA", RAMDISK("module@2", "ramdisk") RAMDISK("module@4", "ramdisk")),
     .expected = "/chosen/domA/module@4: warning: domA has more than one ramdisk\n"
                 "  hint: leave one of them\n"},
    {.name = "dom0 ramdisk without kernel",
     .chosen = RAMDISK("module@2", "ramdisk") DOM("domA", ""),
     .expected = "/chosen: warning: dom0 has a ramdisk but no kernel\n"
                 "  hint: give it a kernel, or leave its ramdisk out\n"},
    {.name = "dom0 ramdisk alone",
     .chosen = RAMDISK("module@2", "ramdisk"),
     .expected = "/chosen: error: dom0 has a ramdisk but no kernel\n"
                 "  hint: give it a kernel, or leave its ramdisk out\n"},
    {.name = "long command line",
     .chosen = DOM_OF("domA", KERNEL("vmlinuz", "bootargs = \"" LONG "\";"), ""),
     .expected = "/chosen/domA/module@1: error: domain domA: the command line has 1024 characters, "
                 "but Xen takes 1023\n"
                 "  hint: shorten it\n"},
    {.name = "long path",
     .chosen =
         DOM("a-domain-with-a-name-of-38-letters-abcd",
             "a-module-that-was-loaded-earlier-and-has-a-name@60000000 { compatible = "
             "\"multiboot,ramdisk\", \"multiboot,module\"; reg = <0 0x60000000 0 0x1000>; };"),
     .expected = "/chosen/a-domain-with-a-name-of-38-letters-abcd/"
                 "a-module-that-was-loaded-earlier-and-has-a-name@60000000: error: domain "
                 "a-domain-with-a-name-of-38-letters-abcd: the module's path has 104 characters, "
                 "but Xen takes 91\n"
                 "  hint: shorten it\n"},
    {.name = "module without use",
     .prepare = unknown_file,
     .chosen =
         DOM("domA", RAMDISK("module@2", "ramdisk") "module@4 { compatible = \"multiboot,module\"; "
                                                    "uefi,binary = \"unknown\"; };"),
     .expected =
         "/chosen/domA/module@4: warning: domain domA: it is not known what the module is for\n"
         "  hint: say it in compatible, such as \"multiboot,ramdisk\"\n"},
    {.name = "kernel is an ELF file",
     .prepare = file_is_elf,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected = "/chosen/domA/module@1: error: file is an ELF file, so Xen cannot start it as the "
                 "kernel of domA\n"
                 "  hint: use the Image that objcopy -O binary makes of it\n"},
    {.name = "kernel is a zboot image",
     .prepare = file_is_zboot,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected = "/chosen/domA/module@1: error: file is an EFI zboot image, so Xen cannot start it "
                 "as the kernel of domA\n"
                 "  hint: only firmware can start it: use the Image that was packed into it\n"},
    {.name = "kernel is xz",
     .prepare = file_is_xz,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected = "/chosen/domA/module@1: error: file is a compressed archive, so Xen cannot start "
                 "it as the kernel of domA\n"
                 "  hint: Xen unpacks gzip alone: unpack it, or pack it with gzip\n"},
    {.name = "kernel is a ramdisk",
     .chosen = DOM_OF("domA", KERNEL("ramdisk", ""), ""),
     .expected = "/chosen/domA/module@1: error: ramdisk is a cpio archive, so Xen cannot start it "
                 "as the kernel of domA\n"
                 "  hint: Xen starts an Image, a zImage, or these in gzip\n"},
    {.name = "kernel is text",
     .prepare = file_is_text,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected = "/chosen/domA/module@1: error: file is no kernel, so Xen cannot start it as the "
                 "kernel of domA\n"
                 "  hint: Xen starts an Image, a zImage, or these in gzip\n"},
    {.name = "kernel is damaged gzip",
     .prepare = file_is_gzip,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected = "/chosen/domA/module@1: error: file is damaged, so Xen cannot start it as the "
                 "kernel of domA\n"
                 "  hint: was it copied completely?\n"},
    {.name = "kernel is cut off",
     .prepare = file_is_cut_off,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected = "/chosen/domA/module@1: error: file is cut off: it has 20000 of 36864 bytes\n"
                 "  hint: was it copied completely?\n"},
    {.name = "kernel is a zImage cut off",
     .prepare = file_is_zimage,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected = "/chosen/domA/module@1: error: file is cut off, so Xen cannot start it as the "
                 "kernel of domA\n"
                 "  hint: was it copied completely?\n"},
    {.name = "kernel is a U-Boot image of x86",
     .prepare = file_is_uimage,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected = "/chosen/domA/module@1: error: file is for another processor, so Xen cannot start "
                 "it as the kernel of domA\n"
                 "  hint: Xen starts an Image, a zImage, or these in gzip\n"},
    {.name = "kernel of two domains",
     .prepare = file_is_elf,
     .chosen = DOM_OF("domA", KERNEL("file", ""), "") DOM_OF("domB", KERNEL("file", ""), ""),
     .expected = "/chosen/domA/module@1: error: file is an ELF file, so Xen cannot start it as the "
                 "kernel of domA\n"
                 "  hint: use the Image that objcopy -O binary makes of it\n"},
    {.name = "ramdisk is a kernel",
     .prepare = second_kernel,
     .chosen = DOM("domA", RAMDISK("module@2", "vmlinuz2")),
     .expected = "/chosen/domA/module@2: warning: domain domA: vmlinuz2 is stated to be a ramdisk, "
                 "but is an arm64 Image\n"
                 "  hint: are two files mixed up?\n"},
    {.name = "policy is a ramdisk",
     .chosen = "module@5 { compatible = \"xen,xsm-policy\", \"multiboot,module\"; uefi,binary = "
               "\"ramdisk\"; };" DOM("domA", ""),
     .expected = "/chosen/module@5: warning: dom0: ramdisk is stated to be an XSM policy, but is a "
                 "cpio archive\n"
                 "  hint: are two files mixed up?\n"},
    {.name = "one file, two kinds",
     .chosen = DOM("domA", RAMDISK("module@2", "vmlinuz")),
     .expected = "/chosen/domA/module@1: error: domain domA: vmlinuz is used as a kernel, but as a "
                 "ramdisk elsewhere\n"
                 "  hint: give it a copy of the file\n"},
    {.name = "fragment is no tree",
     .chosen = DOM("domA", FRAGMENT("ramdisk")),
     .expected = "/chosen/domA/module@3: error: ramdisk, a device tree for domA, is none: it does "
                 "not start with d0 0d fe ed\n"
                 "  hint: make it with dtc -O dtb\n"},
    {.name = "fragment without devices",
     .prepare = fragment_empty,
     .chosen = DOM("domA", FRAGMENT("file")),
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
         "/chosen/domA/module@3: error: domain domA: e in file has xen,reg that is no list of "
         "pages\n"
         "  hint: write <HOST SIZE GUEST>, each in whole pages\n"
         "/chosen/domA/module@3: error: domain domA: f in file has xen,reg that is no list of "
         "pages\n"
         "  hint: write <HOST SIZE GUEST>, each in whole pages\n"},
    {.name = "static memory outside",
     .chosen = DOM("domA", "xen,static-mem = <0 0x10000000 0 0x8000000>;"),
     .expected = "/chosen/domA: error: static memory of domA (0x10000000 to 0x17ffffff) lies "
                 "outside the machine's memory\n"},
    {.name = "static memory beyond the end",
     .chosen = DOM("domA", "xen,static-mem = <0 0x7c000000 0 0x8000000>;"),
     .expected = "/chosen/domA: error: static memory of domA (0x7c000000 to 0x83ffffff) lies "
                 "outside the machine's memory\n"},
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
    {.name = "static memory not aligned",
     .chosen = DOM("domA", "xen,static-mem = <0 0x60000800 0 0x8000000>;"),
     .expected = "/chosen/domA: error: static memory of domA (0x60000800 to 0x680007ff) is not "
                 "page aligned\n"
                 "  hint: address and size are multiples of 0x1000\n"},
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
    {.name = "static memory of other cells",
     .chosen = DOM("domA", "xen,static-mem = <0x60000000 0x8000000 0>;"),
     .expected = "/chosen/domA: error: xen,static-mem of domA: 12 bytes are no list of entries of "
                 "2 + 2 cells\n"
                 "  hint: #address-cells and #size-cells of the parent count\n"},
    {.name = "static memory too large",
     .chosen = DOM("domA", "xen,static-mem = <1 0xffffffff 0xffffffff 0xffffffff>;"),
     .expected = "/chosen/domA: error: xen,static-mem of domA: an entry does not fit into 64 bits\n"
                 "  hint: #address-cells and #size-cells of the parent count\n"},
    {.name = "static memory twice",
     .chosen = DOM("domA", "xen,static-mem = <0 0x60000000 0 0x8000000>;")
         DOM("domB", "xen,static-mem = <0 0x67000000 0 0x8000000>;"),
     .expected = "/chosen/domB: error: static memory of domB (0x67000000 to 0x6effffff) overlaps "
                 "static memory of domA (0x60000000 to 0x67ffffff)\n"
                 "  hint: move or shrink one of them\n"},
    {.name = "static memory and reserved memory",
     .chosen = DOM("domA", "xen,static-mem = <0 0x60000000 0 0x8000000>;"),
     .beside = "reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; fw@66000000 { "
               "reg = <0 0x66000000 0 0x1000>; }; };",
     .expected = "/chosen/domA: error: static memory of domA (0x60000000 to 0x67ffffff) overlaps "
                 "reserved memory fw@66000000 (0x66000000 to 0x66000fff)\n"
                 "  hint: move or shrink one of them\n"},
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
    {.name = "static heap not aligned",
     .chosen = "xen,static-heap = <0 0x60001000 0 0x10000000>;" DOM("domA", ""),
     .expected =
         "/chosen: error: the static heap (0x60001000 to 0x70000fff) is not aligned to 64 KiB\n"
         "  hint: address and size are multiples of 0x10000\n"},
    {.name = "static heap of other cells",
     .chosen = "xen,static-heap = <0x60000000 0x10000000 0>;" DOM("domA", ""),
     .expected = "/chosen: error: xen,static-heap: 12 bytes are no list of entries of 2 + 2 cells\n"
                 "  hint: #address-cells and #size-cells of the parent count\n"},
    {.name = "reserved memory of other cells",
     .chosen = DOM("domA", ""),
     .beside = "reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; fw@66000000 { "
               "reg = <0 0x66000000 0>; }; };",
     .expected = "/reserved-memory/fw@66000000: warning: reg: 12 bytes are no list of entries of 2 "
                 "+ 2 cells\n"
                 "  hint: #address-cells and #size-cells of the parent count\n"},
    {.name = "shared memory without id",
     .chosen = DOM_ALL("domA",
                       "#address-cells = <1>; #size-cells = <1>; cpus = <1>; memory = <0 0x20000>;",
                       KERNEL("vmlinuz", ""),
                       SHARED("shared@0", "xen,shared-mem = <0x60000000 0x10000000 0x1000>;")),
     .expected = "/chosen/domA/shared@0: error: domain domA: shared memory has no xen,shm-id\n"
                 "  hint: add xen,shm-id = \"NAME\"\n"},
    {.name = "shared memory of a long id",
     .chosen = DOM_ALL("domA",
                       "#address-cells = <1>; #size-cells = <1>; cpus = <1>; memory = <0 0x20000>;",
                       KERNEL("vmlinuz", ""),
                       SHARED("shared@0", "xen,shm-id = \"sixteen-letters!\"; xen,shared-mem = "
                                          "<0x60000000 0x10000000 0x1000>;")),
     .expected = "/chosen/domA/shared@0: error: domain domA: xen,shm-id has 16 characters, but Xen "
                 "takes 15\n"
                 "  hint: shorten it\n"},
    {.name = "shared memory of no place",
     .chosen = DOM_ALL("domA",
                       "#address-cells = <1>; #size-cells = <1>; cpus = <1>; memory = <0 0x20000>;",
                       KERNEL("vmlinuz", ""), SHARED("shared@0", "xen,shm-id = \"a\";")),
     .expected = "/chosen/domA/shared@0: error: xen,shared-mem of domA: it is missing\n"
                 "  hint: #address-cells and #size-cells of the parent count\n"},
    {.name = "shared memory of other cells",
     .chosen = DOM_ALL("domA",
                       "#address-cells = <1>; #size-cells = <1>; cpus = <1>; memory = <0 0x20000>;",
                       KERNEL("vmlinuz", ""),
                       SHARED("shared@0", "xen,shm-id = \"a\"; xen,shared-mem = <0x60000000>;")),
     .expected = "/chosen/domA/shared@0: error: xen,shared-mem of domA: it is neither <HOST GUEST "
                 "SIZE> nor <GUEST SIZE>\n"
                 "  hint: #address-cells and #size-cells of the parent count\n"},
    {.name = "shared memory not aligned",
     .chosen = DOM_ALL(
         "domA", "#address-cells = <1>; #size-cells = <1>; cpus = <1>; memory = <0 0x20000>;",
         KERNEL("vmlinuz", ""),
         SHARED("shared@0",
                "xen,shm-id = \"a\"; xen,shared-mem = <0x60000800 0x10000000 0x1000>;")),
     .expected = "/chosen/domA/shared@0: error: shared memory of domA (0x60000800 to 0x600017ff) "
                 "is not page aligned\n"
                 "  hint: address and size are multiples of 0x1000\n"},
    {.name = "shared memory not aligned in the guest",
     .chosen = DOM_ALL(
         "domA", "#address-cells = <1>; #size-cells = <1>; cpus = <1>; memory = <0 0x20000>;",
         KERNEL("vmlinuz", ""),
         SHARED("shared@0",
                "xen,shm-id = \"a\"; xen,shared-mem = <0x60000000 0x10000800 0x1000>;")),
     .expected = "/chosen/domA/shared@0: error: domain domA: shared memory a is not page aligned\n"
                 "  hint: address and size are multiples of 0x1000\n"},
    {.name = "shared memory of no size",
     .chosen = DOM_ALL("domA",
                       "#address-cells = <1>; #size-cells = <1>; cpus = <1>; memory = <0 0x20000>;",
                       KERNEL("vmlinuz", ""),
                       SHARED("shared@0", "xen,shm-id = \"a\"; xen,shared-mem = <0x10000000 0>;")),
     .expected = "/chosen/domA/shared@0: error: domain domA: shared memory a is not page aligned\n"
                 "  hint: address and size are multiples of 0x1000\n"},
    {.name = "shared memory of another role",
     .chosen = DOM_ALL("domA",
                       "#address-cells = <1>; #size-cells = <1>; cpus = <1>; memory = <0 0x20000>;",
                       KERNEL("vmlinuz", ""),
                       SHARED("shared@0", "xen,shm-id = \"a\"; role = \"lender\"; xen,shared-mem = "
                                          "<0x60000000 0x10000000 0x1000>;")),
     .expected =
         "/chosen/domA/shared@0: error: domain domA: \"lender\" is no role in shared memory\n"
         "  hint: write role = \"owner\" or \"borrower\"\n"},
    {.name = "shared memory with two owners",
     .chosen = DOM_ALL("domA",
                       "#address-cells = <1>; #size-cells = <1>; cpus = <1>; memory = <0 0x20000>;",
                       KERNEL("vmlinuz", ""),
                       SHARED("shared@0", "xen,shm-id = \"a\"; role = \"owner\"; xen,shared-mem = "
                                          "<0x60000000 0x10000000 0x1000>;"))
         DOM_ALL("domB",
                 "#address-cells = <1>; #size-cells = <1>; cpus = <1>; memory = <0 0x20000>;",
                 KERNEL("vmlinuz", ""),
                 SHARED("shared@0", "xen,shm-id = \"a\"; role = \"owner\"; xen,shared-mem = "
                                    "<0x60000000 0x10000000 0x1000>;")),
     .expected =
         "/chosen/domB/shared@0: error: domain domB owns shared memory a, but so does domA\n"
         "  hint: make one of them the borrower\n"},
    {.name = "shared memory in two places",
     .chosen = DOM_ALL(
         "domA", "#address-cells = <1>; #size-cells = <1>; cpus = <1>; memory = <0 0x20000>;",
         KERNEL("vmlinuz", ""),
         SHARED("shared@0", "xen,shm-id = \"a\"; xen,shared-mem = <0x60000000 0x10000000 0x1000>;"))
         DOM_ALL("domB",
                 "#address-cells = <1>; #size-cells = <1>; cpus = <1>; memory = <0 0x20000>;",
                 KERNEL("vmlinuz", ""),
                 SHARED("shared@0",
                        "xen,shm-id = \"a\"; xen,shared-mem = <0x61000000 0x10000000 0x1000>;")),
     .expected =
         "/chosen/domB/shared@0: error: domain domB: shared memory a is not where domA has it\n"
         "  hint: give it the same address and size everywhere\n"},
    {.name = "shared memory of two names",
     .chosen = DOM_ALL(
         "domA", "#address-cells = <1>; #size-cells = <1>; cpus = <1>; memory = <0 0x20000>;",
         KERNEL("vmlinuz", ""),
         SHARED("shared@0", "xen,shm-id = \"a\"; xen,shared-mem = <0x60000000 0x10000000 0x1000>;"))
         DOM_ALL("domB",
                 "#address-cells = <1>; #size-cells = <1>; cpus = <1>; memory = <0 0x20000>;",
                 KERNEL("vmlinuz", ""),
                 SHARED("shared@0",
                        "xen,shm-id = \"b\"; xen,shared-mem = <0x60000000 0x10000000 0x1000>;")),
     .expected = "/chosen/domB/shared@0: error: shared memory of domB (0x60000000 to 0x60000fff) "
                 "overlaps shared memory of domA (0x60000000 to 0x60000fff)\n"
                 "  hint: move or shrink one of them\n"},
    {.name = "shared memory of a direct-map domain",
     .chosen = DOM_ALL(
         "domA", "#address-cells = <1>; #size-cells = <1>; cpus = <1>; memory = <0 0x20000>;",
         KERNEL("vmlinuz", ""),
         "direct-map; xen,static-mem = <0 0x60000000 0 0x8000000>;" SHARED(
             "shared@0", "xen,shm-id = \"a\"; xen,shared-mem = <0x70000000 0x10000000 0x1000>;")),
     .expected =
         "/chosen/domA/shared@0: error: domain domA has direct-map, but not for shared memory a\n"
         "  hint: give host and guest the same address\n"},
    {.name = "shared memory that Xen lacks",
     .prepare = xen_without_shared,
     .chosen = DOM_ALL(
         "domA", "#address-cells = <1>; #size-cells = <1>; cpus = <1>; memory = <0 0x20000>;",
         KERNEL("vmlinuz", ""),
         SHARED("shared@0",
                "xen,shm-id = \"a\"; xen,shared-mem = <0x60000000 0x10000000 0x1000>;")),
     .expected = "/chosen/domA/shared@0: error: domain domA has shared memory, but xen.efi is "
                 "built without it\n"
                 "  hint: use a Xen that is built with CONFIG_STATIC_SHM\n"},
    {.name = "static memory not built",
     .prepare = xen_without_static,
     .chosen = DOM("domA", "xen,static-mem = <0 0x60000000 0 0x8000000>;"),
     .expected = "/chosen/domA: error: domain domA has static memory, but xen.efi is built without "
                 "it\n"
                 "  hint: use a Xen that is built with CONFIG_STATIC_MEMORY\n"},
    {.name = "pool without cpus",
     .chosen = "pool { compatible = \"xen,cpupool\"; };" DOM("domA", ""),
     .expected = "/chosen/pool: error: CPU pool pool has no CPUs\n"
                 "  hint: write cpupool-cpus = <&cpu0 &cpu1>\n"},
    {.name = "pool of no cpu",
     .chosen =
         "pool: pool { compatible = \"xen,cpupool\"; cpupool-cpus = <&pool>; };" DOM("domA", ""),
     .expected = "/chosen/pool: error: CPU pool pool: phandle 0x2 in cpupool-cpus is no CPU\n"
                 "  hint: write cpupool-cpus = <&cpu0 &cpu1>\n"},
    {.name = "cpu in two pools",
     .chosen =
         "pool0 { compatible = \"xen,cpupool\"; cpupool-cpus = <&{/cpus/cpu@0}>; }; pool1 { "
         "compatible = \"xen,cpupool\"; cpupool-cpus = <&{/cpus/cpu@1} &{/cpus/cpu@0}>; };" DOM(
             "domA", ""),
     .expected = "/chosen/pool1: error: CPU pool pool1: cpu@0 is in a pool already\n"
                 "  hint: a CPU is in one pool, once\n"},
    {.name = "domain in no pool",
     .chosen = DOM("domA", "domain-cpupool = <&{/cpus/cpu@0}>;"),
     .expected = "/chosen/domA: error: domain domA: domain-cpupool is no xen,cpupool node\n"
                 "  hint: write domain-cpupool = <&POOL>\n"},
    {.name = "channel without link",
     .chosen = DOM("domA", "port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <1>; };"),
     .expected = "/chosen/domA/port@1: error: domain domA: xen,evtchn is not <PORT &REMOTE>\n"},
    {.name = "channel to nothing",
     .chosen = DOM("domA",
                   "port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <1 &{/cpus/cpu@0}>; };"),
     .expected =
         "/chosen/domA/port@1: error: domain domA: what xen,evtchn links to is no event channel\n"
         "  hint: two xen,evtchn-v1 nodes of started domains link to each other\n"},
    {.name = "channel one way",
     .chosen = DOM("domA", "a: port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <1 &b>; };")
         DOM("domB", "b: port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <1 &c>; }; c: "
                     "port@2 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <2 &b>; };"),
     .expected =
         "/chosen/domA/port@1: error: domain domA: what xen,evtchn links to does not link back\n"
         "  hint: two xen,evtchn-v1 nodes of started domains link to each other\n"},
    {.name = "channel to dom0",
     .chosen = "d: port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <1 &a>; };" DOM(
         "domA", "a: port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <1 &d>; };"),
     .expected = "/chosen/domA/port@1: error: domain domA: what xen,evtchn links to is of dom0, "
                 "which is not started\n"
                 "  hint: two xen,evtchn-v1 nodes of started domains link to each other\n"},
    {.name = "channel with a large port",
     .chosen = DOM("domA", "a: port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <1024 &b>; };")
         DOM("domB", "b: port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <1 &a>; };"),
     .expected = "/chosen/domA/port@1: error: domain domA: an event channel cannot have port 1024\n"
                 "  hint: ports of a domain go from 1 to 1023\n"},
    {.name = "channels with one port",
     .chosen = DOM("domA", "a: port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <1 &c>; }; b: "
                           "port@2 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <1 &d>; };")
         DOM("domB", "c: port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <1 &a>; }; d: "
                     "port@2 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <2 &b>; };"),
     .expected = "/chosen/domA/port@2: error: domain domA: two event channels have port 1\n"
                 "  hint: give each its own\n"},
    {.name = "good: event channels",
     .config = "options=dom0_mem=128M\nkernel=vmlinuz\n",
     .chosen = "d: port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <0xa &a>; };" DOM(
         "domA",
         "xen,enhanced = \"no-xenstore\"; a: port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = "
         "<0xa &d>; }; b: port@2 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <0xb &c>; };")
         DOM("domB", "xen,enhanced = \"no-xenstore\"; c: port@1 { compatible = \"xen,evtchn-v1\"; "
                     "xen,evtchn = <0xb &b>; };"),
     .expected = ""},
    {.name = "good: shared memory",
     .config = "options=dom0_mem=128M\nkernel=vmlinuz\n",
     .chosen = "#address-cells = <1>; #size-cells = <1>;" SHARED(
         "shared@0", "role = \"owner\"; xen,shm-id = \"my-shared-mem-0\"; xen,shared-mem = "
                     "<0x50000000 0x50000000 0x1000000>;")
         DOM_ALL(
             "domA", "#address-cells = <1>; #size-cells = <1>; cpus = <1>; memory = <0 0x20000>;",
             KERNEL("vmlinuz", ""),
             "vpl011;" SHARED("shared@0", "role = \"borrower\"; xen,shm-id = \"my-shared-mem-0\"; "
                                          "xen,shared-mem = <0x50000000 0x60000000 0x1000000>;")
                 SHARED("shared@1", "xen,shm-id = \"my-shared-mem-1\"; xen,shared-mem = "
                                    "<0x52000000 0x70000000 0x1000000>;")
                     SHARED("shared@2", "xen,shm-id = \"my-shared-mem-2\"; role = \"owner\"; "
                                        "xen,shared-mem = <0x80000000 0x1000000>;"))
             DOM_ALL("domB",
                     "#address-cells = <1>; #size-cells = <1>; cpus = <1>; memory = <0 0x20000>;",
                     KERNEL("vmlinuz", ""),
                     SHARED("shared@0", "xen,shm-id = \"my-shared-mem-1\"; xen,shared-mem = "
                                        "<0x52000000 0x74000000 0x1000000>;")
                         SHARED("shared@1",
                                "xen,shm-id = \"my-shared-mem-2\"; role = \"borrower\"; "
                                "xen,shared-mem = <0x90000000 0x1000000>;")),
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
    {.name = "good: cpu pools",
     .chosen = "pool0: pool0 { compatible = \"xen,cpupool\"; cpupool-cpus = <&{/cpus/cpu@0}>; "
               "cpupool-sched = \"null\"; };" DOM("domA", "domain-cpupool = <&pool0>;"),
     .expected = ""},
    {.name = "good: all properties",
     .config = "options=dom0_mem=128M llc-coloring=on\nkernel=vmlinuz\n",
     .chosen = DOM("domA", "vpl011; nr_spis = <960>; xen,enhanced; xen,domain-p2m-mem-mb = <8>; "
                           "max_grant_version = <1>; max_grant_frames = <64>; max_maptrack_frames "
                           "= <1024>; passthrough = \"disabled\"; sve; llc-colors = \"0-3\"; vcpu0 "
                           "{ compatible = \"xen,vcpu\"; id = <0>; hard-affinity = \"0,1\"; };"),
     .expected = ""},
    {.name = "good: many consoles",
     .chosen = DOM_OF("domA", KERNEL("vmlinuz", "bootargs = \"console=ttyAMA0 console=hvc0\";"),
                      "vpl011;"),
     .expected = ""},
    {.name = "good: fragment",
     .prepare = fragment_good,
     .chosen = DOM("domA", FRAGMENT("file")),
     .beside = "eth: ethernet@fe000000 { xen,passthrough; };",
     .expected = ""},
};

/* --- running them ----------------------------------------------------------------------------- */

/* The tree of the machine, with a GICv2 if the row wants that. The caller frees it. */
static char *source_of(const struct row *row)
{
    char *source = NULL;
    char *gic;

    assert_true(asprintf(&source, "%s    chosen { %s };\n%s};\n", TREE_HEAD,
                         row->chosen != NULL ? row->chosen : "",
                         row->beside != NULL ? row->beside : "") > 0);
    gic = strstr(source, "arm,gic-v3");
    if (row->has_gic2)
        memcpy(gic, "arm,gic-400\", \"", strlen("arm,gic-v3"));
    return source;
}

static void run_row(struct boot *boot, const struct row *row)
{
    char *source = source_of(row);
    char *config = NULL;

    assert_true(
        asprintf(&config, "[system]\nxen=xen.efi\n%s", row->config != NULL ? row->config : "") > 0);
    if (row->prepare != NULL)
        row->prepare(boot);
    boot_set_options(boot, "system");
    boot_run(boot, config, source);
    free(config);
    free(source);
}

static void test_row(void **state)
{
    const struct row *row = *state;
    void *fixture = NULL;

    assert_int_equal(boot_setup(&fixture), 0);
    run_row(fixture, row);
    assert_diagnostics(fixture, row->expected);
    assert_int_equal(boot_teardown(&fixture), 0);
}

/* Appends to a text of at most `size` bytes. */
static void append(char *text, size_t size, const char *more)
{
    size_t length = strlen(text);

    assert_true(length + strlen(more) < size);
    memcpy(text + length, more, strlen(more) + 1);
}

static void test_modules_are_counted(void **state)
{
    static char source[32768] = TREE_HEAD "chosen {";
    static char names[32][32];
    struct boot *boot = *state;

    for (unsigned at = 0; at < 16; at++) {
        char domain[512];

        snprintf(domain, sizeof(domain),
                 DOM_ALL("dom%u", CELLS "cpus = <1>; memory = <0 0x4000>;", KERNEL("kernel%u", ""),
                         RAMDISK("module@2", "ramdisk%u")),
                 at, at, at);
        append(source, sizeof(source), domain);
        snprintf(names[at], sizeof(names[0]), "/EFI/muster/kernel%u", at);
        snprintf(names[16 + at], sizeof(names[0]), "/EFI/muster/ramdisk%u", at);
        machine_add_file(&boot->machine, names[at], image_linux(4096), 4096);
        machine_add_file(&boot->machine, names[16 + at], image_ramdisk(4096), 4096);
    }
    append(source, sizeof(source), "}; };");
    boot_run(boot, "xen=xen.efi\n", source);
    assert_diagnostics(boot, "/chosen: error: 34 boot modules are needed, but Xen takes 32 (itself "
                             "and the tree counted)\n"
                             "  hint: share binaries between domains: each counts once\n");
}

static void test_command_lines_are_counted(void **state)
{
    static char source[32768] = TREE_HEAD "chosen {";
    struct boot *boot = *state;

    for (unsigned at = 0; at < 33; at++) {
        char domain[512];

        snprintf(domain, sizeof(domain),
                 DOM_ALL("dom%u", CELLS "cpus = <1>; memory = <0 0x2000>;",
                         KERNEL("vmlinuz", "bootargs = \"quiet\";"), ""),
                 at);
        append(source, sizeof(source), domain);
    }
    append(source, sizeof(source), "}; };");
    boot_run(boot, "xen=xen.efi\n", source);
    assert_diagnostics(boot, "/chosen: error: 33 modules have a command line, but Xen takes 32\n");
}

static void test_regions_are_counted(void **state)
{
    static char source[32768] =
        TREE_HEAD "chosen {" DOM("domA", "") "}; reserved-memory { #address-cells = <1>;"
                                             " #size-cells = <1>; ranges; a@1000 { reg = <";
    struct boot *boot = *state;

    for (unsigned at = 1; at <= 257; at++) {
        char region[32];

        snprintf(region, sizeof(region), "0x%x 0x1000 ", at << 12);
        append(source, sizeof(source), region);
    }
    append(source, sizeof(source), ">; }; }; };");
    boot_run(boot, "xen=xen.efi\n", source);
    assert_diagnostics(
        boot, "/chosen: error: Xen has room for 256 regions of memory, but there are more\n"
              "  hint: static, shared and reserved memory count\n");
}

/* What U-Boot loaded, and reserved, is left alone; reserved memory may overlap its own kind. */
static void test_loaded_earlier(void **state)
{
    struct boot *boot = *state;
    const char *source =
        "/dts-v1/;\n/memreserve/ 0x60000000 0x2000;\n"
        "/ { #address-cells = <2>; #size-cells = <2>; chosen {" DOM(
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
        boot_test(test_modules_are_counted),
        boot_test(test_command_lines_are_counted),
        boot_test(test_regions_are_counted),
        boot_test(test_loaded_earlier),
    };
    struct CMUnitTest tests[sizeof(rows) / sizeof(rows[0])] = {0};

    for (size_t at = 0; at < sizeof(rows) / sizeof(rows[0]); at++)
        tests[at] = (struct CMUnitTest){
            .name = rows[at].name,
            .test_func = test_row,
            .initial_state = (void *)(uintptr_t)&rows[at],
        };
    return cmocka_run_group_tests_name("preflight", tests, NULL, NULL) +
           cmocka_run_group_tests_name("preflight of many", others, NULL, NULL);
}
