/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of preflight of cache coloring. */
#include "rows.h"

static const struct row rows[] = {
    {.name = "colors that are not asked for",
     .config = "options=llc-coloring=off\n",
     .chosen = DOM("domA", "llc-colors = \"0-3\";"),
     .expected = "/chosen/domA: error: domain domA has llc-colors, but Xen is not told to color\n"
                 "  hint: add llc-coloring=on to options=\n"},
    {.name = "good: colors by their sizes",
     .config = "options=llc-size=1M llc-nr-ways=16\n",
     .chosen = DOM("domA", "llc-colors = \"0-3,8,0xf,\";"),
     .expected = ""},
    {.name = "colors by half of their sizes",
     .config = "options=llc-size=1M\n",
     .chosen = DOM("domA", "llc-colors = \"0-3\";"),
     .expected = "/chosen/domA: error: domain domA has llc-colors, but Xen is not told to color\n"
                 "  hint: add llc-coloring=on to options=\n"},
    {.name = "colors on a build without",
     .xen = "4.20",
     .lacks = "CONFIG_LLC_COLORING",
     .config = "",
     .chosen = DOM("domA", "llc-colors = \"0-3\";"),
     .expected = "/chosen/domA: error: domain domA has llc-colors, but Xen is not told to color\n"
                 "  hint: add llc-coloring=on to options=\n"},
    {.name = "good: colors on a Xen before them",
     .xen = "4.19",
     .chosen = DOM("domA", "llc-colors = \"0-3\";"),
     .expected = "/chosen/domA: warning: domain domA: xen.efi does not know the property "
                 "llc-colors and ignores it\n"
                 "  hint: Xen 4.20 and later do\n"},
    {.name = "more colors than Xen knows",
     .config = "options=llc-size=4M llc-nr-ways=4\n",
     .chosen = DOM("domA", "llc-colors = \"0-127\";"),
     .expected = "muster.cfg:3: warning: the cache has 256 colors, but Xen takes 128\n"
                 "  hint: what is above is not used\n"},
    {.name = "a color that is not there",
     .config = "options=llc-size=1M llc-nr-ways=16\n",
     .chosen = DOM("domA", "llc-colors = \"14-16\";"),
     .expected =
         "/chosen/domA: error: domain domA: llc-colors has the color 16, but the last one is 15\n"
         "  hint: write numbers and ranges, such as 0-3,8\n"},
    {.name = "a color that no machine has",
     .config = "options=llc-coloring=on\n",
     .chosen = DOM("domA", "llc-colors = \"128\";"),
     .expected =
         "/chosen/domA: error: domain domA: llc-colors has the color 128, but the last one is 127\n"
         "  hint: write numbers and ranges, such as 0-3,8\n"},
    {.name = "colors twice",
     .config = "options=llc-size=64K llc-nr-ways=4\n",
     .chosen = DOM("domA", "llc-colors = \"0-3,0\";"),
     .expected = "/chosen/domA: error: domain domA: llc-colors has 5 colors of 4\n"
                 "  hint: write numbers and ranges, such as 0-3,8\n"},
    {.name = "colors that are none",
     .config = "options=llc-coloring=on\n",
     .chosen = DOM("domA", "llc-colors = \"a\";"),
     .expected = "/chosen/domA: error: domain domA: llc-colors is not a list of colors\n"
                 "  hint: write numbers and ranges, such as 0-3,8\n"},
    {.name = "colors backwards",
     .config = "options=llc-coloring=on\n",
     .chosen = DOM("domA", "llc-colors = \"3-1\";"),
     .expected = "/chosen/domA: error: domain domA: llc-colors is not a list of colors\n"
                 "  hint: write numbers and ranges, such as 0-3,8\n"},
    {.name = "colors with something behind",
     .config = "options=llc-coloring=on\n",
     .chosen = DOM("domA", "llc-colors = \"3 4\";"),
     .expected = "/chosen/domA: error: domain domA: llc-colors is not a list of colors\n"
                 "  hint: write numbers and ranges, such as 0-3,8\n"},
    {.name = "no colors",
     .config = "options=llc-coloring=on\n",
     .chosen = DOM("domA", "llc-colors = \"\";"),
     .expected = "/chosen/domA: error: domain domA: llc-colors has no color\n"
                 "  hint: write numbers and ranges, such as 0-3,8\n"},
    {.name = "a way of no pages",
     .config = "options=llc-size=2K llc-nr-ways=1\n",
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:3: error: a way of the cache cannot have 2048 bytes\n"
                 "  hint: llc-size= by llc-nr-ways= is 4 KiB times a power of two, 2 at least\n"},
    {.name = "ways of no power of two",
     .config = "options=llc-size=48K llc-nr-ways=4\n",
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:3: error: a way of the cache cannot have 12288 bytes\n"
                 "  hint: llc-size= by llc-nr-ways= is 4 KiB times a power of two, 2 at least\n"},
    {.name = "one color",
     .config = "options=llc-size=4K llc-nr-ways=1\n",
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:3: error: a way of the cache cannot have 4096 bytes\n"
                 "  hint: llc-size= by llc-nr-ways= is 4 KiB times a power of two, 2 at least\n"},
    {.name = "colors of dom0",
     .config = "options=llc-size=1M llc-nr-ways=16 dom0-llc-colors=0-16\n",
     .chosen = DOM("domA", ""),
     .expected = "/chosen: error: dom0-llc-colors= has the color 16, but the last one is 15\n"
                 "  hint: write numbers and ranges, such as 0-3,8\n"},
    {.name = "colors of Xen",
     .config = "options=llc-size=1M llc-nr-ways=16 xen-llc-colors=0,16\n",
     .chosen = DOM("domA", ""),
     .expected = "/chosen: error: xen-llc-colors= has the color 16, but the last one is 15\n"
                 "  hint: write numbers and ranges, such as 0-3,8\n"},
    {.name = "good: memory of few colors",
     .config = "options=llc-size=1M llc-nr-ways=16\n",
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0 0xc000>;", "llc-colors = \"0\";"),
     .expected = ""},
    {.name = "memory of too few colors",
     .config = "options=llc-size=1M llc-nr-ways=16\n",
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0 0x10000>;", "llc-colors = \"0\";"),
     .expected =
         "/chosen/domA: error: domain domA needs 65.7 MiB of memory, which its colors do not "
         "have left\n"
         "  hint: give it more colors, less memory or fewer cpus\n"},
    {.name = "page tables of too few colors",
     .config = "options=llc-size=1M llc-nr-ways=16\n",
     .chosen = DOM_WITH("domA", "cpus = <128>; memory = <0 0x4000>;", "llc-colors = \"1-2\";"),
     .expected =
         "/chosen/domA: error: domain domA needs 144 MiB of memory, which its colors do not "
         "have left\n"
         "  hint: give it more colors, less memory or fewer cpus\n"},
    {.name = "memory of colors that another domain has",
     .config = "options=llc-size=1M llc-nr-ways=16\n",
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0 0x18000>;", "llc-colors = \"0,1\";")
         DOM_WITH("domB", "cpus = <1>; memory = <0 0x8000>;", "llc-colors = \"1\";"),
     .expected =
         "/chosen/domB: error: domain domB needs 33.6 MiB of memory, which its colors do not "
         "have left\n"
         "  hint: give it more colors, less memory or fewer cpus\n"},
    {.name = "good: memory of colors that another domain leaves",
     .config = "options=llc-size=1M llc-nr-ways=16 buddy-alloc-size=4M\n",
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0 0xc000>;", "llc-colors = \"0,1\";")
         DOM_WITH("domB", "cpus = <1>; memory = <0 0x8000>;", "llc-colors = \"1\";"),
     .expected = ""},
    {.name = "memory without a color",
     .config = "options=llc-size=1M llc-nr-ways=16 buddy-alloc-size=512M\n",
     .chosen = DOM_WITH("domA", "cpus = <1>; memory = <0 0x96000>;", ""),
     .expected =
         "/chosen/domA: error: domain domA needs 603 MiB of memory, which its colors do not "
         "have left\n"
         "  hint: give it more colors, less memory or fewer cpus\n"},
    {.name = "memory of dom0's colors",
     .config = "options=llc-size=1M llc-nr-ways=16 dom0-llc-colors=0-3 dom0_mem=512M\n"
               "kernel=vmlinuz\n",
     .chosen = "",
     .expected = "/chosen: error: dom0 needs 512 MiB of memory, which its colors do not have left\n"
                 "  hint: give it more colors, less memory or fewer cpus\n"},
    {.name = "static memory and colors",
     .config = "options=llc-coloring=on\n",
     .chosen = DOM("domA", "xen,static-mem = <0 0x60000000 0 0x8000000>;"),
     .expected = "/chosen/domA: error: domain domA has static memory, which cannot be colored\n"
                 "  hint: leave out llc-coloring=on, or xen,static-mem\n"},
    {.name = "static heap and colors",
     .config = "options=llc-coloring\n",
     .chosen = "xen,static-heap = <0 0x50000000 0 0x10000000>;" DOM("domA", ""),
     .expected = "muster.cfg:3: error: a static heap cannot be colored\n"
                 "  hint: leave out llc-coloring=on, or xen,static-heap\n"},
};

int main(void)
{
    return rows_run("preflight coloring", rows, sizeof(rows) / sizeof(rows[0]), NULL, 0);
}
