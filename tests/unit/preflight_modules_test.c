/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of preflight of modules and kernels. */
#include "rows.h"

#include <stdio.h>

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
    add_file(boot, FILE_NAME, "\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\267\0", 20, 4096);
}

static void file_is_zboot(struct boot *boot)
{
    add_file(boot, FILE_NAME, "MZ\0\0zimg", 8, 4096);
}

static void file_is_xz(struct boot *boot)
{
    add_file(boot, FILE_NAME, "\3757zXZ", 6, 4096);
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

/* With what it says of its compression and of its entry point. */
static void add_uimage_with(struct boot *boot, unsigned char compression, unsigned char entry)
{
    const unsigned char header[64] = {
        0x27, 0x05, 0x19, 0x56, [14] = 8, [23] = entry, [29] = 22, [31] = compression};

    add_file(boot, FILE_NAME, header, sizeof(header), 4096);
}

static void file_is_uimage_with_address(struct boot *boot)
{
    const unsigned char header[64] = {
        0x27, 0x05, 0x19, 0x56, [14] = 8, [16] = 0x48, [20] = 0x48, [29] = 22};

    add_file(boot, FILE_NAME, header, sizeof(header), 4096);
}

static void file_is_uimage_of_lzma(struct boot *boot)
{
    add_uimage_with(boot, 3, 0);
}

static void file_is_uimage_without_load_address(struct boot *boot)
{
    add_uimage_with(boot, 0, 1);
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

static const struct row rows[] = {
    {.name = "/chosen that is a module",
     .chosen = "compatible = \"multiboot,ramdisk\", \"multiboot,module\";" DOM("domA", ""),
     .expected = "/chosen: error: its compatible makes a module of it\n"
                 "  hint: give the module a node of its own, below it\n"},
    {.name = "/chosen that is an old module",
     .chosen = "compatible = \"xen,multiboot-module\";" DOM("domA", ""),
     .expected = "/chosen: error: its compatible makes a module of it\n"
                 "  hint: give the module a node of its own, below it\n"},
    {.name = "no kernel",
     .chosen = DOM_OF("domA", "", ""),
     .expected =
         "/chosen/domA: error: domain domA has no kernel\n"
         "  hint: add a module with compatible \"multiboot,kernel\", \"multiboot,module\"\n"},
    {.name = "no memory for a kernel that nobody says is one",
     .prepare = no_memory,
     .chosen =
         DOM_OF("domA", "m { compatible = \"multiboot,module\"; uefi,binary = \"vmlinuz\"; };", ""),
     .expected = "muster.cfg:2: error: no room in memory for xen.efi (19.5 KiB)\n"
                 "  hint: the largest free stretch is 0 B\n"},
    {.name = "kernel that is not there",
     .chosen =
         DOM_OF("domA", "m { compatible = \"multiboot,module\"; uefi,binary = \"nothing\"; };", ""),
     .expected = "/chosen/domA/m: error: nothing is neither a key of binary= nor a file\n"
                 "  hint: define it by binary=FILE KEY in the booted section, or put the file "
                 "beside the loader\n"},
    {.name = "two kernels",
     .chosen = DOM("domA",
                   MODULE("module@9", "\"multiboot,kernel\", \"multiboot,module\"", "vmlinuz", "")),
     .expected = "/chosen/domA/module@1: warning: domA has more than one kernel\n"
                 "  hint: Xen takes the last one\n"},
    {.name = "two ramdisks",
     .chosen = DOM("domA", RAMDISK("module@2", "ramdisk") RAMDISK("module@4", "ramdisk")),
     .expected = "/chosen/domA/module@4: warning: domA has more than one ramdisk\n"
                 "  hint: Xen takes the last one\n"},
    {.name = "two ramdisks that were loaded earlier",
     .chosen = DOM("domA", LOADED("a@60000000", "multiboot,ramdisk", "60000000")
                               LOADED("b@61000000", "multiboot,ramdisk", "61000000")),
     .expected = "/chosen/domA/b@61000000: warning: domA has more than one ramdisk\n"
                 "  hint: Xen takes the last one\n"},
    {.name = "dom0 ramdisk without kernel",
     .chosen = RAMDISK("module@2", "ramdisk") DOM("domA", ""),
     .expected = "/chosen/module@2: warning: dom0 has a ramdisk but no kernel\n"
                 "  hint: give it a kernel, or leave its ramdisk out\n"},
    {.name = "dom0 ramdisk alone",
     .chosen = RAMDISK("module@2", "ramdisk"),
     .expected = "/chosen/module@2: error: dom0 has a ramdisk but no kernel\n"
                 "  hint: give it a kernel, or leave its ramdisk out\n"},
    {.name = "long command line",
     .chosen = DOM_OF("domA", KERNEL("vmlinuz", "bootargs = \"" LONG "\";"), ""),
     .expected = "/chosen/domA/module@1: warning: domain domA: the command line loses the last of "
                 "its 1024 characters\n"
                 "  hint: shorten it\n"},
    {.name = "longer command line",
     .chosen = DOM_OF("domA", KERNEL("vmlinuz", "bootargs = \"" LONG "5\";"), ""),
     .expected = "/chosen/domA/module@1: error: domain domA: the command line has 1025 characters, "
                 "but Xen takes 1023\n"
                 "  hint: shorten it\n"},
    {.name = "two kernels of dom0",
     .prepare = second_kernel,
     .config = "kernel=vmlinuz\noptions=dom0_mem=128M\n",
     .chosen = MODULE("m@9", "\"multiboot,kernel\", \"multiboot,module\"", "vmlinuz2", ""),
     .expected = "/chosen/m@9: warning: dom0 has more than one kernel\n"
                 "  hint: Xen takes the first one\n"},
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
                 "  hint: use the Image in it, or one in gzip\n"},
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
     .expected =
         "/chosen/domA/module@1: error: file is not a kernel, so Xen cannot start it as the "
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
     .expected =
         "/chosen/domA/module@1: error: file is not a kernel, so Xen cannot start it as the "
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
         "  hint: give it memory = <0 0x21800> or more\n"},
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
    {.name = "kernel in a U-Boot image with an address without room",
     .prepare = file_is_uimage_with_address,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected =
         "/chosen/domA: error: domain domA's kernel is to be at 0x48000000, where its memory "
         "has no room for all files\n"
         "  hint: give it none, so that Xen chooses one\n"},
    {.name = "the same for dom0",
     .prepare = file_is_uimage_with_address,
     .config = "kernel=file\n",
     .expected =
         "/chosen: error: dom0's kernel is to be at 0x48000000, where Xen may not give dom0 "
         "memory\n"
         "  hint: give it none, so that Xen chooses one\n"},
    {.name = "good: the same for 4.17, which does not look",
     .xen = "4.17",
     .prepare = file_is_uimage_with_address,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected = ""},
    {.name = "kernel is lzma in a U-Boot image, for 4.17",
     .xen = "4.17",
     .prepare = file_is_uimage_of_lzma,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected =
         "/chosen/domA/module@1: warning: file is compressed in its U-Boot image, which this "
         "Xen does not unpack\n"
         "  hint: take it out of its wrapping: dumpimage -o FILE\n"},
    {.name = "kernel is lzma in a U-Boot image",
     .prepare = file_is_uimage_of_lzma,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected = "/chosen/domA/module@1: error: file is compressed in its U-Boot image, so Xen "
                 "cannot start it as the kernel of domA\n"
                 "  hint: Xen starts an Image, a zImage, or these in gzip\n"},
    {.name = "kernel is a U-Boot image without a load address",
     .prepare = file_is_uimage_without_load_address,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected = "/chosen/domA/module@1: error: file is without a load address, but with an entry "
                 "point, so Xen cannot start it as the kernel of domA\n"
                 "  hint: Xen starts an Image, a zImage, or these in gzip\n"},
    {.name = "good: the same for 4.17",
     .xen = "4.17",
     .prepare = file_is_uimage_without_load_address,
     .chosen = DOM_OF("domA", KERNEL("file", ""), ""),
     .expected = ""},
    {.name = "ramdisk is a U-Boot image",
     .prepare = file_is_uimage,
     .chosen = DOM("domA", RAMDISK("module@2", "file")),
     .expected = "/chosen/domA/module@2: warning: domain domA: file is stated to be a ramdisk, but "
                 "is a U-Boot image\n"
                 "  hint: take it out of its wrapping: dumpimage -o FILE\n"},
    {.name = "microcode",
     .chosen = "m@1 { compatible = \"multiboot,microcode\", \"multiboot,module\"; uefi,binary = "
               "\"ramdisk\"; };" DOM("domA", ""),
     .expected = "/chosen/m@1: warning: dom0 has a ramdisk but no kernel\n"
                 "  hint: give it a kernel, or leave its ramdisk out\n"
                 "/chosen/m@1: warning: dom0: microcode is of no use on Arm\n"
                 "  hint: leave it out\n"},
    {.name = "microcode of a domain, for 4.20",
     .xen = "4.20",
     .chosen =
         DOM("domA", MODULE("m@1", "\"multiboot,microcode\", \"multiboot,module\"", "ramdisk", "")),
     .expected = "/chosen/domA/m@1: warning: domain domA: microcode is of no use on Arm\n"
                 "  hint: leave it out\n"},
    {.name = "microcode for 4.20 that is a kernel",
     .xen = "4.20",
     .chosen = "m@1 { compatible = \"multiboot,microcode\", \"multiboot,module\"; uefi,binary = "
               "\"vmlinuz\"; };" DOM("domA", ""),
     .expected = "/chosen/m@1: warning: dom0: microcode is of no use on Arm\n"
                 "  hint: leave it out\n"},
    {.name = "microcode for 4.20",
     .xen = "4.20",
     .chosen = "m@1 { compatible = \"multiboot,microcode\", \"multiboot,module\"; uefi,binary = "
               "\"ramdisk\"; };" DOM("domA", ""),
     .expected = "/chosen/m@1: warning: dom0 has a ramdisk but no kernel\n"
                 "  hint: give it a kernel, or leave its ramdisk out\n"
                 "/chosen/m@1: error: dom0: microcode is of no use on Arm\n"
                 "  hint: leave it out\n"},
    {.name = "one file, two kinds, on 4.17",
     .xen = "4.17",
     .chosen = DOM("domA", RAMDISK("module@2", "vmlinuz")),
     .expected = "/chosen/domA/module@1: error: domain domA: vmlinuz is used as a kernel, but as a "
                 "ramdisk elsewhere\n"
                 "  hint: give it a copy of the file\n"},
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
     .expected = "/chosen/module@5: error: dom0: vmlinuz2 is stated to be an XSM policy, but is "
                 "an arm64 Image\n"
                 "  hint: are two files mixed up?\n"},
    {.name = "policy of a domain is a kernel",
     .prepare = second_kernel,
     .chosen = DOM("domA", POLICY("vmlinuz2")),
     .expected = "/chosen/domA/module@5: warning: domain domA: vmlinuz2 is stated to be an XSM "
                 "policy, but is an arm64 Image\n"
                 "  hint: are two files mixed up?\n"},
    {.name = "policy of unknown content",
     .prepare = file_is_text,
     .chosen = POLICY("file") DOM("domA", ""),
     .expected = "/chosen/module@5: error: dom0: file is stated to be an XSM policy, but is of "
                 "unknown type\n"
                 "  hint: are two files mixed up?\n"},
    {.name = "a module that is shared memory, too",
     .chosen = DOM("domA", "module@7 { compatible = \"xen,domain-shared-memory-v1\", "
                           "\"multiboot,ramdisk\"; uefi,binary = \"ramdisk\"; };"),
     .expected = "/chosen/domA/module@7: error: domain domA: a module cannot be shared memory\n"},
    {.name = "policy is a ramdisk",
     .chosen = "module@5 { compatible = \"xen,xsm-policy\", \"multiboot,module\"; uefi,binary = "
               "\"ramdisk\"; };" DOM("domA", ""),
     .expected = "/chosen/module@5: error: dom0: ramdisk is stated to be an XSM policy, but is a "
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
     .expected = "/chosen/domA/module@2: warning: domain domA: ramdisk is used as a ramdisk, but "
                 "as an XSM policy elsewhere\n"
                 "  hint: give it a copy of the file\n"},
};

static void test_modules_are_counted(void **state)
{
    static char source[32768] = TREE_HEAD "chosen { stdout-path = \"/pl011@9000000\";";
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
    static char source[32768] = TREE_HEAD "chosen { stdout-path = \"/pl011@9000000\";";
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
    assert_diagnostics(boot, "/chosen: warning: 33 modules have a command line, but Xen takes 32\n"
                             "  hint: Xen starts the domains of the others without theirs\n");
}

int main(void)
{
    const struct CMUnitTest others[] = {
        boot_test(test_modules_are_counted),
        boot_test(test_command_lines_are_counted),
    };

    return rows_run("preflight modules", rows, sizeof(rows) / sizeof(rows[0]), others,
                    sizeof(others) / sizeof(others[0]));
}
