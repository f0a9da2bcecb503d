/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of preflight of how much memory domains ask for. */
#include "rows.h"

/* A ramdisk of 4 MiB and a bit. */
static void large_ramdisk(struct boot *boot)
{
    static unsigned char large[0x400001] = "070701";

    machine_add_file(&boot->machine, "/EFI/muster/large", large, sizeof(large));
}

/* Memory that lies above 4 GiB, too. */
static void high_memory(struct boot *boot)
{
    machine_add_region(&boot->machine, 0x180000000, 0x10000000, MEMORY_FREE);
}

/* A kernel of 32 bits, of 8 KiB. */
static void zimage(struct boot *boot)
{
    static const unsigned char kernel[8192] = {
        [36] = 0x18, 0x28, 0x6f, 0x01, [45] = sizeof(kernel) >> 8};

    machine_add_file(&boot->machine, "/EFI/muster/zImage", kernel, sizeof(kernel));
}

#define RESERVED(node)                                                                             \
    "reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; " node " };"
/* A page of each 128 MiB, so that no piece is as large. */
#define PAGE_AT(address) "r@" address " { reg = <0 0x" address " 0 0x1000>; };"
#define CUT_EACH_128M                                                                              \
    RESERVED(PAGE_AT("44000000") PAGE_AT("4c000000") PAGE_AT("54000000") PAGE_AT("5c000000")       \
                 PAGE_AT("64000000") PAGE_AT("6c000000") PAGE_AT("74000000") PAGE_AT("7c000000"))

static const struct row rows[] = {
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
     .expected = "/chosen/domA: error: domain domA: memory is to be written memory = <0 NUMBER>\n"
                 "  hint: such as memory = <0 0x20000>, 128 MiB\n"},
    {.name = "memory of no whole pages",
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0 32767>;", ""),
     .expected = "/chosen/domA: error: domain domA has a memory of 32767 KiB, which Xen would "
                 "allocate for ever\n"
                 "  hint: give it a multiple of 4 KiB\n"},
    {.name = "memory that is text",
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = \"128 MiB\";", ""),
     .expected = "/chosen/domA: error: domain domA: memory is to be written memory = <0 NUMBER>\n"
                 "  hint: such as memory = <0 0x20000>, 128 MiB\n"},
    {.name = "three cells of memory",
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0 0x20000 0>;", ""),
     .expected = "/chosen/domA: warning: domain domA: memory is to be written memory = <0 NUMBER>\n"
                 "  hint: Xen reads the start of it\n"},
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
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0x10000000 0x4>;", ""),
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
         "  hint: give it less\n"},
    {.name = "a machine without memory",
     .prepare = no_memory,
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:2: error: no room in memory for xen.efi (19.5 KiB)\n"
                 "  hint: the largest free stretch is 0 B\n"},
    {.name = "memory in all",
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0 0x80000>;", "")
         DOM_WITH("domB", "cpus = <1>; memory = <0 0x80000>;", ""),
     .expected = "/chosen: error: the domains need 1032 MiB of memory (1024 for themselves), but "
                 "the machine has 1024\n"
                 "  hint: give them less\n"},
    {.name = "memory that is reserved",
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0 0xaf000>;", ""),
     .beside = "reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; "
               "b@60000000 { reg = <0 0x60000000 0 0x18000000>; }; };",
     .expected = "/chosen: error: the domains need 705 MiB of memory (700 for themselves), but "
                 "the machine has 640 that is not reserved\n"
                 "  hint: give them less\n"},
    {.name = "memory that is shared, too",
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0 0x64000>;",
                        SHARED("s", "xen,shm-id = \"a\"; xen,shared-mem = "
                                    "<0 0x40000000 0 0x80000000 0 0x18000000>;"))
         DOM_WITH("domB", "cpus = <1>; memory = <0 0x4b000>;",
                  SHARED("s", "xen,shm-id = \"a\"; xen,shared-mem = "
                              "<0 0x40000000 0 0x80000000 0 0x18000000>;")),
     .expected = "/chosen: error: the domains need 1090 MiB of memory (700 for themselves), but "
                 "the machine has 1024\n"
                 "  hint: give them less\n"},
    {.name = "memory that is shared, for which Xen has the place",
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0 0xaf000>;",
                        SHARED("s", "xen,shm-id = \"a\"; xen,shared-mem = "
                                    "<0 0x80000000 0 0x18000000>;")),
     .expected = "/chosen: error: the domains need 1089 MiB of memory (700 for themselves), but "
                 "the machine has 1024\n"
                 "  hint: give them less\n"},
    {.name = "dom0_mem",
     .config = "options=dom0_mem=2G\nkernel=vmlinuz\n",
     .expected =
         "muster.cfg:3: error: the domains need 2049 MiB of memory (2048 for themselves), but "
         "the machine has 1024\n"
         "  hint: give them less: dom0 has what dom0_mem= says\n"},
    {.name = "dom0_mem in KiB",
     .config = "options=dom0_mem=1048580,max:2G\nkernel=vmlinuz\n",
     .expected =
         "muster.cfg:3: warning: Xen reads dom0_mem=1048580,max:2G up to the comma\n"
         "  hint: write dom0_mem=512M\n"
         "muster.cfg:3: error: the domains need 1025 MiB of memory (1024 for themselves), but "
         "the machine has 1024\n"
         "  hint: give them less: dom0 has what dom0_mem= says\n"},
    {.name = "dom0_mem in KiB, last",
     .config = "options=dom0_mem=1048580\nkernel=vmlinuz\n",
     .expected =
         "muster.cfg:3: error: the domains need 1025 MiB of memory (1024 for themselves), but "
         "the machine has 1024\n"
         "  hint: give them less: dom0 has what dom0_mem= says\n"},
    {.name = "dom0_mem in bytes",
     .config = "options=dom0_mem=2147483648B\nkernel=vmlinuz\n",
     .expected =
         "muster.cfg:3: error: the domains need 2049 MiB of memory (2048 for themselves), but "
         "the machine has 1024\n"
         "  hint: give them less: dom0 has what dom0_mem= says\n"},
    {.name = "dom0_mem in KiB, hexadecimal",
     .config = "options=dom0_mem=0x200000\nkernel=vmlinuz\n",
     .expected =
         "muster.cfg:3: error: the domains need 2049 MiB of memory (2048 for themselves), but "
         "the machine has 1024\n"
         "  hint: give them less: dom0 has what dom0_mem= says\n"},
    {.name = "dom0_mem beyond all",
     .config = "options=dom0_mem=99999999T\nkernel=vmlinuz\n",
     .expected =
         "muster.cfg:3: error: the domains need 16896668729345 MiB of memory (16896668729344 "
         "for themselves), but "
         "the machine has 1024\n"
         "  hint: give them less: dom0 has what dom0_mem= says\n"},
    {.name = "good: dom0_mem of no size",
     .config = "options=dom0_mem=max:2G\nkernel=vmlinuz\n",
     .expected =
         "muster.cfg:3: warning: Xen gives dom0 512 MiB: it does not understand dom0_mem=max:2G\n"
         "  hint: write dom0_mem=512M\n"},
    {.name = "good: dom0_mem of an unknown unit",
     .config = "options=dom0_mem=524288P\nkernel=vmlinuz\n",
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
    {.name = "a heap for less than is needed",
     .chosen = "xen,static-heap = <0 0x60000000 0 0x8000000>;" DOM("domA", ""),
     .expected =
         "/chosen: error: the static heap has 128 MiB, but Xen and the domains need 149 MiB\n"
         "  hint: give it more, or the domains static memory\n"},
    {.name = "a heap for less than Xen itself needs",
     .chosen = "xen,static-heap = <0 0x50000000 0 0x1000000>;" DOM(
         "domA", "xen,static-mem = <0 0x60000000 0 0x8000000>;"),
     .expected = "/chosen: error: the static heap has 16 MiB, but Xen and the domains need 21 MiB\n"
                 "  hint: give it more, or the domains static memory\n"},
    {.name = "good: a heap for what is needed",
     .chosen = "xen,static-heap = <0 0x60000000 0 0xa000000>;" DOM("domA", ""),
     .expected = ""},
    {.name = "hardware domain that is counted twice",
     .chosen =
         DOM_WITH("domA", "cpus = <1>; memory = <0 0x90000>;",
                  "capabilities = <2>; direct-map; xen,static-mem = <0 0x40000000 0 0x24000000>;"),
     .expected = "/chosen: error: the domains need 1156 MiB of memory (576 for themselves), but "
                 "the machine has 1024\n"
                 "  hint: give them less\n"},
    {.name = "dom0 of no whole pages",
     .config = "kernel=vmlinuz\noptions=dom0_mem=268439553B\n",
     .expected = "muster.cfg:4: error: dom0_mem= gives 268439553 bytes, which is not a number of "
                 "whole pages\n"
                 "  hint: write dom0_mem=512M\n"},
    {.name = "dom0 of pieces in the order that Xen takes them",
     .config = "kernel=vmlinuz\noptions=dom0_mem=256M bootscrub=0\n",
     .beside = CUT_EACH_128M,
     .expected = ""},
    {.name = "dom0 of pieces in an order that is not known",
     .config = "kernel=vmlinuz\noptions=dom0_mem=256M\n",
     .beside = CUT_EACH_128M,
     .expected =
         "muster.cfg:4: warning: Xen may find no place for 192 MiB of dom0's 256 MiB; it takes "
         "powers of two\n"
         "  hint: write dom0_mem=64M\n"},
    {.name = "dom0 of 32 bits without a first piece",
     .prepare = zimage,
     .config = "kernel=zImage\noptions=dom0_mem=14M\n",
     .expected =
         "muster.cfg:4: error: Xen finds no place for 14 MiB of dom0's 14 MiB; it takes powers "
         "of two\n"
         "  hint: write dom0_mem=8M\n"},
    {.name = "dom0 without a first piece, of a Xen that does not color",
     .xen = "4.17",
     .config = "kernel=vmlinuz\noptions=dom0_mem=40M bootscrub=0 llc-coloring\n",
     .beside = RESERVED(PAGE_AT("40200000")),
     .expected = "muster.cfg:4: error: Xen finds no place for 8 MiB of dom0's 40 MiB; it takes "
                 "powers of two\n"
                 "  hint: write dom0_mem=32M\n"},
    {.name = "good: dom0 of 32 bits with a first piece",
     .prepare = zimage,
     .config = "kernel=zImage\noptions=dom0_mem=16M\n",
     .expected = ""},
    {.name = "dom0 that the heap has no piece for",
     .config = "kernel=vmlinuz\noptions=dom0_mem=128M bootscrub=off\n",
     .chosen = "xen,static-heap = <0 0x44000000 0 0x4000000>, <0 0x64000000 0 0x6000000>;",
     .expected = "muster.cfg:4: error: Xen finds no place for 64 MiB of dom0's 128 MiB; it takes "
                 "powers of two\n"
                 "  hint: write dom0_mem=64M\n"},
    {.name = "dom0 with a piece before the first",
     .config = "kernel=vmlinuz\noptions=dom0_mem=40M bootscrub=0\n",
     .beside = RESERVED(PAGE_AT("40200000")),
     .expected = "muster.cfg:4: error: Xen finds no place for 8 MiB of dom0's 40 MiB; it takes "
                 "powers of two\n"
                 "  hint: write dom0_mem=32M\n"},
    {.name = "good: dom0 with a piece before the first, of low memory that is full",
     .prepare = high_memory,
     .config = "kernel=vmlinuz\noptions=dom0_mem=40M bootscrub=0\n",
     .beside = RESERVED(PAGE_AT("40200000")),
     .expected = ""},
    {.name = "lists of more frames than there is memory",
     .chosen = DOM("domA", "max_maptrack_frames = <0x6ffffff>;"),
     .expected =
         "/chosen: error: the domains need 1027 MiB of memory (128 for themselves), but the "
         "machine has 1024\n"
         "  hint: give them less\n"},
    {.name = "lists of more frames than Xen maps",
     .prepare = large_memory,
     .chosen = DOM("domA", "max_maptrack_frames = <0x7e12000>;"),
     .expected = "/chosen: error: the grant tables of the domains need lists of 1008 MiB, but Xen "
                 "has room for 1008\n"
                 "  hint: give them less by max_grant_frames and max_maptrack_frames\n"},
    {.name = "lists of several domains",
     .prepare = large_memory,
     .chosen = DOM("domA", "max_grant_frames = <0x7fffff>;")
         DOM("domB", "max_maptrack_frames = <0x57f9800>;"),
     .expected = "/chosen: error: the grant tables of the domains need lists of 1039 MiB, but Xen "
                 "has room for 1008\n"
                 "  hint: give them less by max_grant_frames and max_maptrack_frames\n"},
    {.name = "good: lists that Xen has just room for",
     .prepare = large_memory,
     .chosen = DOM("domA", "max_maptrack_frames = <0x7e11fff>;"),
     .expected = ""},
    {.name = "good: dom0 of large pieces",
     .config = "kernel=vmlinuz\noptions=dom0_mem=384M\n",
     .expected = ""},
    {.name = "good: dom0 of pieces",
     .config = "kernel=vmlinuz\noptions=dom0_mem=300M\n",
     .expected = ""},
    {.name = "good: little dom0 of pieces",
     .config = "kernel=vmlinuz\noptions=dom0_mem=96M\n",
     .expected = ""},
    {.name = "good: dom0 with a piece of 2 MiB",
     .config = "kernel=vmlinuz\noptions=dom0_mem=66M\n",
     .expected = ""},
    {.name = "dom0 without room for its files",
     .prepare = large_ramdisk,
     .config = "kernel=vmlinuz\nramdisk=large\noptions=dom0_mem=8M\n",
     .expected = "muster.cfg:5: error: dom0 has 8 MiB of memory, but its files need 12 MiB\n"
                 "  hint: give it more by dom0_mem=\n"},
    {.name = "the last of two ramdisks without room",
     .prepare = large_ramdisk,
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0 0x2000>;",
                        RAMDISK("module@2", "ramdisk") RAMDISK("module@3", "large")),
     .expected = "/chosen/domA: error: domain domA has 8 MiB of memory, but its files need 12 MiB\n"
                 "  hint: give it memory = <0 0x3000> or more\n"
                 "/chosen/domA/module@3: warning: domA has more than one ramdisk\n"
                 "  hint: Xen takes the last one\n"},
    {.name = "the last of two fragments without room",
     .prepare = large_ramdisk,
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0 0x2000>;",
                        FRAGMENT_AT("module@2", "ramdisk") FRAGMENT("large")),
     .expected = "/chosen/domA: error: domain domA has 8 MiB of memory, but its files need 10 MiB\n"
                 "  hint: give it memory = <0 0x2800> or more\n"
                 "/chosen/domA/module@3: warning: domA has more than one device tree\n"
                 "  hint: Xen takes the last one\n"
                 "/chosen/domA/module@3: error: large, a device tree for domA, is none: it does "
                 "not start with d0 0d fe ed\n"
                 "  hint: make it with dtc -O dtb\n"},
    {.name = "memory for its files",
     .prepare = large_ramdisk,
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0 0x1000>;", RAMDISK("module@2", "large")),
     .expected = "/chosen/domA: error: domain domA has 4 MiB of memory, but its files need 12 MiB\n"
                 "  hint: memory counts KiB: 128 MiB is <0 0x20000>\n"},
};

int main(void)
{
    return rows_run("preflight amounts", rows, sizeof(rows) / sizeof(rows[0]), NULL, 0);
}
