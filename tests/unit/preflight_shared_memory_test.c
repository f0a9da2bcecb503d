/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of preflight of shared memory. */
#include "rows.h"

#include <stdio.h>

static const struct row rows[] = {
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
    {.name = "shared memory that Xen finds for the first of two",
     .chosen = DOM_1("domA", SHARED("shared@0", "xen,shm-id = \"a\"; xen,shared-mem = "
                                                "<0x10000000 0x1000>;"))
         DOM_1("domB", SHARED("shared@0", "xen,shm-id = \"a\"; xen,shared-mem = "
                                          "<0x60000000 0x10000000 0x1000>;")),
     .expected =
         "/chosen/domB/shared@0: error: domain domB: shared memory a is not where domA has it\n"
         "  hint: give it the same address and size everywhere\n"},
    {.name = "shared memory of another role",
     .chosen = DOM_ALL("domA",
                       "#address-cells = <1>; #size-cells = <1>; cpus = <1>; memory = <0 0x20000>;",
                       KERNEL("vmlinuz", ""),
                       SHARED("shared@0", "xen,shm-id = \"a\"; role = \"lender\"; xen,shared-mem = "
                                          "<0x60000000 0x10000000 0x1000>;")),
     .expected =
         "/chosen/domA/shared@0: error: domain domA: \"lender\" is not a role in shared memory\n"
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
     .xen = "4.17",
     .lacks = "CONFIG_STATIC_SHM",
     .chosen = DOM_ALL(
         "domA", "#address-cells = <1>; #size-cells = <1>; cpus = <1>; memory = <0 0x20000>;",
         KERNEL("vmlinuz", ""),
         SHARED("shared@0",
                "xen,shm-id = \"a\"; xen,shared-mem = <0x60000000 0x10000000 0x1000>;")),
     .expected = "/chosen/domA/shared@0: error: domain domA has shared memory, but xen.efi is "
                 "built without it\n"
                 "  hint: use a Xen that is built with CONFIG_STATIC_SHM\n"},
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
    {.name = "shared memory whose id is not a text",
     .chosen = DOM_1(
         "domA",
         SHARED("shared@0", "xen,shm-id = [61]; xen,shared-mem = <0x60000000 0x10000000 0x1000>;")),
     .expected = "/chosen/domA/shared@0: error: domain domA: xen,shm-id is to be written "
                 "xen,shm-id = \"TEXT\"\n"},
    {.name = "shared memory of no place, for 4.17",
     .xen = "4.17",
     .chosen = DOM_1(
         "domA", SHARED("shared@0", "xen,shm-id = \"a\"; xen,shared-mem = <0x10000000 0x1000>; ")),
     .expected = "/chosen/domA/shared@0: error: domain domA: shared memory a has no address in the "
                 "machine, which this Xen wants\n"
                 "  hint: write <HOST GUEST SIZE>\n"},
    {.name = "shared memory that only the second has a place for",
     .chosen = DOM_1(
         "domA", SHARED("shared@0", "xen,shm-id = \"a\"; xen,shared-mem = <0x10000000 0x1000>; "))
         DOM_1("domB",
               SHARED("shared@0",
                      "xen,shm-id = \"a\"; xen,shared-mem = <0x60000000 0x10000000 0x1000>; ")),
     .expected =
         "/chosen/domB/shared@0: error: domain domB: shared memory a is not where domA has it\n"
         "  hint: give it the same address and size everywhere\n"},
    {.name = "shared memory with an owner and nobody",
     .chosen = DOM_1(
         "domA", SHARED("shared@0",
                        "xen,shm-id = \"a\"; xen,shared-mem = <0x60000000 0x10000000 0x1000>; "))
         DOM_1("domB", SHARED("shared@0", "xen,shm-id = \"a\"; xen,shared-mem = <0x60000000 "
                                          "0x10000000 0x1000>; role = \"owner\";")),
     .expected = "/chosen/domA/shared@0: error: domain domA: shared memory a has an owner, but no "
                 "role here\n"
                 "  hint: write role = \"borrower\"\n"},
    {.name = "shared memory with an owner before nobody",
     .chosen = DOM_1("domA", SHARED("shared@0", "xen,shm-id = \"a\"; xen,shared-mem = <0x60000000 "
                                                "0x10000000 0x1000>; role = \"owner\";"))
         DOM_1("domB",
               SHARED("shared@0",
                      "xen,shm-id = \"a\"; xen,shared-mem = <0x60000000 0x10000000 0x1000>; ")),
     .expected = "/chosen/domB/shared@0: error: domain domB: shared memory a has an owner, but no "
                 "role here\n"
                 "  hint: write role = \"borrower\"\n"},
    {.name = "good: shared memory of borrowers",
     .chosen = DOM_1("domA", SHARED("shared@0", "xen,shm-id = \"a\"; xen,shared-mem = <0x60000000 "
                                                "0x10000000 0x1000>; role = \"borrower\";"))
         DOM_1("domB", SHARED("shared@0", "xen,shm-id = \"a\"; xen,shared-mem = <0x60000000 "
                                          "0x10000000 0x1000>; role = \"borrower\";")),
     .expected = ""},
    {.name = "good: shared memory elsewhere in a direct-map domain, for 4.17",
     .xen = "4.17",
     .chosen = DOM_1(
         "domA",
         "direct-map; xen,static-mem = <0 0x70000000 0 0x8000000>;" SHARED(
             "shared@0", "xen,shm-id = \"a\"; xen,shared-mem = <0x60000000 0x10000000 0x1000>; ")),
     .expected = ""},
    {.name = "shared memory of dom0 elsewhere",
     .config = "kernel=vmlinuz\noptions=dom0_mem=128M\n",
     .chosen = "#address-cells = <1>; #size-cells = <1>;" SHARED(
         "shared@0", "xen,shm-id = \"a\"; xen,shared-mem = <0x60000000 0x10000000 0x1000>; "),
     .expected = "/chosen/shared@0: error: dom0 has direct-map, but not for shared memory a\n"
                 "  hint: give host and guest the same address\n"},
    {.name = "an id that is a number",
     .chosen = DOM_1("domA", SHARED("shared@0", "xen,shm-id = <1>; xen,shared-mem = <0x60000000 "
                                                "0x10000000 0x1000>; ")),
     .expected = "/chosen/domA/shared@0: error: domain domA: xen,shm-id is to be written "
                 "xen,shm-id = \"TEXT\"\n"},
    {.name = "shared memory where the kernel goes",
     .chosen = DOM_1(
         "domA", SHARED("shared@0",
                        "xen,shm-id = \"a\"; xen,shared-mem = <0x60000000 0x40000000 0x1000>; ")),
     .expected =
         "/chosen/domA/shared@0: error: domain domA: shared memory a lies where the kernel goes\n"
         "  hint: choose an address below 0x40000000\n"},
    {.name = "good: shared memory of its owner where the kernel goes",
     .chosen =
         DOM_1("domA", SHARED("shared@0", "xen,shm-id = \"a\"; role = \"owner\"; "
                                          "xen,shared-mem = <0x60000000 0x40000000 0x1000>; ")),
     .expected =
         "/chosen/domA/shared@0: warning: domain domA: shared memory a lies over the domain's own\n"
         "  hint: choose an address outside the memory of the domain\n"},
    {.name = "shared memory where the ramdisk goes",
     .chosen = DOM_1("domA", RAMDISK("module@2", "ramdisk") SHARED(
                                 "shared@0", "xen,shm-id = \"a\"; xen,shared-mem = <0x60000000 "
                                             "0x47e00000 0x1000>; ")),
     .expected = "/chosen/domA/shared@0: error: domain domA: shared memory a lies where the "
                 "ramdisk and tree go\n"
                 "  hint: choose an address below 0x40000000\n"},
    {.name = "shared memory over the memory of its domain",
     .chosen = DOM_1(
         "domA", SHARED("shared@0",
                        "xen,shm-id = \"a\"; xen,shared-mem = <0x60000000 0x44000000 0x1000>; ")),
     .expected =
         "/chosen/domA/shared@0: warning: domain domA: shared memory a lies over the domain's own\n"
         "  hint: choose an address outside the memory of the domain\n"},
    {.name = "good: shared memory in place of a device that is not there",
     .chosen = DOM_1(
         "domA", SHARED("shared@0",
                        "xen,shm-id = \"a\"; xen,shared-mem = <0x60000000 0x22000000 0x1000>; ")),
     .expected = ""},
    {.name = "shared memory over a device",
     .chosen = DOM_1(
         "domA",
         "vpl011; " SHARED(
             "shared@0", "xen,shm-id = \"a\"; xen,shared-mem = <0x60000000 0x22000000 0x1000>; ")),
     .expected = "/chosen/domA/shared@0: warning: domain domA: shared memory a lies over vpl011\n"
                 "  hint: choose another address\n"},
    {.name = "shared memory over devices",
     .chosen = DOM_1(
         "domA",
         SHARED("shared@0", "xen,shm-id = \"a\"; xen,shared-mem = <0x60000000 0x3001000 0x1000>;")
             SHARED("shared@1",
                    "xen,shm-id = \"b\"; xen,shared-mem = <0x61000000 0x38000000 0x1000>;")),
     .expected =
         "/chosen/domA/shared@0: warning: domain domA: shared memory a lies over the interrupt "
         "controller\n"
         "  hint: choose another address\n"
         "/chosen/domA/shared@1: warning: domain domA: shared memory b lies over grant tables\n"
         "  hint: choose another address\n"},
    {.name = "shared memory over another",
     .chosen = DOM_1(
         "domA",
         SHARED("shared@0", "xen,shm-id = \"a\"; xen,shared-mem = <0x60000000 0x10000000 0x2000>; ")
             SHARED("shared@1",
                    "xen,shm-id = \"b\"; xen,shared-mem = <0x61000000 0x10001000 0x1000>; ")),
     .expected = "/chosen/domA/shared@1: warning: domain domA: shared memory b lies over a\n"
                 "  hint: choose another address\n"},
    {.name = "shared memory beyond all",
     .chosen = DOM(
         "domA", SHARED("shared@0",
                        "xen,shm-id = \"a\"; xen,shared-mem = <0 0x60000000 0x10000 0 0 0x1000>;")),
     .expected = "/chosen/domA/shared@0: error: domain domA: shared memory a lies beyond what a "
                 "domain can address\n"
                 "  hint: choose a lower address\n"},
};

/* Each in a page of its own, from 0x60000000 and 0x10000000 on. */
static void test_shared_memories_are_counted(void **state)
{
    static char source[32768] =
        TREE_HEAD "chosen { stdout-path = \"/pl011@9000000\";"
                  "domA { compatible = \"xen,domain\";"
                  "#address-cells = <1>; #size-cells = <1>;" SIZE KERNEL("vmlinuz", "");
    struct boot *boot = *state;

    for (unsigned at = 0; at < 33; at++) {
        char node[200];

        snprintf(node, sizeof(node),
                 SHARED("s@%u", "xen,shm-id = \"%u\"; xen,shared-mem = <0x%x 0x%x 0x1000>;"), at,
                 at, 0x60000000 + at * 0x1000, 0x10000000 + at * 0x1000);
        append(source, sizeof(source), node);
    }
    append(source, sizeof(source), "}; }; };");
    boot_run(boot, "xen=xen.efi\n", source);
    assert_diagnostics(boot, "/chosen: error: there are 33 shared memories, but Xen takes 32\n"
                             "  hint: share fewer, larger ones\n");
}

int main(void)
{
    const struct CMUnitTest others[] = {boot_test(test_shared_memories_are_counted)};

    return rows_run("preflight shared_memory", rows, sizeof(rows) / sizeof(rows[0]), others, 1);
}
