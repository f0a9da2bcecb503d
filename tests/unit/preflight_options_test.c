/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of preflight of Xen's command line. */
#include "rows.h"

static const struct row rows[] = {
    {.name = "an option that Xen does not know",
     .config = "options=sync_consol\n",
     .chosen = DOM("domA", ""),
     .expected = "/chosen: warning: xen.efi does not know the option sync_consol and ignores it\n"
                 "  hint: did you mean sync_console?\n"},
    {.name = "an option unlike any",
     .config = "options=pets=cat\n",
     .chosen = DOM("domA", ""),
     .expected = "/chosen: warning: xen.efi does not know the option pets and ignores it\n"},
    {.name = "good: an option turned off",
     .config = "options=no-bootscrub  noreboot\n",
     .chosen = DOM("domA", ""),
     .expected = ""},
    {.name = "quotes",
     .config = "options='console=dtuart'\n",
     .chosen = DOM("domA", ""),
     .expected =
         "/chosen: warning: Xen takes quotes and tabs as part of an option: 'console=dtuart'\n"
         "  hint: write it without them; only spaces separate options\n"},
    {.name = "good: what follows a separator",
     .config = "options=noreboot\n",
     .chosen = DOM("domA", ""),
     .expected = ""},
    {.name = "console that is none on Arm",
     .config = "options=console=com1,vga\n",
     .chosen = DOM("domA", ""),
     .expected = "/chosen: warning: Xen is silent with console=com1,vga\n"
                 "  hint: write console=dtuart\n"},
    {.name = "good: console among others",
     .config = "options=console=com1,dtuart\n",
     .chosen = DOM("domA", ""),
     .expected = ""},
    {.name = "good: console without a value",
     .config = "options=console\n",
     .chosen = DOM("domA", ""),
     .expected = ""},
    {.name = "a scheduler that is none",
     .config = "options=sched=fair\n",
     .chosen = DOM("domA", ""),
     .expected = "/chosen: warning: xen.efi has no scheduler fair\n"
                 "  hint: Xen takes its default\n"},
    {.name = "a scheduler that is not built",
     .xen = "4.17",
     .lacks = "CONFIG_SCHED_NULL",
     .config = "options=sched=null\n",
     .chosen = DOM("domA", ""),
     .expected = "/chosen: warning: xen.efi has no scheduler null\n"
                 "  hint: Xen takes its default\n"},
    {.name = "good: a scheduler",
     .config = "options=sched=null\n",
     .chosen = DOM("domA", ""),
     .expected = ""},
    {.name = "no grant frames",
     .config = "options=gnttab_max_frames=0\n",
     .chosen = DOM("domA", ""),
     .expected = "/chosen: error: gnttab_max_frames cannot be 0\n"
                 "  hint: give it 1 at least\n"},
    {.name = "flask without a policy",
     .config = "options=xsm=flask\nkernel=vmlinuz\n",
     .expected = "/chosen: error: xsm=flask wants a policy, but there is none\n"
                 "  hint: add xsm=FILE, or flask=permissive\n"},
    {.name = "an option too long",
     .config = "options=dtuart=/pl011@9000000:" TEXT_16("12345678") "\n",
     .chosen = DOM("domA", ""),
     .expected = "/chosen: warning: Xen reads 127 characters of the option dtuart\n"
                 "  hint: shorten it\n"},
    {.name = "dom0_mem of a list",
     .config = "options=dom0_mem=128M,max:128M\nkernel=vmlinuz\n",
     .expected = "/chosen: warning: Xen reads dom0_mem=128M,max:128M up to the comma\n"
                 "  hint: write dom0_mem=512M\n"},
    {.name = "good: dom0_mem of a list, where Xen says nothing",
     .xen = "4.20",
     .config = "options=dom0_mem=128M,max:128M\nkernel=vmlinuz\n",
     .expected = ""},
    {.name = "dom0_mem of another form",
     .config = "options=dom0_mem=max:128M\nkernel=vmlinuz\n",
     .expected =
         "/chosen: warning: Xen gives dom0 512 MiB: it does not understand dom0_mem=max:128M\n"
         "  hint: write dom0_mem=512M\n"},
};

int main(void)
{
    return rows_run("preflight options", rows, sizeof(rows) / sizeof(rows[0]), NULL, 0);
}
