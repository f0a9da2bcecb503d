/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of preflight of properties and nodes against Xen's bindings. */
#include "rows.h"

#include <stdio.h>

/* A Xen of the future, with a property and a node of its own. */
static void newer_xen(struct boot *boot)
{
    static const char names[] = "\0other-one\0other-two";

    add_file(boot, XEN_NAME, image_xen_of("4.99", NULL), 20000, 20000);
    memcpy(content + 15000, names, sizeof(names));
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

/* The message about a word in the section, and in the node, of domA. */
#define SLIP(line, word)                                                                           \
    "muster.cfg:" line ": warning: domain domA: no binding of Xen has " word " here\n"
#define BOOTED          "  hint: move it to the booted section\n"
#define TREE_SLIP(word) "/chosen/domA: warning: domain domA: no binding of Xen has " word " here\n"

#define HALF(more) "k { compatible = \"multiboot,kernel\"; " more " };"

static const struct row rows[] = {
    {.name = "nodes that are half a module",
     .chosen = DOM("domA", "k { compatible = \"multiboot,kernel\"; reg = <0 0 0 0>; };"
                           "r { compatible = \"multiboot,ramdisk\"; };"
                           "d { compatible = \"multiboot,device-tree\"; };"
                           "s { compatible = \"multiboot,ramdisk\"; reg = <0 0 0 0>; };"),
     .expected = "/chosen/domA/k: warning: domain domA: the node k is no module\n"
                 "  hint: add uefi,binary, or leave it out\n"
                 "/chosen/domA/r: error: domain domA: the node r is no module\n"
                 "  hint: add uefi,binary, or leave it out\n"
                 "/chosen/domA/d: warning: domain domA: the node d is no module\n"
                 "  hint: add uefi,binary, or leave it out\n"
                 "/chosen/domA/s: warning: domain domA: the node s is no module\n"
                 "  hint: add uefi,binary, or leave it out\n"},
    {.name = "half a module behind the kernel",
     .chosen = DOM_OF("domA", KERNEL("vmlinuz", "") HALF("reg = <0 0 0 0>;"), ""),
     .expected = "/chosen/domA/k: error: domain domA: the node k is no module\n"
                 "  hint: add uefi,binary, or leave it out\n"},
    {.name = "half a module before the kernel, without reg",
     .chosen = DOM("domA", HALF("")),
     .expected = "/chosen/domA/k: error: domain domA: the node k is no module\n"
                 "  hint: add uefi,binary, or leave it out\n"},
    {.name = "half a module instead of the kernel",
     .chosen = DOM_OF("domA", HALF("reg = <0 0 0 0>;"), ""),
     .expected = "/chosen/domA: error: domain domA has no kernel\n"
                 "  hint: add a module with compatible \"multiboot,kernel\", "
                 "\"multiboot,module\"\n"},
    {.name = "unknown property",
     .chosen = DOM("domA", "vp1011;"),
     .expected = "/chosen/domA: warning: domain domA: no binding of Xen has vp1011 here\n"
                 "  hint: did you mean vpl011?\n"},
    {.name = "texts that Xen reads as numbers",
     .chosen = DOM("domA", "max_grant_frames = \"many\"; capabilities = \"all\"; "
                           "trap-unmapped-accesses = \"no\"; xen,sci_type;"),
     .expected =
         "/chosen/domA: error: domain domA: max_grant_frames is to be written max_grant_frames = "
         "<NUMBER>\n"
         "  hint: such as max_grant_frames = <1>\n"
         "/chosen/domA: error: domain domA: capabilities is to be written capabilities = <NUMBER>\n"
         "  hint: such as capabilities = <1>\n"
         "/chosen/domA: warning: domain domA: trap-unmapped-accesses is to be written "
         "trap-unmapped-accesses = <NUMBER>\n"
         "  hint: such as trap-unmapped-accesses = <1>\n"
         "/chosen/domA: error: domain domA: xen,sci_type is to be written xen,sci_type = "
         "\"TEXT\"\n"},
    {.name = "texts that are versions of grant tables",
     .chosen = DOM("domA", "max_grant_version = \"disabled\";") DOM("domB", "max_grant_version = "
                                                                            "\"many\";"),
     .expected = "/chosen/domA: warning: domain domA: max_grant_version is to be written "
                 "max_grant_version = <NUMBER>\n"
                 "  hint: such as max_grant_version = <1>\n"
                 "/chosen/domB: error: domain domB: max_grant_version is to be written "
                 "max_grant_version = <NUMBER>\n"
                 "  hint: such as max_grant_version = <1>\n"},
    {.name = "sve that is no number",
     .chosen = DOM("domA", "sve = \"yes\";") DOM("domB", "sve = [00];"),
     .expected = "/chosen/domA: error: domain domA: sve is to be written sve = <NUMBER>\n"
                 "  hint: such as sve = <1>\n"
                 "/chosen/domB: error: domain domB: sve is to be written sve = <NUMBER>\n"
                 "  hint: such as sve = <1>\n"},
    {.name = "unknown property unlike any",
     .chosen = DOM("domA", "pets = \"cat\";"),
     .expected = "/chosen/domA: warning: domain domA: no binding of Xen has pets here\n"},
    {.name = "words of others in a section",
     .config = "domains=domA\n[domA]\nkernel=vmlinuz\ncpus=1\nmemory=128M\ninitrd=ramdisk\n"
               "vcpus=1\ncpu=1\nmem=1\nbootargs=quiet\ncmdline=quiet\nextra=quiet\n"
               "device_tree=file\ncolors=0\n",
     .expected = SLIP("8", "initrd") "  hint: write ramdisk=FILE\n" SLIP(
         "9", "vcpus") "  hint: write cpus=N\n"

     SLIP("10", "cpu") "  hint: write cpus=N\n" SLIP("11", "mem") "  hint: write memory=SIZE\n"

     SLIP("12", "bootargs") "  hint: write it behind the kernel: kernel=FILE TEXT\n"

     SLIP("13", "cmdline") "  hint: write it behind the kernel: kernel=FILE TEXT\n"

     SLIP("14", "extra") "  hint: write it behind the kernel: kernel=FILE TEXT\n" SLIP(
         "15", "device_tree") "  hint: write dtb=FILE\n" SLIP("16", "colors") "  hint: write "
                                                                              "llc-colors=TEXT\n"},
    {.name = "keys of a boot section in that of a domain",
     .config = "domains=domA\n[domA]\nkernel=vmlinuz\ncpus=1\nmemory=128M\nbinary=vmlinuz k\n"
               "domains=domA\noptions=quiet\nxen=xen.efi\n",
     .expected = SLIP("8", "binary") BOOTED SLIP("9", "domains") BOOTED SLIP("10", "options")
         BOOTED SLIP("11", "xen") BOOTED},
    {.name = "a key that the section of a domain defines",
     .config = "domains=domA\n[domA]\nkernel=k\ncpus=1\nmemory=128M\nbinary=vmlinuz k\n",
     .expected =
         "muster.cfg:5: error: k is neither a key of binary= nor a file\n"
         "  hint: define it by binary=FILE KEY in the booted section, or put the file beside "
         "the loader\n"},
    {.name = "words of others in a tree",
     .chosen = DOM("domA", "vcpus = <1>; cpu = <1>; mem = <1>; bootargs = \"quiet\"; "
                           "cmdline = \"quiet\"; extra = \"quiet\"; colors = \"0\"; initrd;"),
     .expected = TREE_SLIP("vcpus") "  hint: write cpus = <N>\n" TREE_SLIP(
         "cpu") "  hint: write cpus = <N>\n"

     TREE_SLIP("mem") "  hint: write memory = <0 KIB>\n"

     TREE_SLIP("bootargs") "  hint: it belongs into the module of the kernel\n"

     TREE_SLIP("cmdline") "  hint: it is bootargs of the module of the kernel\n"

     TREE_SLIP("extra") "  hint: it is bootargs of the module of the kernel\n" TREE_SLIP(
         "colors") "  hint: write llc-colors = \"TEXT\"\n"
                   "/chosen/domA: warning: domain domA: no "
                   "binding of Xen has initrd here\n"},
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
     .expected = "/chosen/domA/module@1: warning: domain domA: bootargs is to be written bootargs "
                 "= \"TEXT\"\n"},
    {.name = "command line that is not a text",
     .chosen = DOM_OF("domA", KERNEL("vmlinuz", "bootargs = <1>;"), ""),
     .expected = "/chosen/domA/module@1: warning: domain domA: bootargs is to be written bootargs "
                 "= \"TEXT\"\n"
                 "  hint: Xen reads the start of it\n"},
    {.name = "unknown node",
     .chosen = DOM("domA", "shared { compatible = \"xen,domain-shared-memory-v2\"; };"),
     .expected = "/chosen/domA/shared: warning: domain domA: Xen has no use for the node shared\n"
                 "  hint: did you mean compatible = \"xen,domain-shared-memory-v1\"?\n"},
    {.name = "node of no kind",
     .chosen = DOM("domA", "pets { };"),
     .expected = "/chosen/domA/pets: warning: domain domA: Xen has no use for the node pets\n"},
    {.name = "node whose kind is not a text",
     .chosen = DOM("domA", "pets { compatible = [61 62]; };"),
     .expected = "/chosen/domA/pets: warning: domain domA: Xen has no use for the node pets\n"},
    {.name = "good: names that only a newer Xen can know",
     .prepare = newer_xen,
     .chosen = DOM("domA", "other-one; pets { compatible = \"other-two\"; };"),
     .expected = ""},
    {.name = "names that a newer Xen does not know, either",
     .prepare = newer_xen,
     .chosen = DOM("domA", "one; pets { compatible = \"two\"; };"),
     .expected = "/chosen/domA: warning: domain domA: no binding of Xen has one here\n"
                 "/chosen/domA/pets: warning: domain domA: Xen has no use for the node pets\n"},
    {.name = "node that this build of Xen lacks",
     .xen = "4.20",
     .lacks = "CONFIG_BOOT_TIME_CPUPOOLS",
     .chosen =
         "pool { compatible = \"xen,cpupool\"; cpupool-cpus = <&{/cpus/cpu@0}>; };" DOM("domA", ""),
     .expected = "/chosen/pool: warning: dom0: xen.efi does not know the node xen,cpupool and "
                 "ignores it\n"
                 "  hint: one that is built with CONFIG_BOOT_TIME_CPUPOOLS does\n"},
    {.name = "domain in another spelling",
     .chosen = "domB { compatible = \"xen,domian\"; };" DOM("domA", ""),
     .expected = "/chosen/domB: warning: dom0: Xen has no use for the node domB\n"
                 "  hint: did you mean compatible = \"xen,domain\"?\n"},
    {.name = "property that this Xen lacks",
     .xen = "4.17",
     .chosen = DOM("domA", "capabilities = <0>; xen,enhanced = \"no-xenstore\";"),
     .expected = "/chosen/domA: warning: domain domA: xen.efi does not know the property "
                 "capabilities and ignores it\n"
                 "  hint: Xen 4.21 and later do\n"},
    {.name = "property of two domains that this Xen lacks",
     .xen = "4.17",
     .chosen = DOM("domA", "capabilities = <0>;") DOM("domB", "capabilities = <0>;"),
     .expected = "/chosen/domA: warning: domain domA: xen.efi does not know the property "
                 "capabilities and ignores it\n"
                 "  hint: Xen 4.21 and later do\n"
                 "/chosen/domB: warning: domain domB: xen.efi does not know the property "
                 "capabilities and ignores it\n"
                 "  hint: Xen 4.21 and later do\n"},
    {.name = "node that this Xen lacks",
     .xen = "4.17",
     .chosen = DOM("domA", "vcpu0 { compatible = \"xen,vcpu\"; id = <0>; };"),
     .expected = "/chosen/domA/vcpu0: warning: domain domA: xen.efi does not know the node "
                 "xen,vcpu and ignores it\n"
                 "  hint: Xen 4.21 and later do\n"},
    {.name = "good: all properties",
     .config = "options=dom0_mem=128M llc-coloring=on\nkernel=vmlinuz\n",
     .chosen = DOM("domA", "vpl011; nr_spis = <960>; xen,enhanced; xen,domain-p2m-mem-mb = <8>; "
                           "max_grant_version = <1>; max_grant_frames = <64>; max_maptrack_frames "
                           "= <1024>; passthrough = \"disabled\"; sve; llc-colors = \"0-3\"; vcpu0 "
                           "{ compatible = \"xen,vcpu\"; id = <0>; hard-affinity = \"0,1\"; };"),
     .expected = ""},
};

/* Of a tree full of one mistake a hundred are shown. */
static void test_mistakes_without_end(void **state)
{
    struct boot *boot = *state;

    run_many(boot, "chosen { stdout-path = \"/pl011@9000000\";" DOM("domA", "") "};",
             "compatible = \"xen,domain\";", DIAGNOSTICS_MAX + 50, "};");
    assert_diagnosed(boot, "/n99: warning: Xen does not look for domains here");
    assert_diagnosed(boot, "and 50 more warnings");
    run_many(boot, "chosen { stdout-path = \"/pl011@9000000\";" DOM("domA", ""),
             "compatible = \"xen,domian\";", DIAGNOSTICS_MAX + 50, "}; };");
    assert_diagnosed(boot, "/chosen/n99: warning: dom0: Xen has no use for the node n99");
    assert_diagnosed(boot, "and 50 more warnings");
}

int main(void)
{
    const struct CMUnitTest others[] = {
        boot_test(test_mistakes_without_end),
    };

    return rows_run("preflight bindings", rows, sizeof(rows) / sizeof(rows[0]), others,
                    sizeof(others) / sizeof(others[0]));
}
