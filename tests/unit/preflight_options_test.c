/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of preflight of Xen's command line. */
#include "rows.h"

/* A Xen with a table of options, which has all but one of the words that its binary holds. */
static void table_of_options(struct boot *boot)
{
    static const char *const options[] = {"console_timestamps", "dtuart", "console"};
    static const char words[] = "\0console_timestamps\0dtuart\0console\0vpl011";
    size_t word = 15001;

    add_file(boot, XEN_NAME, image_xen_of("4.20", NULL), 20000, 20000);
    memcpy(content + 15000, words, sizeof(words));
    for (size_t at = 0; at < sizeof(options) / sizeof(options[0]); at++) {
        uint64_t address = 0xa0000200000 + word;

        assert_string_equal(content + word, options[at]);
        word += strlen(options[at]) + 1;
        memset(content + 16008 + at * 24, 0, 24);
        memcpy(content + 16008 + at * 24, &address, sizeof(address));
    }
}

/* A Xen with one more option. */
static void add_option(struct boot *boot, const char *version, const char *lacks,
                       const char *option)
{
    add_file(boot, XEN_NAME, image_xen_of(version, lacks), 20000, 20000);
    content[19000] = '\0';
    memcpy(content + 19001, option, strlen(option) + 1);
}

static void option_tee(struct boot *boot)
{
    add_option(boot, "4.23", NULL, "tee");
}

static void option_dom0(struct boot *boot)
{
    add_option(boot, "4.20", NULL, "dom0");
}

static void option_dom0_without_sve(struct boot *boot)
{
    add_option(boot, "4.20", "CONFIG_ARM64_SVE", "dom0");
}

#define LEAVE_IT "  hint: leave it out\n"

static const struct row rows[] = {
    {.name = "a word of Xen's that is no option",
     .prepare = table_of_options,
     .config = "options=console=dtuart vpl011\n",
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:3: warning: xen.efi does not know the option vpl011 and ignores "
                 "it\n" LEAVE_IT},
    {.name = "an option that Xen does not know",
     .config = "options=sync_consol\n",
     .chosen = DOM("domA", ""),
     .expected =
         "muster.cfg:3: warning: xen.efi does not know the option sync_consol and ignores it\n"
         "  hint: did you mean sync_console?\n"},
    {.name = "an option unlike any",
     .config = "options=pets=cat\n",
     .chosen = DOM("domA", ""),
     .expected =
         "muster.cfg:3: warning: xen.efi does not know the option pets and ignores it\n" LEAVE_IT},
    {.name = "good: an option turned off",
     .config = "options=no-bootscrub  noreboot\n",
     .chosen = DOM("domA", ""),
     .expected = ""},
    {.name = "quotes",
     .config = "options='console=dtuart'\n",
     .chosen = DOM("domA", ""),
     .expected =
         "muster.cfg:3: warning: Xen takes quotes and tabs as part of an option: 'console=dtuart'\n"
         "  hint: write it without them; only spaces separate options\n"},
    {.name = "quotes around all options",
     .config = "options=\"console=dtuart noreboot\"\n",
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:3: warning: Xen takes quotes and tabs as part of an option: "
                 "\"console=dtuart noreboot\"\n"
                 "  hint: write it without them; only spaces separate options\n"},
    {.name = "spaces around the = of an option",
     .config = "options=console=dtuart dom0_mem = 512M sched  =credit2 noreboot\n",
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:3: warning: Xen takes no space around an =\n"
                 "  hint: an entry is written key=value\n"
                 "muster.cfg:3: warning: Xen takes no space around an =\n"
                 "  hint: an entry is written key=value\n"},
    {.name = "an option without a name",
     .config = "options=noreboot no-\n",
     .chosen = DOM("domA", ""),
     .expected =
         "muster.cfg:3: warning: xen.efi does not know the option no- and ignores it\n" LEAVE_IT},
    {.name = "good: what follows a separator",
     .config = "options=noreboot\n",
     .chosen = DOM("domA", ""),
     .expected = ""},
    {.name = "console that is none on Arm",
     .config = "options=console=com1,vga\n",
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:3: warning: Xen is silent with console=com1,vga\n"
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
     .expected = "muster.cfg:3: warning: xen.efi has no scheduler fair\n"
                 "  hint: leave it out\n"},
    {.name = "a scheduler that is not built",
     .xen = "4.17",
     .lacks = "CONFIG_SCHED_NULL",
     .config = "options=sched=null\n",
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:3: warning: xen.efi has no scheduler null\n"
                 "  hint: leave it out\n"},
    {.name = "good: a scheduler",
     .config = "options=sched=null\n",
     .chosen = DOM("domA", ""),
     .expected = ""},
    {.name = "no grant frames",
     .config = "options=gnttab_max_frames=0\n",
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:3: error: gnttab_max_frames cannot be 0\n"
                 "  hint: give it 1 at least\n"},
    {.name = "an IOMMU that is not there",
     .config = "options=iommu=force\n",
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:3: error: iommu= asks for an IOMMU that Xen cannot use\n"
                 "  hint: leave out iommu=force, or start on a machine that has one\n"},
    {.name = "an IOMMU that is left alone",
     .config = "options=iommu=no,force\n",
     .chosen = DOM("domA", ""),
     .beside = "iommu { compatible = \"arm,smmu-v3\"; };",
     .expected = "muster.cfg:3: error: iommu= asks for an IOMMU that Xen is told to leave alone\n"
                 "  hint: leave out iommu=force, or start on a machine that has one\n"},
    {.name = "an IOMMU that is switched off",
     .config = "options=iommu=force\n",
     .chosen = DOM("domA", ""),
     .beside =
         "iommu { #iommu-cells = <1>; compatible = \"arm,smmu-v3\"; status = \"disabled\"; };",
     .expected = "muster.cfg:3: error: iommu= asks for an IOMMU that Xen cannot use\n"
                 "  hint: leave out iommu=force, or start on a machine that has one\n"},
    {.name = "good: an IOMMU that is there",
     .config = "options=iommu=force\n",
     .chosen = DOM("domA", ""),
     .beside = "iommu { compatible = \"arm,smmu-v3\"; };",
     .expected = ""},
    {.name = "a TEE that is not there",
     .prepare = option_tee,
     .config = "options=tee=optee\n",
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:3: error: Xen does not find tee=optee on this machine\n"
                 "  hint: leave it out, so that Xen looks what there is\n"},
    {.name = "a TEE of no kind",
     .prepare = option_tee,
     .config = "options=tee=trusty\n",
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:3: error: Xen does not find tee=trusty on this machine\n"
                 "  hint: leave it out, so that Xen looks what there is\n"},
    {.name = "good: a TEE that is there",
     .prepare = option_tee,
     .config = "options=tee=optee\n",
     .chosen = DOM("domA", ""),
     .beside = "firmware { optee { compatible = \"linaro,optee-tz\"; }; };",
     .expected = ""},
    {.name = "good: a TEE of firmware",
     .prepare = option_tee,
     .config = "options=tee=ffa\n",
     .chosen = DOM("domA", ""),
     .expected = ""},
    {.name = "sve of dom0 that this Xen is built without",
     .config = "kernel=vmlinuz\noptions=dom0=sve=0 dom0_mem=128M\n",
     .prepare = option_dom0_without_sve,
     .expected = "muster.cfg:4: error: dom0= asks for sve, but xen.efi is built without it\n"
                 "  hint: leave it out, or use a Xen built with CONFIG_ARM64_SVE\n"},
    {.name = "sve of dom0 that cannot be",
     .config = "kernel=vmlinuz\noptions=dom0=sve=1,sve=2176 dom0_mem=128M\n",
     .prepare = option_dom0,
     .expected = "muster.cfg:4: error: sve of dom0= cannot be 2176\n"
                 "  hint: write a multiple of 128 up to 2048, or -1\n"},
    {.name = "sve of dom0 that is no multiple",
     .config = "kernel=vmlinuz\noptions=dom0=sve=127 dom0_mem=128M\n",
     .prepare = option_dom0,
     .expected = "muster.cfg:4: error: sve of dom0= cannot be 127\n"
                 "  hint: write a multiple of 128 up to 2048, or -1\n"},
    {.name = "sve of dom0 that the processor lacks",
     .config = "kernel=vmlinuz\noptions=dom0=sve=128 dom0_mem=128M\n",
     .prepare = option_dom0,
     .expected = "muster.cfg:4: error: dom0= asks for sve, but arm,cortex-a57 has none\n"
                 "  hint: leave it out\n"},
    {.name = "good: the longest sve of dom0, and sve of none",
     .config = "kernel=vmlinuz\noptions=dom0=sve=128,sve=-1 dom0_mem=128M\n",
     .prepare = option_dom0,
     .chosen = DOM("domA", "sve = <0>;"),
     .expected = ""},
    {.name = "dom0= that Xen does not understand",
     .prepare = option_dom0,
     .config = "kernel=vmlinuz\noptions=dom0=sve=0x80g,pvh,sve=-0x1 dom0_mem=128M\n",
     .expected = "muster.cfg:4: warning: Xen does not understand dom0=sve=0x80g\n"
                 "  hint: write dom0=sve=128\n"
                 "muster.cfg:4: warning: Xen does not understand dom0=pvh\n"
                 "  hint: write dom0=sve=128\n"},
    {.name = "dom0= of nothing",
     .prepare = option_dom0,
     .config = "kernel=vmlinuz\noptions=dom0=sve= dom0_mem=128M\n",
     .expected = "muster.cfg:4: warning: Xen does not understand dom0=sve=\n"
                 "  hint: write dom0=sve=128\n"},
    {.name = "values that Xen does not take",
     .config = "options=bootscrub=maybe dom0_max_vcpus=2-4 iommu=verbose,forse xsm=foo "
               "sync_console=perhaps maxcpus=0xg\n",
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:3: warning: Xen does not understand bootscrub=maybe\n"
                 "  hint: write one of idle,on,off\n"
                 "muster.cfg:3: warning: Xen does not understand dom0_max_vcpus=2-4\n"
                 "  hint: write a number\n"
                 "muster.cfg:3: warning: Xen does not understand iommu=verbose,forse\n"
                 "  hint: write one of force,required,verbose,debug,dom0-passthrough,dom0-strict\n"
                 "muster.cfg:3: warning: Xen does not understand xsm=foo\n"
                 "  hint: write one of dummy,flask,silo\n"
                 "muster.cfg:3: warning: Xen does not understand sync_console=perhaps\n"
                 "  hint: write one of on,off\n"
                 "muster.cfg:3: warning: Xen does not understand maxcpus=0xg\n"
                 "  hint: write a number\n"},
    {.name = "good: values that Xen takes",
     .config = "options=bootscrub=idle dom0_max_vcpus=0x2 iommu=verbose,no-dom0-strict,debug=off,1 "
               "xsm=silo sync_console=yes maxcpus=\n",
     .chosen = DOM("domA", ""),
     .expected = ""},
    {.name = "an option of IOMMUs of other processors",
     .config = "options=iommu=no-sharept\n",
     .chosen = DOM("domA", ""),
     .expected =
         "muster.cfg:3: warning: Xen does not understand iommu=no-sharept\n"
         "  hint: write one of force,required,verbose,debug,dom0-passthrough,dom0-strict\n"},
    {.name = "values of options that nobody needs",
     .config = "options=gnttab=max-ver:2,no-transitive gnttab=max-ver:3 hmp-unsafe=2 "
               "serrors=forward serrors=diverse\n",
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:3: warning: Xen does not understand gnttab=max-ver:3\n"
                 "  hint: write one of max-ver:1,max-ver:2,transitive\n"
                 "muster.cfg:3: warning: Xen does not understand hmp-unsafe=2\n"
                 "  hint: write one of on,off\n"
                 "muster.cfg:3: warning: Xen does not understand serrors=forward\n"
                 "  hint: write one of diverse,panic\n"},
    {.name = "a mode of Flask that is none",
     .config = "options=xsm=flask flask=on\nkernel=vmlinuz\n",
     .chosen = "",
     .expected = "muster.cfg:3: warning: Xen warns of xsm=flask\n"
                 "  hint: leave it out to keep domains apart\n"
                 "muster.cfg:3: error: Xen does not understand flask=on\n"
                 "  hint: write one of enforcing,permissive,late,disabled\n"},
    {.name = "good: levels",
     .config = "options=loglvl=all guest_loglvl=warning/debug\n",
     .chosen = DOM("domA", ""),
     .expected = ""},
    {.name = "levels that are none",
     .config = "options=loglvl=everything guest_loglvl=none/errors\n",
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:3: warning: Xen does not understand loglvl=everything\n"
                 "  hint: write one of none,error,warning,info,debug,all\n"
                 "muster.cfg:3: warning: Xen does not understand guest_loglvl=none/errors\n"
                 "  hint: write one of none,error,warning,info,debug,all\n"},
    {.name = "a number of frames that is none",
     .config = "options=gnttab_max_frames=many\n",
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:3: warning: Xen does not understand gnttab_max_frames=many\n"
                 "  hint: write a number\n"},
    {.name = "the IOMMU of an old QEMU",
     .config = "options=iommu=force\n",
     .chosen = DOM("domA", ""),
     .beside = "iommu { compatible = \"arm,smmu-v3\"; }; }; / { compatible = \"linux,dummy-virt\";",
     .expected = "muster.cfg:3: error: iommu= asks for an IOMMU that Xen cannot use\n"
                 "  hint: leave out iommu=force, or start on a machine that has one\n"},
    {.name = "good: the IOMMU of a new QEMU",
     .config = "options=iommu=force\n",
     .chosen = DOM("domA", ""),
     .beside = "aliases { }; iommu { compatible = \"arm,smmu-v3\"; }; }; "
               "/ { compatible = \"linux,dummy-virt\";",
     .expected = ""},
    {.name = "flask without a policy",
     .config = "options=xsm=flask\nkernel=vmlinuz\n",
     .expected = "muster.cfg:3: error: xsm=flask wants a policy, but there is none\n"
                 "  hint: add xsm=FILE, or flask=permissive\n"},
    {.name = "no security module",
     .config = "options=xsm=dummy\n",
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:3: warning: Xen warns of xsm=dummy\n"
                 "  hint: leave it out to keep domains apart\n"},
    {.name = "good: the usual security module",
     .config = "options=xsm=silo\n",
     .chosen = DOM("domA", ""),
     .expected = ""},
    {.name = "an option too long",
     .config = "options=dtuart=/pl011@9000000:" TEXT_16("12345678") "\n",
     .chosen = DOM("domA", ""),
     .expected = "muster.cfg:3: warning: Xen reads 127 characters of the option dtuart\n"
                 "  hint: shorten it\n"},
    {.name = "dom0_mem of a list",
     .config = "options=dom0_mem=128M,max:128M\nkernel=vmlinuz\n",
     .expected = "muster.cfg:3: warning: Xen reads dom0_mem=128M,max:128M up to the comma\n"
                 "  hint: write dom0_mem=512M\n"},
    {.name = "good: dom0_mem of a list, where Xen says nothing",
     .xen = "4.20",
     .config = "options=dom0_mem=128M,max:128M\nkernel=vmlinuz\n",
     .expected = ""},
    {.name = "dom0_mem of another form",
     .config = "options=dom0_mem=max:128M\nkernel=vmlinuz\n",
     .expected =
         "muster.cfg:3: warning: Xen gives dom0 512 MiB: it does not understand dom0_mem=max:128M\n"
         "  hint: write dom0_mem=512M\n"},
};

int main(void)
{
    return rows_run("preflight options", rows, sizeof(rows) / sizeof(rows[0]), NULL, 0);
}
