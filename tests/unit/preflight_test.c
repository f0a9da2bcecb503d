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
/* The same with one cell each of address and size. */
#define DOM_1(name, more)                                                                          \
    DOM_ALL(name, "#address-cells = <1>; #size-cells = <1>; " SIZE, KERNEL("vmlinuz", ""), more)
#define SHARED(node, more) node " { compatible = \"xen,domain-shared-memory-v1\"; " more " };"
#define CHANNEL(label, node, link)                                                                 \
    label ": " node " { compatible = \"xen,evtchn-v1\"; xen,evtchn = <" link ">; };"
#define POLICY(binary) MODULE("module@5", "\"xen,xsm-policy\", \"multiboot,module\"", binary, "")
/* A page of a module that someone loaded earlier. */
#define LOADED(node, compatible, address)                                                          \
    node " { compatible = \"" compatible "\", \"multiboot,module\"; reg = <0 0x" address           \
         " 0 0x1000>; };"

#define TEXT_16(text)                                                                              \
    text text text text text text text text text text text text text text text text
#define LONG TEXT_16(TEXT_16("1234"))

struct row {
    const char *name;
    const char *config; /* what its section has besides xen= */
    const char *chosen; /* nodes and properties of /chosen */
    const char *beside; /* nodes beside /chosen */
    const char *cpus;   /* nodes below /cpus beside its CPUs */
    const char *gic;    /* what the interrupt controller is instead of a GICv3 */
    void (*prepare)(struct boot *boot);
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

static void at_unknown_level(struct boot *boot)
{
    boot->request.exception_level = 0;
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

/* Xen knows its node, the one that the tree gives it, and speaks of it. */
static void xen_with_static(struct boot *boot)
{
    static const char texts[] = "multiboot,module\0xen,static-mem\0"
                                "Checking for \"xen,static-mem\" in domain node\n\0"
                                "requested static memory";

    add_xen(boot, texts, sizeof(texts));
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

/* Two sections, of 0x8000 bytes from 0x1000 on, which the file does not have, and of none. */
static void add_cut_off(struct boot *boot, const char *name)
{
    static const unsigned char sections[80] = {[16] = 0, 0x80, [21] = 0x10};

    add_file(boot, name, image_xen(20000), 20000, 20000);
    content[64 + 6] = 2;
    memcpy(content + 64 + 24 + 0xa0, sections, sizeof(sections));
}

/* Its header counts more sections than it has room for; those that are there are empty. */
static void xen_of_many_sections(struct boot *boot)
{
    add_file(boot, XEN_NAME, image_xen(20000), 20000, 20000);
    content[64 + 7] = 2;
    memset(content + 64 + 24 + 0xa0, 0, 20000 - 64 - 24 - 0xa0);
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

static void file_is_short_gzip(struct boot *boot)
{
    add_file(boot, FILE_NAME, "\x1f\x8b", 2, 19);
}

/* It becomes `size` bytes. */
static void add_gzip(struct boot *boot, unsigned size)
{
    add_file(boot, FILE_NAME, "\x1f\x8b", 2, 4096);
    for (size_t at = 4092; at < 4096; at++, size >>= 8)
        content[at] = (unsigned char)size;
}

static void file_is_good_gzip(struct boot *boot)
{
    add_gzip(boot, 10000);
}

static void file_is_gzip_of_little(struct boot *boot)
{
    add_gzip(boot, 2000);
}

/* It says that it goes from 0 to `size`. */
static void add_zimage(struct boot *boot, unsigned char size_high, size_t size)
{
    const unsigned char header[48] = {[36] = 0x18, 0x28, 0x6f, 0x01, [45] = size_high};

    add_file(boot, FILE_NAME, header, sizeof(header), size);
}

static void file_is_zimage(struct boot *boot)
{
    add_zimage(boot, 0x20, 4096);
}

static void file_is_good_zimage(struct boot *boot)
{
    add_zimage(boot, 0x10, 4096);
}

static void file_is_short_zimage(struct boot *boot)
{
    add_zimage(boot, 0, 44);
}

/* Its content is `size_high` times 256 bytes, for this processor. */
static void add_uimage(struct boot *boot, unsigned char size_high, unsigned char processor,
                       size_t size)
{
    const unsigned char header[64] = {0x27, 0x05, 0x19, 0x56, [14] = size_high, [29] = processor};

    add_file(boot, FILE_NAME, header, sizeof(header), size);
}

static void file_is_uimage(struct boot *boot)
{
    add_uimage(boot, 8, 3, 4096);
}

static void file_is_uimage_for_arm(struct boot *boot)
{
    add_uimage(boot, 8, 2, 4096);
}

static void file_is_uimage_for_arm64(struct boot *boot)
{
    add_uimage(boot, 8, 22, 4096);
}

static void file_is_short_uimage(struct boot *boot)
{
    add_uimage(boot, 0, 22, 63);
}

static void file_is_uimage_cut_off(struct boot *boot)
{
    add_uimage(boot, 0x10, 22, 4096);
}

static void file_is_short_image(struct boot *boot)
{
    add_file(boot, FILE_NAME, image_linux(10000), 60, 60);
}

/* An Image that is to be `offset` bytes behind the start of memory. */
static void add_image_at(struct boot *boot, uint64_t offset)
{
    add_file(boot, FILE_NAME, image_linux(10000), 10000, 10000);
    for (size_t at = 8; at < 16; at++, offset >>= 8)
        content[at] = (unsigned char)offset;
}

static void file_is_image_behind_128_mib(struct boot *boot)
{
    add_image_at(boot, 0x8000000);
}

static void file_is_image_nowhere(struct boot *boot)
{
    add_image_at(boot, UINT64_MAX / 2);
}

/* The first instruction is all that such an Image is known by. */
static void file_is_old_image(struct boot *boot)
{
    add_file(boot, FILE_NAME, "\x08\x00\x00\x14", 4, 4096);
}

static void file_is_short_text(struct boot *boot)
{
    add_file(boot, FILE_NAME, "\x08\x00\x00\x14", 4, 63);
}

static void file_is_program(struct boot *boot)
{
    add_file(boot, FILE_NAME, "MZ", 2, 4096);
}

static void file_is_tree(struct boot *boot)
{
    add_file(boot, FILE_NAME, "\xd0\x0d\xfe\xed", 4, 4096);
}

static void file_is_policy(struct boot *boot)
{
    add_file(boot, FILE_NAME, "\x8c\xff\x7c\xf9", 4, 4096);
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

/* Registers in the middle; that they are no memory is seen by what is missing. */
static void device_memory(struct boot *boot)
{
    keep_memory(boot, MEMORY_DEVICE);
}

static void boot_services_memory(struct boot *boot)
{
    keep_memory(boot, MEMORY_TRANSIENT);
}

static void no_memory(struct boot *boot)
{
    machine_set_region(&boot->machine, MACHINE_RAM, MACHINE_RAM_SIZE, MEMORY_RUNTIME);
}

/* --- the rows --------------------------------------------------------------------------------- */

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
         "error: there is nothing to boot: no kernel for dom0 and no domain\n"
         "  hint: give dom0 a kernel=, or describe domains in the device tree or with domains=\n"},
    {.name = "xen is for x86",
     .prepare = xen_for_x86,
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:2: error: xen.efi is no EFI program for arm64\n"
                 "  hint: it is for another processor\n"},
    {.name = "xen without a header",
     .prepare = xen_without_header,
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:2: error: xen.efi is no EFI program for arm64\n"
                 "  hint: it is for another processor\n"},
    {.name = "xen with its header outside",
     .prepare = xen_of_header_elsewhere,
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:2: error: xen.efi is no EFI program for arm64\n"
                 "  hint: it is for another processor\n"},
    {.name = "xen is four bytes",
     .prepare = xen_is_short,
     .chosen = DOM("domA", "capabilities = <0>;"),
     .expected = "muster.cfg:2: error: xen.efi is no EFI program for arm64\n"
                 "  hint: it is for another processor\n"},
    {.name = "xen of many sections",
     .prepare = xen_of_many_sections,
     .chosen = DOM("domA", ""),
     .expected = ""},
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
     .expected = "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/"
                 "thirty-letters-are-in-this-name-thirty-letters-are-in-this-name: "
                 "warning: Xen does not look for domains here\n"
                 "  hint: move it right below /chosen\n"
                 "(a node too deep to name): warning: Xen does not look for domains here\n"
                 "  hint: move it right below /chosen\n"},
    {.name = "domain in a domain",
     .chosen = DOM("domA", "domB { compatible = \"xen,domain\"; };"),
     .expected = "/chosen/domA/domB: warning: Xen does not look for domains here\n"
                 "  hint: move it right below /chosen\n"},
    {.name = "good: compatible that is no text",
     .chosen = DOM("domA", ""),
     .beside = "a { compatible = [61]; }; b { compatible; };",
     .expected = ""},
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
    {.name = "memory of all, in whole GiB",
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0x80000000 0>;", ""),
     .expected =
         "/chosen/domA: error: domain domA asks for 15.9 EiB of memory, but the machine has 1 GiB\n"
         "  hint: memory counts KiB: 128 MiB is <0 0x20000>\n"},
    {.name = "memory of two, each too large",
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0 0x8000000>;", "")
         DOM_WITH("domB", "cpus = <1>; memory = <0 0x200000>;", "") DOM("domC", ""),
     .expected =
         "/chosen/domA: error: domain domA asks for 128 GiB of memory, but the machine has 1 GiB\n"
         "  hint: memory counts KiB: <0 0x8000000> is 128 GiB, 128 MiB is <0 0x20000>\n"
         "/chosen/domB: error: domain domB asks for 2 GiB of memory, but the machine has 1 GiB\n"
         "  hint: memory counts KiB: <0 0x200000> is 2 GiB, 2 MiB is <0 0x800>\n"},
    {.name = "a machine without memory",
     .prepare = no_memory,
     .chosen = DOM("domA", ""),
     .expected =
         "muster.cfg:2: error: no room in memory for xen.efi (19.5 KiB)\n"
         "  hint: the largest free stretch is 0 B\n"
         "/chosen/domA: error: domain domA asks for 128 MiB of memory, but the machine has 0 B\n"
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
    {.name = "dom0_mem in KiB",
     .config = "options=dom0_mem=1048577,max:2G\nkernel=vmlinuz\n",
     .expected = "/chosen: error: the domains need 1025 MiB of memory (1024 for themselves), but "
                 "the machine has 1024\n"
                 "  hint: give them less: dom0 has what dom0_mem= says\n"},

    {.name = "dom0_mem in KiB, last",
     .config = "options=dom0_mem=1048577\nkernel=vmlinuz\n",
     .expected = "/chosen: error: the domains need 1025 MiB of memory (1024 for themselves), but "
                 "the machine has 1024\n"
                 "  hint: give them less: dom0 has what dom0_mem= says\n"},
    {.name = "dom0_mem in bytes",
     .config = "options=dom0_mem=2147483648B\nkernel=vmlinuz\n",
     .expected = "/chosen: error: the domains need 2049 MiB of memory (2048 for themselves), but "
                 "the machine has 1024\n"
                 "  hint: give them less: dom0 has what dom0_mem= says\n"},

    {.name = "dom0_mem in KiB, hexadecimal",
     .config = "options=dom0_mem=0x200000\nkernel=vmlinuz\n",
     .expected = "/chosen: error: the domains need 2049 MiB of memory (2048 for themselves), but "
                 "the machine has 1024\n"
                 "  hint: give them less: dom0 has what dom0_mem= says\n"},

    {.name = "dom0_mem beyond all",
     .config = "options=dom0_mem=99999999T\nkernel=vmlinuz\n",
     .expected = "/chosen: error: the domains need 16896668729345 MiB of memory (16896668729344 "
                 "for themselves), but "
                 "the machine has 1024\n"
                 "  hint: give them less: dom0 has what dom0_mem= says\n"},

    {.name = "good: dom0_mem of no size",
     .config = "options=dom0_mem=max:2G\nkernel=vmlinuz\n",
     .expected = ""},
    {.name = "good: dom0_mem of an unknown unit",
     .config = "options=dom0_mem=1000000P\nkernel=vmlinuz\n",
     .expected = ""},
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
    {.name = "max_grant_version of none",
     .chosen = DOM("domA", "max_grant_version = <0>;"),
     .expected = "/chosen/domA: error: domain domA: max_grant_version cannot be 0\n"
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
    {.name = "hardware domain with a fragment",
     .prepare = fragment_good,
     .chosen = DOM("domA", "capabilities = <2>;" FRAGMENT("file")),
     .beside = "eth: ethernet@fe000000 { xen,passthrough; };",
     .expected =
         "/chosen/domA: error: domain domA is the hardware domain, which takes no passthrough\n"
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
                 "  hint: give it a number from 0 to 2048\n"},
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
     .expected = "/chosen/domA: error: domain domA asks for xenstore, which only dom0 can serve\n"
                 "  hint: start a dom0, or write xen,enhanced = \"no-xenstore\"\n"},

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
     .expected = "/chosen/domA/vcpu0: error: domain domA: id is to be written id = <NUMBER>\n"},
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
    {.name = "domain of a section that cannot be read",
     .config = "domains=domA\n[domA]\nkernel=vmlinuz\nmemory=128X\n",
     .expected = "muster.cfg:6: error: memory: it is no amount of memory\n"
                 "  hint: write 128M, 1G, or a number of KiB\n"},
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
    {.name = "good: property set to something",
     .chosen = DOM("domA", "vpl011 = <1>;"),
     .expected = ""},
    {.name = "command line that is nothing",
     .chosen = DOM_OF("domA", KERNEL("vmlinuz", "bootargs;"), ""),
     .expected = "/chosen/domA/module@1: error: domain domA: bootargs is to be written bootargs = "
                 "\"TEXT\"\n"},
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
    {.name = "node whose kind is no text",
     .chosen = DOM("domA", "pets { compatible = [61 62]; };"),
     .expected = "/chosen/domA/pets: warning: domain domA: Xen has no use for the node pets\n"},
    {.name = "good: node of a kind that this Xen has",
     .prepare = real_xen,
     .chosen = DOM("domA", "pets { compatible = \"other-one\"; };"),
     .expected = ""},
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
    {.name = "property of two domains that this Xen lacks",
     .prepare = real_xen,
     .chosen = DOM("domA", "capabilities = <0>;") DOM("domB", "capabilities = <0>;"),
     .expected = "/chosen/domA: warning: domain domA: xen.efi does not know the property "
                 "capabilities and ignores it\n"
                 "  hint: another version or build of Xen does\n"
                 "/chosen/domB: warning: domain domB: xen.efi does not know the property "
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
    {.name = "no memory for a kernel that nobody says is one",
     .prepare = no_memory,
     .chosen =
         DOM_OF("domA", "m { compatible = \"multiboot,module\"; uefi,binary = \"vmlinuz\"; };", ""),
     .expected =
         "muster.cfg:2: error: no room in memory for xen.efi (19.5 KiB)\n"
         "  hint: the largest free stretch is 0 B\n"
         "/chosen/domA: error: domain domA asks for 128 MiB of memory, but the machine has 0 B\n"
         "  hint: memory counts KiB: 128 MiB is <0 0x20000>\n"},
    {.name = "kernel that is not there",
     .chosen =
         DOM_OF("domA", "m { compatible = \"multiboot,module\"; uefi,binary = \"nothing\"; };", ""),
     .expected = "/chosen/domA/m: error: nothing is neither a key of binary= nor a file\n"
                 "  hint: define it with binary=FILE KEY, or put the file beside the loader\n"},
    {.name = "two kernels",
     .chosen = DOM("domA",
                   MODULE("module@9", "\"multiboot,kernel\", \"multiboot,module\"", "vmlinuz", "")),
     .expected = "/chosen/domA/module@1: error: domA has more than one kernel\n"
                 "  hint: leave one of them\n"},
    {.name = "two ramdisks",
     .chosen = DOM("domA", RAMDISK("module@2", "ramdisk") RAMDISK("module@4", "ramdisk")),
     .expected = "/chosen/domA/module@4: warning: domA has more than one ramdisk\n"
                 "  hint: leave one of them\n"},
    {.name = "two ramdisks that were loaded earlier",
     .chosen = DOM("domA", LOADED("a@60000000", "multiboot,ramdisk", "60000000")
                               LOADED("b@61000000", "multiboot,ramdisk", "61000000")),
     .expected = "/chosen/domA/b@61000000: warning: domA has more than one ramdisk\n"
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
    {.name = "module without use that was loaded earlier",
     .chosen =
         DOM("domA", RAMDISK("module@2", "ramdisk") LOADED("a@60000000", "my,thing", "60000000")),
     .expected =
         "/chosen/domA/a@60000000: warning: domain domA: it is not known what the module is for\n"
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
    {.name = "kernel is a program",
     .prepare = file_is_program,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected =
         "/chosen/domA/module@1: error: file is an EFI program, so Xen cannot start it as the "
         "kernel of domA\n"
         "  hint: Xen starts an Image, a zImage, or these in gzip\n"},

    {.name = "kernel is a device tree",
     .prepare = file_is_tree,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected =
         "/chosen/domA/module@1: error: file is a device tree, so Xen cannot start it as the "
         "kernel of domA\n"
         "  hint: Xen starts an Image, a zImage, or these in gzip\n"},

    {.name = "kernel is a policy",
     .prepare = file_is_policy,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected =
         "/chosen/domA/module@1: error: file is an XSM policy, so Xen cannot start it as the "
         "kernel of domA\n"
         "  hint: Xen starts an Image, a zImage, or these in gzip\n"},

    {.name = "kernel is short text",
     .prepare = file_is_short_text,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected = "/chosen/domA/module@1: error: file is no kernel, so Xen cannot start it as the "
                 "kernel of domA\n"
                 "  hint: Xen starts an Image, a zImage, or these in gzip\n"},

    {.name = "kernel is an Image cut off in its header",
     .prepare = file_is_short_image,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected = "/chosen/domA/module@1: error: file is cut off, so Xen cannot start it as the "
                 "kernel of domA\n"
                 "  hint: was it copied completely?\n"},

    {.name = "kernel is a zImage cut off in its header",
     .prepare = file_is_short_zimage,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected = "/chosen/domA/module@1: error: file is cut off, so Xen cannot start it as the "
                 "kernel of domA\n"
                 "  hint: was it copied completely?\n"},

    {.name = "kernel is a U-Boot image cut off in its header",
     .prepare = file_is_short_uimage,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected = "/chosen/domA/module@1: error: file is cut off, so Xen cannot start it as the "
                 "kernel of domA\n"
                 "  hint: Xen starts an Image, a zImage, or these in gzip\n"},

    {.name = "kernel is a U-Boot image cut off",
     .prepare = file_is_uimage_cut_off,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected = "/chosen/domA/module@1: error: file is cut off, so Xen cannot start it as the "
                 "kernel of domA\n"
                 "  hint: Xen starts an Image, a zImage, or these in gzip\n"},

    {.name = "kernel is gzip cut off in its header",
     .prepare = file_is_short_gzip,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected = "/chosen/domA/module@1: error: file is damaged, so Xen cannot start it as the "
                 "kernel of domA\n"
                 "  hint: was it copied completely?\n"},

    {.name = "kernel is gzip that would shrink",
     .prepare = file_is_gzip_of_little,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected = "/chosen/domA/module@1: error: file is damaged, so Xen cannot start it as the "
                 "kernel of domA\n"
                 "  hint: was it copied completely?\n"},

    {.name = "good: kernel is gzip",
     .prepare = file_is_good_gzip,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected = ""},

    {.name = "good: kernel is a zImage",
     .prepare = file_is_good_zimage,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected = ""},

    {.name = "good: kernel is a U-Boot image for arm",
     .prepare = file_is_uimage_for_arm,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected = ""},

    {.name = "good: kernel is a U-Boot image for arm64",
     .prepare = file_is_uimage_for_arm64,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected = ""},

    {.name = "good: kernel is an old Image",
     .prepare = file_is_old_image,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected = ""},

    {.name = "good: kernel is an Image that cannot be anywhere",
     .prepare = file_is_image_nowhere,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected = ""},

    {.name = "memory for an Image that is to be behind it",
     .prepare = file_is_image_behind_128_mib,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected =
         "/chosen/domA: error: domain domA has 128 MiB of memory, but its files need 134 MiB\n"
         "  hint: memory counts KiB: 128 MiB is <0 0x20000>\n"},
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
    {.name = "ramdisk of two domains is a kernel",
     .prepare = second_kernel,
     .chosen =
         DOM("domA", RAMDISK("module@2", "vmlinuz2")) DOM("domB", RAMDISK("module@2", "vmlinuz2")),
     .expected = "/chosen/domA/module@2: warning: domain domA: vmlinuz2 is stated to be a ramdisk, "
                 "but is an arm64 Image\n"
                 "  hint: are two files mixed up?\n"},
    {.name = "ramdisk is a policy",
     .prepare = file_is_policy,
     .chosen = DOM("domA", RAMDISK("module@2", "file")),
     .expected = "/chosen/domA/module@2: warning: domain domA: file is stated to be a ramdisk, but "
                 "is an XSM policy\n"
                 "  hint: are two files mixed up?\n"},
    {.name = "policy is a kernel",
     .prepare = second_kernel,
     .chosen = POLICY("vmlinuz2") DOM("domA", ""),
     .expected = "/chosen/module@5: warning: dom0: vmlinuz2 is stated to be an XSM policy, but is "
                 "an arm64 Image\n"
                 "  hint: are two files mixed up?\n"},
    {.name = "good: policy of unknown content",
     .prepare = file_is_text,
     .chosen = POLICY("file") DOM("domA", ""),
     .expected = ""},
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
    {.name = "one file, two kinds, three times",
     .chosen = POLICY("ramdisk") DOM("domA", RAMDISK("module@2", "ramdisk"))
         DOM("domB", RAMDISK("module@2", "ramdisk")),
     .expected = "/chosen/domA/module@2: error: domain domA: ramdisk is used as a ramdisk, but as "
                 "an XSM policy elsewhere\n"
                 "  hint: give it a copy of the file\n"},
    {.name = "fragment that is not there",
     .chosen = DOM("domA", FRAGMENT("nothing")),
     .expected = "/chosen/domA/module@3: error: nothing is neither a key of binary= nor a file\n"
                 "  hint: define it with binary=FILE KEY, or put the file beside the loader\n"},
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
         "/chosen/domA/module@3: error: domain domA: e in file has xen,reg that is no list of "
         "pages\n"
         "  hint: write <HOST SIZE GUEST>, each in whole pages\n"
         "/chosen/domA/module@3: error: domain domA: f in file has xen,reg that is no list of "
         "pages\n"
         "  hint: write <HOST SIZE GUEST>, each in whole pages\n"},
    {.name = "fragment of no lists",
     .prepare = fragment_of_no_lists,
     .chosen = DOM("domA", FRAGMENT("file")),
     .expected = "/chosen/domA/module@3: error: domain domA: b in file has xen,reg that is no list "
                 "of pages\n"
                 "  hint: write <HOST SIZE GUEST>, each in whole pages\n"
                 "/chosen/domA/module@3: error: domain domA: d in file has xen,reg that is no list "
                 "of pages\n"
                 "  hint: write <HOST SIZE GUEST>, each in whole pages\n"
                 "/chosen/domA/module@3: error: domain domA: e in file has xen,reg that is no list "
                 "of pages\n"
                 "  hint: write <HOST SIZE GUEST>, each in whole pages\n"},
    {.name = "good: fragment with something too deep",
     .prepare = fragment_deep,
     .chosen = DOM("domA", FRAGMENT("file")),
     .expected = ""},
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
     .expected = "/chosen/domA: error: xen,static-mem of domA: 0 bytes are no list of entries of "
                 "2 + 2 cells\n"
                 "  hint: #address-cells and #size-cells of the parent count\n"},
    {.name = "static memory of other cells",
     .chosen = DOM("domA", "xen,static-mem = <0x60000000 0x8000000 0>;"),
     .expected = "/chosen/domA: error: xen,static-mem of domA: 12 bytes are no list of entries of "
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
    {.name = "reserved memory too large",
     .chosen = DOM("domA", ""),
     .beside = "reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; fw@66000000 { "
               "reg = <0 0x66000000 0xffffffff 0xffffffff>; }; };",
     .expected = "/reserved-memory/fw@66000000: warning: reg: an entry does not fit into 64 bits\n"
                 "  hint: #address-cells and #size-cells of the parent count\n"},
    {.name = "shared memory without id",
     .chosen = DOM_ALL("domA",
                       "#address-cells = <1>; #size-cells = <1>; cpus = <1>; memory = <0 0x20000>;",
                       KERNEL("vmlinuz", ""),
                       SHARED("shared@0", "xen,shared-mem = <0x60000000 0x10000000 0x1000>;")),
     .expected = "/chosen/domA/shared@0: error: domain domA: shared memory has no xen,shm-id\n"
                 "  hint: add xen,shm-id = \"NAME\"\n"},
    {.name = "shared memory of an empty id",
     .chosen = DOM_1("domA", SHARED("shared@0", "xen,shm-id = \"\"; xen,shared-mem = "
                                                "<0x60000000 0x10000000 0x1000>;")),
     .expected = "/chosen/domA/shared@0: error: domain domA: shared memory has no xen,shm-id\n"
                 "  hint: add xen,shm-id = \"NAME\"\n"},
    {.name = "shared memory without ids, in one place",
     .chosen = DOM_1("domA", SHARED("shared@0", "xen,shm-id = \"a\"; xen,shared-mem = "
                                                "<0x60000000 0x10000000 0x1000>;"))
         DOM_1("domB", SHARED("shared@0", "xen,shared-mem = <0x60000000 0x10000000 0x1000>;"))
             DOM_1("domC", SHARED("shared@0", "xen,shared-mem = <0x60000000 0x10000000 0x1000>;")),
     .expected = "/chosen/domB/shared@0: error: shared memory of domB (0x60000000 to 0x60000fff) "
                 "overlaps shared memory of domA (0x60000000 to 0x60000fff)\n"
                 "  hint: move or shrink one of them\n"
                 "/chosen/domB/shared@0: error: domain domB: shared memory has no xen,shm-id\n"
                 "  hint: add xen,shm-id = \"NAME\"\n"
                 "/chosen/domC/shared@0: error: shared memory of domC (0x60000000 to 0x60000fff) "
                 "overlaps shared memory of domA (0x60000000 to 0x60000fff)\n"
                 "  hint: move or shrink one of them\n"
                 "/chosen/domC/shared@0: error: domain domC: shared memory has no xen,shm-id\n"
                 "  hint: add xen,shm-id = \"NAME\"\n"},
    {.name = "shared memory without id before one with it",
     .chosen = DOM_1("domA", SHARED("shared@0", "xen,shared-mem = <0x60000000 0x10000000 0x1000>;"))
         DOM_1("domB", SHARED("shared@0", "xen,shm-id = \"a\"; xen,shared-mem = "
                                          "<0x60000000 0x10000000 0x1000>;")),
     .expected = "/chosen/domA/shared@0: error: domain domA: shared memory has no xen,shm-id\n"
                 "  hint: add xen,shm-id = \"NAME\"\n"
                 "/chosen/domB/shared@0: error: shared memory of domB (0x60000000 to 0x60000fff) "
                 "overlaps shared memory of domA (0x60000000 to 0x60000fff)\n"
                 "  hint: move or shrink one of them\n"},
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
    {.name = "shared memory of unusable cell counts",
     .chosen = DOM_ALL("domA", "#address-cells = <1>; #size-cells = <5>; " SIZE, "",
                       SHARED("shared@0", "xen,shm-id = \"a\"; xen,shared-mem = <0 0>;")),
     .expected =
         "/chosen/domA: error: #size-cells cannot be used for the reg of modules\n"
         "  hint: it is one cell, from 1 to 2\n"
         "/chosen/domA: error: domain domA has no kernel\n"
         "  hint: add a module with compatible \"multiboot,kernel\", \"multiboot,module\"\n"
         "/chosen/domA/shared@0: error: xen,shared-mem of domA: its cell counts are not from "
         "1 to 4\n"
         "  hint: #address-cells and #size-cells of the parent count\n"},

    {.name = "shared memory of addresses too large",
     .chosen = DOM_ALL(
         "domA", "#address-cells = <3>; #size-cells = <2>; " SIZE, KERNEL("vmlinuz", ""),
         SHARED("shared@0",
                "xen,shm-id = \"a\"; xen,shared-mem = <1 0 0x60000000 0 0 0x10000000 0 0x1000>;")),
     .expected = "/chosen/domA/shared@0: error: xen,shared-mem of domA: an entry does not fit into "
                 "64 bits\n"
                 "  hint: #address-cells and #size-cells of the parent count\n"},

    {.name = "shared memory of guest addresses too large",
     .chosen = DOM_ALL(
         "domA", "#address-cells = <3>; #size-cells = <2>; " SIZE, KERNEL("vmlinuz", ""),
         SHARED("shared@0",
                "xen,shm-id = \"a\"; xen,shared-mem = <0 0 0x60000000 1 0 0x10000000 0 0x1000>;")),
     .expected = "/chosen/domA/shared@0: error: xen,shared-mem of domA: an entry does not fit into "
                 "64 bits\n"
                 "  hint: #address-cells and #size-cells of the parent count\n"},

    {.name = "shared memory too large",
     .chosen =
         DOM_ALL("domA", "#address-cells = <2>; #size-cells = <2>; " SIZE, KERNEL("vmlinuz", ""),
                 SHARED("shared@0",
                        "xen,shm-id = \"a\"; xen,shared-mem = <1 0 0 0 0xffffffff 0xffffffff>;")),
     .expected = "/chosen/domA/shared@0: error: xen,shared-mem of domA: an entry does not fit into "
                 "64 bits\n"
                 "  hint: #address-cells and #size-cells of the parent count\n"},

    {.name = "shared memory of sizes too large",
     .chosen = DOM_ALL("domA", "#address-cells = <1>; #size-cells = <3>; " SIZE, "",
                       SHARED("shared@0", "xen,shm-id = \"a\"; xen,shared-mem = <0 1 0 0>;")),
     .expected = "/chosen/domA: error: #size-cells cannot be used for the reg of modules\n"
                 "  hint: it is one cell, from 1 to 2\n"
                 "/chosen/domA: error: domain domA has no kernel\n"
                 "  hint: add a module with compatible \"multiboot,kernel\", \"multiboot,module\"\n"
                 "/chosen/domA/shared@0: error: xen,shared-mem of domA: an entry does not fit into "
                 "64 bits\n"
                 "  hint: #address-cells and #size-cells of the parent count\n"},
    {.name = "shared memory of a section",
     .config = "domains=domA\n[domA]\nkernel=vmlinuz\nmemory=128M\ncpus=1\n"
               "s/compatible=xen,domain-shared-memory-v1\n",
     .expected = "muster.cfg:4: error: xen,shared-mem of domA: it is missing\n"
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
    {.name = "shared memory of half a page",
     .chosen = DOM_1("domA", SHARED("shared@0", "xen,shm-id = \"a\"; xen,shared-mem = "
                                                "<0x10000000 0x1800>;")),
     .expected = "/chosen/domA/shared@0: error: domain domA: shared memory a is not page aligned\n"
                 "  hint: address and size are multiples of 0x1000\n"},
    {.name = "shared memory of two sizes",
     .chosen = DOM_1("domA", SHARED("shared@0", "xen,shm-id = \"a\"; xen,shared-mem = "
                                                "<0x60000000 0x10000000 0x1000>;"))
         DOM_1("domB", SHARED("shared@0", "xen,shm-id = \"a\"; xen,shared-mem = "
                                          "<0x60000000 0x10000000 0x2000>;")),
     .expected = "/chosen/domB/shared@0: error: shared memory of domB (0x60000000 to 0x60001fff) "
                 "overlaps shared memory of domA (0x60000000 to 0x60000fff)\n"
                 "  hint: move or shrink one of them\n"
                 "/chosen/domB/shared@0: error: domain domB: shared memory a is not where domA has "
                 "it\n"
                 "  hint: give it the same address and size everywhere\n"},
    {.name = "good: shared memory that Xen finds for one of two",
     .chosen = DOM_1("domA", SHARED("shared@0", "xen,shm-id = \"a\"; xen,shared-mem = "
                                                "<0x10000000 0x1000>;"))
         DOM_1("domB", SHARED("shared@0", "xen,shm-id = \"a\"; xen,shared-mem = "
                                          "<0x60000000 0x10000000 0x1000>;")),
     .expected = ""},
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
    {.name = "shared memory of a direct-map domain, anywhere",
     .chosen = DOM_1("domA", "direct-map; xen,static-mem = <0 0x60000000 0 0x8000000>;" SHARED(
                                 "shared@0", "xen,shm-id = \"a\"; xen,shared-mem = "
                                             "<0x10000000 0x1000>;")),
     .expected =
         "/chosen/domA/shared@0: error: domain domA has direct-map, but not for shared memory a\n"
         "  hint: give host and guest the same address\n"},
    {.name = "good: shared memory of a direct-map domain",
     .chosen = DOM_1("domA", "direct-map; xen,static-mem = <0 0x60000000 0 0x8000000>;" SHARED(
                                 "shared@0", "xen,shm-id = \"a\"; xen,shared-mem = "
                                             "<0x70000000 0x70000000 0x1000>;")),
     .expected = ""},
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
    {.name = "good: static memory that Xen has",
     .prepare = xen_with_static,
     .chosen = DOM("domA", "xen,static-mem = <0 0x60000000 0 0x8000000>;"),
     .expected = ""},
    {.name = "pool without cpus",
     .chosen = "pool { compatible = \"xen,cpupool\"; };" DOM("domA", ""),
     .expected = "/chosen/pool: error: CPU pool pool has no CPUs\n"
                 "  hint: write cpupool-cpus = <&cpu0 &cpu1>\n"},
    {.name = "pool of nothing",
     .chosen = "pool { compatible = \"xen,cpupool\"; cpupool-cpus; };" DOM("domA", ""),
     .expected = "/chosen/pool: error: CPU pool pool has no CPUs\n"
                 "  hint: write cpupool-cpus = <&cpu0 &cpu1>\n"},
    {.name = "pool of bytes",
     .chosen = "pool { compatible = \"xen,cpupool\"; cpupool-cpus = [00 01]; };" DOM("domA", ""),
     .expected = "/chosen/pool: error: CPU pool pool has no CPUs\n"
                 "  hint: write cpupool-cpus = <&cpu0 &cpu1>\n"},
    {.name = "pool of a node that is not there",
     .chosen = "pool { compatible = \"xen,cpupool\"; cpupool-cpus = <0x77>; };" DOM("domA", ""),
     .expected = "/chosen/pool: error: CPU pool pool: phandle 0x77 in cpupool-cpus is no CPU\n"
                 "  hint: write cpupool-cpus = <&cpu0 &cpu1>\n"},
    {.name = "pool of what is no CPU below /cpus",
     .chosen =
         "pool { compatible = \"xen,cpupool\"; cpupool-cpus = <0x71 0x72>; };" DOM("domA", ""),
     .cpus = "cpu-map { phandle = <0x71>; }; cache { device_type = \"cache\"; phandle = <0x72>; };",
     .expected = "/chosen/pool: error: CPU pool pool: phandle 0x71 in cpupool-cpus is no CPU\n"
                 "  hint: write cpupool-cpus = <&cpu0 &cpu1>\n"
                 "/chosen/pool: error: CPU pool pool: phandle 0x72 in cpupool-cpus is no CPU\n"
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
    {.name = "domain in a pool that is not there",
     .chosen = DOM("domA", "domain-cpupool = <0x77>;"),
     .expected = "/chosen/domA: error: domain domA: domain-cpupool is no xen,cpupool node\n"
                 "  hint: write domain-cpupool = <&POOL>\n"},
    {.name = "channel without link",
     .chosen = DOM("domA", "port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <1>; };"),
     .expected = "/chosen/domA/port@1: error: domain domA: xen,evtchn is not <PORT &REMOTE>\n"},
    {.name = "channel of nothing",
     .chosen = DOM("domA", "port@1 { compatible = \"xen,evtchn-v1\"; };"),
     .expected = "/chosen/domA/port@1: error: domain domA: xen,evtchn is not <PORT &REMOTE>\n"},
    {.name = "channel to a node that is not there",
     .chosen = DOM("domA", CHANNEL("a", "port@1", "1 0x77")),
     .expected =
         "/chosen/domA/port@1: error: domain domA: what xen,evtchn links to is no event channel\n"
         "  hint: two xen,evtchn-v1 nodes of started domains link to each other\n"},
    {.name = "channel to itself",
     .chosen = DOM("domA", CHANNEL("a", "port@1", "1 &a")),
     .expected =
         "/chosen/domA/port@1: error: domain domA: what xen,evtchn links to does not link back\n"
         "  hint: two xen,evtchn-v1 nodes of started domains link to each other\n"},
    {.name = "channel to one without a link",
     .chosen = DOM("domA", CHANNEL("a", "port@1", "1 &b"))
         DOM("domB", "b: port@1 { compatible = \"xen,evtchn-v1\"; };"),
     .expected = "/chosen/domB/port@1: error: domain domB: xen,evtchn is not <PORT &REMOTE>\n"},
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
    {.name = "channel without a port",
     .chosen =
         DOM("domA", CHANNEL("a", "port@1", "0 &b")) DOM("domB", CHANNEL("b", "port@1", "1 &a")),
     .expected = "/chosen/domA/port@1: error: domain domA: an event channel cannot have port 0\n"
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

static const char *or_nothing(const char *text)
{
    return text != NULL ? text : "";
}

/* The tree of the machine, with what the row wants. The caller frees it. */
static char *source_of(const struct row *row)
{
    static const char head[] = TREE_HEAD;
    static const char gic[] = "arm,gic-v3";
    const char *rest = strstr(head, gic);
    char *source = NULL;

    assert_non_null(rest);
    assert_true(asprintf(&source, "%.*s%s%s};\n/ { cpus { %s };\n    chosen { %s };\n%s};\n",
                         (int)(rest - head), head, row->gic != NULL ? row->gic : gic,
                         rest + strlen(gic), or_nothing(row->cpus), or_nothing(row->chosen),
                         or_nothing(row->beside)) > 0);
    return source;
}

static void run_row(struct boot *boot, const struct row *row)
{
    char *source = source_of(row);
    char *config = NULL;

    assert_true(asprintf(&config, "[system]\nxen=xen.efi\n%s", or_nothing(row->config)) > 0);
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

/* Runs a tree with a domain and `count` regions of reserved memory. */
static void run_regions(struct boot *boot, unsigned count)
{
    static char source[32768];

    strcpy(source, TREE_HEAD "chosen {" DOM(
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

/* A tree with `count` nodes of this text, between two others. */
static void run_many(struct boot *boot, const char *before, const char *node, unsigned count,
                     const char *after)
{
    static char source[32768];

    strcpy(source, TREE_HEAD);
    append(source, sizeof(source), before);
    for (unsigned at = 0; at < count; at++) {
        char text[100];

        snprintf(text, sizeof(text), "n%u { %s };", at, node);
        append(source, sizeof(source), text);
    }
    append(source, sizeof(source), after);
    boot_run(boot, "xen=xen.efi\n", source);
}

/* A tree full of one mistake is not looked at to its end. */
static void test_mistakes_without_end(void **state)
{
    struct boot *boot = *state;

    run_many(boot, "chosen {" DOM("domA", "") "};", "compatible = \"xen,domain\";",
             DIAGNOSTICS_MAX + 50, "};");
    assert_int_equal(boot->system.diagnostics.counts[SEVERITY_WARNING], DIAGNOSTICS_MAX);
    assert_diagnosed(boot, "/n99: warning: Xen does not look for domains here");
    run_many(boot, "chosen {" DOM("domA", ""), "compatible = \"xen,domian\";", DIAGNOSTICS_MAX + 50,
             "}; };");
    assert_int_equal(boot->system.diagnostics.counts[SEVERITY_WARNING], DIAGNOSTICS_MAX + 1);
    assert_diagnosed(boot, "/chosen/n99: warning: dom0: Xen has no use for the node n99");
    assert_diagnosed(boot, "and 1 more warnings");
}

static void test_devices_without_end(void **state)
{
    static char source[32768] = "/dts-v1/; / { passthrough {";
    struct boot *boot = *state;

    for (unsigned at = 0; at < 300; at++) {
        char device[64];

        snprintf(device, sizeof(device), "d%u { xen,path = \"/none\"; };", at);
        append(source, sizeof(source), device);
    }
    append(source, sizeof(source), "}; };");
    add_fragment(boot, source);
    boot_run(boot, "xen=xen.efi\n", TREE(DOM("domA", FRAGMENT("file"))));
    assert_int_equal(boot->system.diagnostics.counts[SEVERITY_ERROR], 64);
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

/* What is added to the base tree makes it too large. */
static void test_a_finished_tree_too_large(void **state)
{
    struct boot *boot = *state;

    add_large_tree(boot, 1000);
    boot_run(boot, "dtb=large.dtb\nkernel=vmlinuz\n", NULL);
    assert_diagnostics(boot, "");
    add_large_tree(boot, 4);
    boot_run(boot, "dtb=large.dtb\nkernel=vmlinuz\n", NULL);
    assert_diagnostics(boot, "error: the finished device tree has 2.0 MiB\n"
                             "  hint: Xen takes trees of at most 2 MiB\n");
}

/* Memory that is reserved from the start, and a domain with something in it. */
static void run_reserved(struct boot *boot, const char *reserved, const char *content_of_domain)
{
    char *source = NULL;

    assert_true(asprintf(&source,
                         "/dts-v1/; /memreserve/ %s; / { #address-cells = <2>; #size-cells = <2>;"
                         " chosen {" DOM("domA", "%s") "}; };",
                         reserved, content_of_domain) > 0);
    boot_run(boot, "xen=xen.efi\n", source);
    free(source);
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
        boot_test(test_modules_are_counted),     boot_test(test_command_lines_are_counted),
        boot_test(test_regions_are_counted),     boot_test(test_mistakes_without_end),
        boot_test(test_devices_without_end),     boot_test(test_a_finished_tree_too_large),
        boot_test(test_reserved_from_the_start), boot_test(test_loaded_earlier),
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
