/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of the whole: what a person sees of a system, and that every failure is survived. */
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "support.h"

static void test_the_summary(void **state)
{
    struct boot *boot = *state;

    assert_true(boot_run(boot, "[global]\ndefault=one\n[one]\nkernel=vmlinuz console=hvc0\n",
                         TREE(DOMAIN("domU1", "") DOMAIN("domU2", ""))));
    assert_diagnostics(boot, "");
    assert_string_equal(boot_summary(boot), "muster.cfg, section [one]\n"
                                            "  domain dom0: vmlinuz\n"
                                            "  domain domU1: 1 vCPU, 128 MiB, vmlinuz + ramdisk\n"
                                            "  domain domU2: 1 vCPU, 128 MiB, vmlinuz + ramdisk\n");
    assert_string_equal(summary_of_binaries(&boot->system.arena, &boot->system.plan),
                        "  hypervisor xen.efi: Xen 4.23\n"
                        "  binary vmlinuz: 9.7 KiB at 0x7fff8000\n"
                        "  binary ramdisk: 4.8 KiB at 0x7fff6000\n");
    assert_true(text_starts(system_times(&boot->system),
                            "time: config 1.5 ms, compose 1.5 ms, plan 1.5 ms, place 1.5 ms, "));
    assert_int_equal(boot->machine.claimed, 512);
    assert_int_equal(boot->machine.claimed_most, 512);
    assert_int_equal(boot->machine.bytes_read, 55 + 20000 + 10000 + 5000);
}

static void test_the_summary_of_a_system_that_cannot_start(void **state)
{
    struct boot *boot = *state;

    assert_false(boot_run(boot, "",
                          TREE("domU1 { compatible = \"xen,domain\"; cpus = <2>;"
                               "    memory = <0x10000000 0>; m { uefi,binary = \"none\"; }; };"
                               "domU2 { compatible = \"xen,domain\"; cpus = [00];"
                               "    memory = <1>; m { uefi,binary = \"vmlinuz\"; }; };"
                               "domU3 { compatible = \"xen,domain\"; };")));
    assert_string_equal(boot_summary(boot), "muster.cfg\n"
                                            "  domain domU1: 2 vCPUs, none\n"
                                            "  domain domU2: vmlinuz\n"
                                            "  domain domU3:\n");
    assert_string_equal(summary_of_binaries(&boot->system.arena, &boot->system.plan),
                        "  hypervisor xen.efi: Xen 4.23\n"
                        "  binary vmlinuz: 9.7 KiB at 0x7fff8000\n");
}

/* Lines for which there is no memory are missing, and nothing else. */
static void test_the_summary_without_memory(void **state)
{
    static const char *const lines[] = {
        "muster.cfg\n", "  domain domU1:", " 1 vCPU,",   " 128 MiB,",
        " (none),",     " vmlinuz",        " + ramdisk", "\n"};
    struct boot *boot = *state;
    struct machine *machine = &boot->machine;
    unsigned at = 0;

    machine->fail_services = SERVICE_ALLOCATE;
    do {
        const char *text;

        machine->fail_at = 0;
        assert_true(boot_run(boot, "", TREE(DOMAIN("domU1", ""))));
        machine->fail_at = ++at;
        machine->calls = 0;
        text = boot_summary(boot);
        assert_non_null(text);
        for (size_t line = 0; line < sizeof(lines) / sizeof(lines[0]); line++)
            if (text_starts(text, lines[line]))
                text += strlen(lines[line]);
        assert_string_equal(text, "");
        if (machine->calls >= at)
            assert_diagnostics(boot, "error: out of memory for the loader's own work\n");
    } while (machine->calls >= at);
    assert_in_range(at, 8, 20);
}

static void test_without_a_configuration(void **state)
{
    struct boot *boot = *state;

    assert_true(boot_run(boot, NULL, TREE(DOMAIN("domU1", ""))));
    assert_string_equal(boot_summary(boot), "no configuration file, the device tree as it is\n"
                                            "  domain domU1: 1 vCPU, 128 MiB, vmlinuz + ramdisk\n");
    assert_false(boot_run(boot, NULL, TREE("")));
    assert_diagnostics(boot,
                       "error: no configuration file in /EFI/muster (tried muster.cfg, xen.cfg), "
                       "and the device tree names no binaries\n"
                       "  hint: write a configuration, or name one with -cfg=FILE in the load "
                       "options\n");
}

static void test_module_of_someone_else(void **state)
{
    struct boot *boot = *state;

    boot_run(boot, NULL,
             TREE("#address-cells = <1>; #size-cells = <1>; a { compatible = \"multiboot,kernel\","
                  " \"multiboot,module\"; reg = <0x50000000 0x1000>; };"));
    assert_string_equal(boot_summary(boot), "no configuration file, the device tree as it is\n"
                                            "  domain dom0: (in memory already)\n");
}

static void test_load_options_choose(void **state)
{
    struct boot *boot = *state;

    machine_add_text(&boot->machine, "/other.cfg", "[two]\nkernel=vmlinuz\noptions=a\n[one]\n");
    boot_set_options(boot, "muster.efi -cfg=/other.cfg two -- b");
    assert_true(boot_run(boot, NULL, TREE("")));
    assert_string_equal(boot_summary(boot), "/other.cfg, section [two]\n  domain dom0: vmlinuz\n");
    assert_property(boot, "/chosen", "xen,xen-bootargs", "a b");
}

/* The person wants to see what Xen does: what preflight finds is not a reason to stop. */
static void test_forced(void **state)
{
    struct boot *boot = *state;

    boot->request.exception_level = 1;
    assert_false(boot_run(boot, "kernel=vmlinuz\n", TREE("")));
    boot_set_options(boot, "-force");
    assert_true(boot_run(boot, "kernel=vmlinuz\n", TREE("")));
    assert_diagnostics(boot, "warning: the firmware runs at EL1, but Xen needs EL2\n"
                             "  hint: enable virtualization in the firmware (QEMU: -machine "
                             "virt,virtualization=on)\n");
}

/* -force does not help with a file that cannot be loaded. */
static void test_forced_without_a_file(void **state)
{
    struct boot *boot = *state;

    boot_set_options(boot, "-force");
    assert_false(boot_run(boot, "kernel=vmlinux\n", TREE("")));
}

static void test_all_mistakes_at_once(void **state)
{
    struct boot *boot = *state;

    boot->request.exception_level = 1;
    assert_false(boot_run(boot, "kernal=x\nbinary=vmlinuz linux\nxen=xne.efi\n",
                          TREE("domU1 { compatible = \"xen,domain\"; m { uefi,binary = \"linx\"; "
                               "}; };")));
    assert_diagnosed(boot, "error: the firmware runs at EL1, but Xen needs EL2");
    assert_diagnosed(boot, "muster.cfg:1: error: unknown key kernal");
    assert_diagnosed(boot, "muster.cfg:3: error: cannot open the hypervisor xne.efi: there is no "
                           "such file");
    assert_diagnosed(boot, "  hint: did you mean xen.efi?");
    assert_diagnosed(boot, "/chosen/domU1/m: error: linx is neither a key of binary= nor a file");
    assert_int_equal(boot->machine.claimed, 0);
}

static void test_a_system_without_memory_says_so(void **state)
{
    struct boot *boot = *state;

    boot->machine.fail_services = SERVICE_ALLOCATE;
    boot->machine.fail_at = 1;
    assert_false(boot_run(boot, "", TREE(DOMAIN("domU1", ""))));
    assert_diagnostics(boot, "error: out of memory for the loader's own work\n");
}

/* --- every call fails once -------------------------------------------------------------------- */

#define TEXT_16(text)                                                                              \
    text text text text text text text text text text text text text text text text
#define LONG TEXT_16(TEXT_16("0123456789abcdef ")) /* more than the room of a tree just opened */

/*
 * All that a configuration can ask for: overlays, sections, dom0, chain=, keys. If the request
 * names no section, [boot] is booted, else all of the file.
 */
static const char first_config[] = "[global]\nchain=next.cfg\n";
static const char next_config[] =
    "[global]\ndefault=boot\n[boot]\noptions=dom0_mem=128M " LONG "\nkernel=linux console=hvc0\n"
    "ramdisk=ramdisk\nxsm=policy\nbinary=vmlinuz linux\ndtb=my.dtb\ndtbo=my.dtbo\n"
    "domains=domA domB\n"
    "[domA]\nkernel=linux\nramdisk=ramdisk\ncpus=1\nmemory=128M\nvpl011\nvcpu0/id=<0>\n"
    "own=<&{/timer}>\ntext=" LONG "\n"
    "[domB]\nkernel=linux\ncpus=1\nmemory=64M\nxen,enhanced=no-xenstore\n"
    "passthrough/deep=\"" LONG "\"\n"
    "[other]\nkernal=x\n";
/* The same of a tree: regions, links between nodes, and what is only warned of. */
#define WHOLE_TREE_CHOSEN                                                                          \
    "large = \"0123456789012345678901234567890123456789012345678901234567\";"                      \
    "xen,static-heap = <0 0x61000000 0 0x17000000>;"                                               \
    "pool: pool { compatible = \"xen,cpupool\"; cpupool-cpus = <&{/cpus/cpu@1}>; };"               \
    "one: port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <1 &other>; };"                    \
    "domU1 { compatible = \"xen,domain\"; #address-cells = <2>; #size-cells = <2>; cpus = <1>;"    \
    "    memory = <0 0x2000>; xen,static-mem = <0 0x60000000 0 0x800000>;"                         \
    "    domain-cpupool = <&pool>; passthrough = \"never\"; typo = \"text\";"                      \
    "    module@1 { compatible = \"multiboot,kernel\", \"multiboot,module\";"                      \
    "        uefi,binary = \"vmlinuz\"; };"                                                        \
    "    other: port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <1 &one>; };"                \
    "    shm@0 { compatible = \"xen,domain-shared-memory-v1\"; xen,shm-id = \"a\";"                \
    "        role = \"owner\"; xen,shared-mem = <0 0x78000000 0 0x10000000 0 0x1000>; };"          \
    "    loaded { compatible = \"multiboot,device-tree\", \"multiboot,module\";"                   \
    "        reg = <0 0x7a000000 0 0x1000>; };"                                                    \
    "    unstated { uefi,binary = \"ramdisk\"; }; pets { }; };"
#define WHOLE_TREE_RESERVED                                                                        \
    "/ { domB { compatible = \"xen,domain\"; };\n"                                                 \
    "reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;\n"                         \
    "    good { reg = <0 0x52000000 0 0x1000>; }; bad { reg = <0 0 0>; }; }; };"

static const char whole_tree[] = TREE(WHOLE_TREE_CHOSEN) WHOLE_TREE_RESERVED;

/*
 * Makes call after call of these services fail, once each. A run that fails says so; one that does
 * not has found another way, or the failure came when nothing depended on it any more.
 */
static unsigned sweep(struct boot *boot, unsigned services, enum platform_status status)
{
    struct machine *machine = &boot->machine;
    unsigned at = 0;

    machine->fail_services = services;
    machine->fail_status = status;
    do {
        bool is_ready;

        machine->fail_at = ++at;
        machine->calls = 0;
        is_ready = boot_run(boot, first_config, NULL);
        system_conclude(&boot->system);
        if (is_ready) {
            assert_int_equal(boot->system.diagnostics.counts[SEVERITY_ERROR], 0);
            assert_int_equal(fdt_check_full(boot->system.tree.fdt, boot->system.tree.capacity), 0);
            assert_true(machine->calls < at || services != SERVICE_ALLOCATE);
        } else {
            assert_true(boot->system.diagnostics.counts[SEVERITY_ERROR] > 0);
        }
        boot_end(boot);
        machine_assert_clean(machine);
    } while (machine->calls >= at);
    return at - 1;
}

static void *compile_whole_tree(size_t *size)
{
    static const char start[] = "/dts-v1/;";
    char *source = NULL;
    void *tree;

    assert_true(text_starts(whole_tree, start));
    assert_true(asprintf(&source, "%s /memreserve/ 0x50000000 0x1000; %s", start,
                         whole_tree + strlen(start)) > 0);
    tree = tree_compile(source, size);
    free(source);
    return tree;
}

#define FIXED_SIZE 10000U /* bytes that the firmware needs for a tree with its fix-ups */

static enum platform_status fix(struct machine *machine, void *tree, size_t *capacity)
{
    (void)machine;
    if (*capacity < FIXED_SIZE) {
        *capacity = FIXED_SIZE;
        return PLATFORM_NO_MEMORY;
    }
    assert_int_equal(fdt_open_into(tree, tree, (int)*capacity), 0);
    return PLATFORM_OK;
}

/* A Xen that has a binding of its own, and lacks the later ones of others. */
static void add_xen(struct boot *boot)
{
    static char content[20000];

    memcpy(content, image_xen(sizeof(content)), sizeof(content));
    memcpy(content + 10000, "multiboot,module", sizeof("multiboot,module"));
    machine_add_file(&boot->machine, "/EFI/muster/xen.efi", content, sizeof(content));
}

static void test_every_call_fails_once(void **state)
{
    static const enum platform_status statuses[] = {
        PLATFORM_NOT_FOUND,   PLATFORM_IS_DIRECTORY, PLATFORM_NO_MEMORY, PLATFORM_SHORT_READ,
        PLATFORM_DENIED,      PLATFORM_CORRUPT,      PLATFORM_NO_MEDIA,  PLATFORM_BUSY,
        PLATFORM_UNSUPPORTED, PLATFORM_DEVICE_ERROR};
    struct boot *boot = *state;
    unsigned injected = 0;
    size_t tree_size;
    size_t overlay_size;
    void *tree = compile_whole_tree(&tree_size);
    void *overlay = tree_compile("/dts-v1/; /plugin/; &uart { new = \"text\"; };", &overlay_size);

    machine_add_text(&boot->machine, "/EFI/muster/next.cfg", next_config);
    machine_add_file(&boot->machine, "/EFI/muster/my.dtb", tree, tree_size);
    machine_add_file(&boot->machine, "/EFI/muster/my.dtbo", overlay, overlay_size);
    machine_add_text(&boot->machine, "/EFI/muster/policy", "\x8c\xff\x7c\xf9");
    add_xen(boot);
    boot->machine.fix_tree = fix;
    boot_set_options(boot, "-- more");
    assert_true(boot_run(boot, first_config, NULL));
    for (size_t at = 0; at < sizeof(statuses) / sizeof(statuses[0]); at++)
        injected += sweep(boot, SERVICE_ALL & ~(unsigned)SERVICE_ALLOCATE, statuses[at]);
    injected += sweep(boot, SERVICE_ALLOCATE, PLATFORM_OK);
    print_message("%u failures injected\n", injected);
    free(tree);
    free(overlay);
}

/* --- cost ------------------------------------------------------------------------------------- */

/* The memory that a run takes grows with its input and not faster. */
static void test_memory_is_a_small_multiple_of_the_input(void **state)
{
    struct boot *boot = *state;
    static char config[700000];
    size_t length = 0;

    for (unsigned at = 0; at < 10000; at++)
        length += (size_t)snprintf(config + length, sizeof(config) - length,
                                   "binary=some/file/of/some/name-%u key-%u\n", at, at);
    boot_run(boot, config, TREE(DOMAIN("domU1", "")));
    assert_in_range(boot->machine.allocated_most, length, 16 * length);
    assert_int_equal(boot->system.diagnostics.counts[SEVERITY_NOTE], 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        boot_test(test_the_summary),
        boot_test(test_the_summary_of_a_system_that_cannot_start),
        boot_test(test_the_summary_without_memory),
        boot_test(test_without_a_configuration),
        boot_test(test_module_of_someone_else),
        boot_test(test_load_options_choose),
        boot_test(test_all_mistakes_at_once),
        boot_test(test_forced),
        boot_test(test_forced_without_a_file),
        boot_test(test_a_system_without_memory_says_so),
        boot_test(test_every_call_fails_once),
        boot_test(test_memory_is_a_small_multiple_of_the_input),
    };

    return cmocka_run_group_tests_name("system", tests, NULL, NULL);
}
