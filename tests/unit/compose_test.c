/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of stage compose: the base tree, overlays, dom0 and Xen's command line. */
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>

#include "support.h"

/* Adds a compiled tree as a file; freed by cmocka's own allocator, so that a leak is seen. */
static void add_tree(struct boot *boot, const char *name, const char *source)
{
    size_t size;
    void *tree = tree_compile(source, &size);
    void *copy = test_malloc(size);

    memcpy(copy, tree, size);
    free(tree);
    machine_add_file(&boot->machine, name, copy, size);
}

static void drop_file(struct boot *boot, const char *name)
{
    for (size_t at = 0; at < boot->machine.file_count; at++)
        if (strcmp(boot->machine.files[at].name, name) == 0)
            test_free((void *)(uintptr_t)boot->machine.files[at].data);
    machine_remove_file(&boot->machine, name);
}

static void test_dom0(void **state)
{
    struct boot *boot = *state;

    machine_add_text(&boot->machine, "/EFI/muster/policy", "\x8c\xff\x7c\xf9");
    assert_true(boot_describe(boot,
                              "options=console=dtuart\nkernel=vmlinuz  root=/dev/x  ro\n"
                              "ramdisk=ramdisk\nxsm=policy\n",
                              TREE("")));
    assert_diagnostics(boot, "");
    assert_string_equal(boot_summary(boot),
                        "muster.cfg\n  domain dom0: vmlinuz + ramdisk + policy\n");
    assert_property(boot, "/chosen", "xen,xen-bootargs", "console=dtuart");
    assert_property(boot, "/chosen/muster-kernel", "bootargs", "root=/dev/x  ro");
    assert_property(boot, "/chosen/muster-ramdisk", "bootargs", NULL);
    assert_property(boot, "/chosen/muster-xsm", "uefi,binary", "policy");
    assert_true(system_complete(&boot->system));
    assert_int_equal(boot->system.plan.modules[2].kind, MODULE_XSM);
}

static void test_a_name_that_is_taken(void **state)
{
    struct boot *boot = *state;

    assert_false(boot_describe(boot, "kernel=vmlinuz\n", TREE("muster-kernel { };")));
    assert_diagnostics(boot, "muster.cfg:1: error: the device tree cannot take it: "
                             "such a node is there already\n");
}

static void test_xen_options(void **state)
{
    struct boot *boot = *state;
    static const struct {
        const char *config;
        const char *tree;
        const char *load_options;
        const char *expected;
    } cases[] = {
        {"", TREE(""), "", NULL},
        {"options=a b\n", TREE(""), "", "a b"},
        {"options=\n", TREE("xen,xen-bootargs = \"c\";"), "", ""},
        {"", TREE("xen,xen-bootargs = \"c\";"), "", "c"},
        {"options=a\n", TREE("xen,xen-bootargs = \"c\";"), "", "a"},
        {"options=a\n", TREE(""), "-- d e", "a d e"},
        {"", TREE("xen,xen-bootargs = \"c\";"), "-- d", "c d"},
        {"", TREE(""), "-- d", "d"},
        {"options=\n", TREE(""), "-- d", "d"},
    };

    for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
        boot_set_options(boot, cases[at].load_options);
        boot_describe(boot, cases[at].config, cases[at].tree);
        assert_property(boot, "/chosen", "xen,xen-bootargs", cases[at].expected);
    }
}

static void test_the_base_tree(void **state)
{
    struct boot *boot = *state;

    add_tree(boot, "/EFI/muster/my.dtb", TREE("from = \"file\";" DOMAIN("domU1", "")));
    assert_true(boot_describe(boot, "dtb=my.dtb\n", TREE("from = \"firmware\";")));
    assert_property(boot, "/chosen", "from", "file");
    assert_true(boot_describe(boot, "dtb=my.dtb\n", NULL));
    assert_property(boot, "/chosen", "from", "file");
    boot_describe(boot, "", TREE("from = \"firmware\";" DOMAIN("domU1", "")));
    assert_property(boot, "/chosen", "from", "firmware");
    assert_false(boot_describe(boot, "", NULL));
    assert_diagnostics(boot, "error: the firmware provides no device tree (it may describe the "
                             "machine by ACPI only)\n"
                             "  hint: give one with dtb= in the configuration\n");
    drop_file(boot, "/EFI/muster/my.dtb");
}

static void test_a_tree_without_chosen(void **state)
{
    struct boot *boot = *state;

    assert_true(boot_run(boot, "kernel=vmlinuz\n", "/dts-v1/; / { " TREE_LEAST "};"));
    assert_cells(boot, "/chosen", "#address-cells", 2);
}

static void test_what_is_no_base_tree(void **state)
{
    struct boot *boot = *state;
    struct machine_file *file = machine_add_text(&boot->machine, "/EFI/muster/my.dtb", "/dts-v1/;");

    assert_false(boot_describe(boot, "dtb=my.dtb\n", NULL));
    assert_diagnosed(boot, "  hint: it is source text: compile it with dtc");
    machine_add_text(&boot->machine, "/EFI/muster/my.dtb",
                     "something else that is long enough for a header");
    assert_false(boot_describe(boot, "dtb=my.dtb\n", NULL));
    assert_diagnostics(
        boot,
        "muster.cfg:1: error: my.dtb is not a device tree: it does not start with d0 0d fe ed\n"
        "  hint: make it with dtc -O dtb\n");
    machine_add_text(&boot->machine, "/EFI/muster/my.dtb", "short");
    assert_false(boot_describe(boot, "dtb=my.dtb\n", NULL));
    assert_diagnosed(boot, "  hint: make it with dtc -O dtb");
    file->stated_size = TREE_SIZE_MAX + 1;
    assert_false(boot_describe(boot, "dtb=my.dtb\n", NULL));
    assert_diagnostics(boot, "muster.cfg:1: error: my.dtb is too large a device tree\n"
                             "  hint: Xen takes trees of at most 2 MiB; /chosen, or the names of "
                             "properties, may be 256 KiB of it\n");
    file->stated_size = 100;
    assert_false(boot_describe(boot, "dtb=my.dtb\n", NULL));
    assert_diagnostics(
        boot, "muster.cfg:1: error: cannot read device tree my.dtb: the file ended too early\n");
    assert_false(boot_describe(boot, "dtb=none.dtb\n", NULL));
    assert_diagnosed(
        boot, "muster.cfg:1: error: cannot read device tree none.dtb: there is no such file");
}

/* Describes a system with these bytes as the firmware's tree. */
static bool describe_with(struct boot *boot, const void *tree, size_t size)
{
    boot_end(boot);
    boot->request.firmware_tree = tree;
    boot->request.firmware_tree_size = size;
    boot->is_started = true;
    assert_true(system_init(&boot->system, &boot->machine.platform, &boot->request));
    return system_describe(&boot->system);
}

static void test_a_firmware_tree_that_is_none(void **state)
{
    struct boot *boot = *state;
    static const char text[64] = "no tree";

    assert_false(describe_with(boot, text, sizeof(text)));
    assert_diagnostics(boot, "error: the firmware's device tree is not a device tree: it does not "
                             "start with d0 0d fe ed\n"
                             "  hint: make it with dtc -O dtb\n");
    /* The number of bytes need not be known. */
    assert_false(describe_with(boot, text, 0));
    assert_diagnostics(boot, "error: the firmware's device tree is not a device tree: it does not "
                             "start with d0 0d fe ed\n");
}

static void test_a_firmware_tree_that_is_too_large(void **state)
{
    struct boot *boot = *state;
    const size_t size = TREE_SIZE_MAX + 8192;
    char *tree = calloc(1, size);
    void *value;

    assert_non_null(tree);
    assert_int_equal(fdt_create_empty_tree(tree, (int)size), 0);
    assert_int_equal(fdt_setprop_placeholder(tree, 0, "large", TREE_SIZE_MAX, &value), 0);
    assert_false(describe_with(boot, tree, size));
    assert_diagnostics(boot, "error: the firmware's device tree is too large a device tree\n"
                             "  hint: Xen takes trees of at most 2 MiB; /chosen, or the names of "
                             "properties, may be 256 KiB of it\n");
    boot_end(boot);
    free(tree);
}

/* --- fix-ups by the firmware ------------------------------------------------------------------ */

static enum platform_status fix(struct machine *machine, void *tree, size_t *capacity)
{
    (void)machine;
    if (*capacity < 40000) {
        *capacity = 40000;
        return PLATFORM_NO_MEMORY;
    }
    assert_int_equal(fdt_open_into(tree, tree, (int)*capacity), 0);
    assert_int_equal(fdt_setprop_string(tree, 0, "fixed", "yes"), 0);
    return PLATFORM_OK;
}

static enum platform_status never_enough(struct machine *machine, void *tree, size_t *capacity)
{
    (void)machine;
    (void)tree;
    *capacity *= 2;
    return PLATFORM_NO_MEMORY;
}

static enum platform_status no_memory(struct machine *machine, void *tree, size_t *capacity)
{
    (void)machine;
    (void)tree;
    (void)capacity;
    return PLATFORM_NO_MEMORY;
}

static enum platform_status damage(struct machine *machine, void *tree, size_t *capacity)
{
    (void)machine;
    (void)capacity;
    memset(tree, 0, 8);
    return PLATFORM_OK;
}

static void test_fix_ups(void **state)
{
    struct boot *boot = *state;

    add_tree(boot, "/EFI/muster/my.dtb", TREE(DOMAIN("domU1", "")));
    boot->machine.fix_tree = fix;
    assert_true(boot_run(boot, "dtb=my.dtb\n", NULL));
    assert_property(boot, "/", "fixed", "yes");
    assert_diagnostics(boot, "");
    boot->machine.fix_tree = never_enough;
    assert_false(boot_run(boot, "dtb=my.dtb\n", NULL));
    assert_diagnostics(boot, "muster.cfg:1: error: the firmware could not apply its fix-ups to "
                             "this device tree: out of memory\n"
                             "  hint: the firmware's own tree is used when dtb= is left out\n");
    boot->machine.fix_tree = no_memory;
    assert_false(boot_run(boot, "dtb=my.dtb\n", NULL));
    assert_diagnostics(boot, "muster.cfg:1: error: the firmware could not apply its fix-ups to "
                             "this device tree: out of memory\n"
                             "  hint: the firmware's own tree is used when dtb= is left out\n");
    boot->machine.fix_tree = damage;
    assert_false(boot_run(boot, "dtb=my.dtb\n", NULL));
    assert_diagnostics(boot, "muster.cfg:1: error: the firmware could not apply its fix-ups to "
                             "this device tree: the volume is corrupted\n"
                             "  hint: the firmware's own tree is used when dtb= is left out\n");
    boot->machine.platform.fix_tree = NULL;
    assert_true(boot_run(boot, "dtb=my.dtb\n", NULL));
    drop_file(boot, "/EFI/muster/my.dtb");
}

/* --- overlays --------------------------------------------------------------------------------- */

#define OVERLAY(content) "/dts-v1/; /plugin/; " content

static void test_overlays(void **state)
{
    struct boot *boot = *state;

    add_tree(boot, "/EFI/muster/a.dtbo", OVERLAY("&uart { a = \"one\"; };"));
    add_tree(boot, "/EFI/muster/b.dtbo",
             OVERLAY("&{/pl011@9000000} { a = \"two\"; b = \"three\"; };"));
    assert_true(boot_describe(boot, "dtbo=a.dtbo\ndtbo=b.dtbo\n", TREE(DOMAIN("domU1", ""))));
    assert_diagnostics(boot, "");
    assert_property(boot, "/pl011@9000000", "a", "two");
    assert_property(boot, "/pl011@9000000", "b", "three");
    assert_true(boot_describe(boot, "dtbo=b.dtbo\ndtbo=a.dtbo\n", TREE(DOMAIN("domU1", ""))));
    assert_property(boot, "/pl011@9000000", "a", "one");
    drop_file(boot, "/EFI/muster/a.dtbo");
    drop_file(boot, "/EFI/muster/b.dtbo");
}

static void test_overlays_that_do_not_apply(void **state)
{
    struct boot *boot = *state;

    add_tree(boot, "/EFI/muster/a.dtbo", OVERLAY("&urat { a = \"one\"; };"));
    add_tree(boot, "/EFI/muster/b.dtbo", OVERLAY("&{/none} { a = \"one\"; };"));
    add_tree(boot, "/EFI/muster/c.dtbo",
             "/dts-v1/; / { fragment@0 { __overlay__ { a = \"one\"; }; }; };");
    add_tree(boot, "/EFI/muster/good.dtbo", OVERLAY("&uart { a = \"one\"; };"));
    machine_add_text(&boot->machine, "/EFI/muster/d.dtbo", "no tree");
    assert_false(boot_describe(boot,
                               "dtbo=a.dtbo\ndtbo=b.dtbo\ndtbo=c.dtbo\ndtbo=d.dtbo\ndtbo=e.dtbo\n"
                               "dtbo=good.dtbo\n",
                               TREE(DOMAIN("domU1", ""))));
    assert_diagnostics(
        boot,
        "muster.cfg:1: error: a.dtbo does not apply: fragment@0 needs the label urat, which the "
        "device tree does not have\n"
        "  hint: did you mean &uart?\n"
        "muster.cfg:2: error: b.dtbo does not apply: fragment@0 is for /none, which the device "
        "tree does not have\n"
        "  hint: dtc -I dtb -O dts FILE shows its nodes\n"
        "muster.cfg:3: error: c.dtbo does not apply: fragment@0 has neither target nor "
        "target-path\n"
        "muster.cfg:4: error: d.dtbo is not a device tree overlay: it does not start with d0 0d fe "
        "ed\n"
        "  hint: make it with dtc -@ -O dtb\n"
        "muster.cfg:5: error: cannot read overlay e.dtbo: there is no such file\n"
        "  hint: did you mean a.dtbo?\n");
    drop_file(boot, "/EFI/muster/a.dtbo");
    drop_file(boot, "/EFI/muster/b.dtbo");
    drop_file(boot, "/EFI/muster/c.dtbo");
    drop_file(boot, "/EFI/muster/good.dtbo");
}

/* Who is to be blamed is looked for in an overlay whose parts may be anything. */
static void test_the_cause_that_an_overlay_does_not_apply(void **state)
{
    static const struct {
        const char *overlay;
        const char *cause;
    } cases[] = {
        {OVERLAY("&uart { a; }; &gic { b; }; &none { c; };"),
         "fragment@2 needs the label none, which the device tree does not have\n"},
        {OVERLAY("&uart { child { link = <&girc>; }; };"),
         "fragment@0 needs the label girc, which the device tree does not have\n"
         "  hint: did you mean &gic?\n"},
        {"/dts-v1/; / { __fixups__ { none = \"\"; }; };",
         "a fragment needs the label none, which the device tree does not have\n"},
        {"/dts-v1/; / { __fixups__ { none = \"f:target:0\"; }; };",
         "a fragment needs the label none, which the device tree does not have\n"},
        {"/dts-v1/; / { __fixups__ { none = \"/fragment@0\"; }; };",
         "a fragment needs the label none, which the device tree does not have\n"},
        {"/dts-v1/; / { f { target = <0xffffffff>; __overlay__ { a; }; };"
         " __fixups__ { uart = \"f\"; }; };",
         "FDT_ERR_BADOVERLAY\n"},
        {"/dts-v1/; / { f0 { }; f1 { target-path = \"/\"; __overlay__ { a; }; };"
         " f2 { target = <0xdead>; __overlay__ { b; }; }; };",
         "a node or property is missing\n"},
    };
    struct boot *boot = *state;

    for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
        char expected[400] = "muster.cfg:1: error: a.dtbo does not apply: ";

        add_tree(boot, "/EFI/muster/a.dtbo", cases[at].overlay);
        assert_false(boot_describe(boot, "dtbo=a.dtbo\n", TREE("")));
        assert_diagnostics(boot, strcat(expected, cases[at].cause));
        boot_end(boot);
        drop_file(boot, "/EFI/muster/a.dtbo");
    }
}

static void test_an_overlay_for_a_chosen_that_is_not_there(void **state)
{
    struct boot *boot = *state;
    const void *fdt;

    add_tree(boot, "/EFI/muster/a.dtbo",
             "/dts-v1/; / { f { target-path = \"/chosen\"; __overlay__ { a; }; }; };");
    assert_true(boot_describe(boot, "dtbo=a.dtbo\n", "/dts-v1/; / { first; uart { }; };"));
    assert_diagnostics(boot, "");
    fdt = boot->system.tree.fdt;
    assert_non_null(fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"), "a", NULL));
    boot_end(boot);
    drop_file(boot, "/EFI/muster/a.dtbo");
}

static void test_a_tree_without_labels(void **state)
{
    struct boot *boot = *state;

    add_tree(boot, "/EFI/muster/a.dtbo", OVERLAY("&uart { a = \"one\"; };"));
    assert_false(boot_describe(boot, "dtbo=a.dtbo\n", "/dts-v1/; / { chosen { }; };"));
    assert_diagnostics(boot, "muster.cfg:1: error: a.dtbo does not apply: fragment@0 needs the "
                             "label uart, which the device tree does not have\n"
                             "  hint: the tree has no labels at all: make it with dtc -@, or give "
                             "the fragment a target-path\n");
    boot_end(boot);
    drop_file(boot, "/EFI/muster/a.dtbo");
}

/* libfdt calls itself for each level of an overlay, and firmware has a small stack. */
static void test_a_deep_overlay(void **state)
{
    struct boot *boot = *state;
    const size_t depth = 20000;
    const size_t capacity = depth * 16 + 4096;
    char *blob = test_malloc(capacity);

    assert_int_equal(fdt_create(blob, (int)capacity), 0);
    assert_int_equal(fdt_finish_reservemap(blob), 0);
    assert_int_equal(fdt_begin_node(blob, ""), 0);
    assert_int_equal(fdt_begin_node(blob, "fragment@0"), 0);
    assert_int_equal(fdt_property_string(blob, "target-path", "/"), 0);
    assert_int_equal(fdt_begin_node(blob, "__overlay__"), 0);
    for (size_t at = 0; at < depth; at++)
        assert_int_equal(fdt_begin_node(blob, "a"), 0);
    for (size_t at = 0; at < depth + 3; at++)
        assert_int_equal(fdt_end_node(blob), 0);
    assert_int_equal(fdt_finish(blob), 0);
    machine_add_file(&boot->machine, "/EFI/muster/deep.dtbo", blob, fdt_totalsize(blob));
    assert_false(boot_describe(boot, "dtbo=deep.dtbo\n", TREE(DOMAIN("domU1", ""))));
    assert_diagnostics(boot,
                       "muster.cfg:1: error: deep.dtbo is not a device tree overlay: its nodes "
                       "are more than 64 deep\n"
                       "  hint: make it with dtc -@ -O dtb\n");
    drop_file(boot, "/EFI/muster/deep.dtbo");
}

#define MARKS "muster,faulty; muster,origin = <7 1 1>, \"forged.cfg\";"

/* A tree or an overlay cannot say where a node comes from, or that it is faulty. */
static void test_marks_of_compose_from_outside(void **state)
{
    struct boot *boot = *state;

    boot_run(boot, "", TREE("domU1 { compatible = \"xen,domain\"; " MARKS " };"));
    assert_diagnosed(boot, "/chosen/domU1: error: domain domU1 has no kernel");
    assert_diagnosed(boot, "/chosen/domU1: error: domain domU1 does not say how many cpus it has");
    assert_property(boot, "/chosen/domU1", "muster,origin", NULL);
    assert_property(boot, "/chosen/domU1", "muster,faulty", NULL);
    add_tree(boot, "/EFI/muster/a.dtbo",
             OVERLAY("&{/chosen} { domU2 { compatible = \"xen,domain\"; " MARKS " }; };"));
    boot_run(boot, "dtbo=a.dtbo\n", TREE(""));
    assert_diagnosed(boot, "/chosen/domU2: error: domain domU2 does not say how many cpus it has");
    drop_file(boot, "/EFI/muster/a.dtbo");
}

static void test_large_overlays(void **state)
{
    struct boot *boot = *state;

    machine_add_text(&boot->machine, "/EFI/muster/a.dtbo", "x")->stated_size = 256 * 1024 + 1;
    assert_false(boot_describe(boot, "dtbo=a.dtbo\n", TREE("")));
    assert_diagnostics(boot, "muster.cfg:1: error: a.dtbo is too large an overlay\n"
                             "  hint: apply it to the device tree beforehand, with fdtoverlay\n");
}

static void test_many_overlays(void **state)
{
    struct boot *boot = *state;
    static char config[2000];

    add_tree(boot, "/EFI/muster/a.dtbo", OVERLAY("&uart { a = \"one\"; };"));
    for (unsigned at = 0; at < 100; at++)
        strcat(config, "dtbo=a.dtbo\n");
    assert_true(boot_describe(boot, config, TREE(DOMAIN("domU1", ""))));
    assert_diagnostics(boot, "");
    /* The trees of a few KiB take a few buffers, not a larger one for each overlay. */
    assert_in_range(boot->machine.allocated_most, 1, 1U << 20);
    drop_file(boot, "/EFI/muster/a.dtbo");
}

#define ROOM (256U * 1024U) /* bytes of an overlay */

/* A node far down, of which few labels make a large tree: libfdt moves all of it for each label. */
#define LEVELS    250
#define TEN(text) text text text text text text text text text text
#define LONG_NAME TEN(TEN("na"))

static const char *deep_path(void)
{
    static char path[LEVELS * sizeof("/" LONG_NAME)];

    path[0] = '\0';
    for (unsigned level = 0; level < LEVELS; level++)
        strcat(path, "/" LONG_NAME);
    return path;
}

/* A tree that has the node. */
static const char *deep_tree(void)
{
    static char source[LEVELS * sizeof(LONG_NAME " { }; ") + 4096];

    strcpy(source, TREE(DOMAIN("domU1", "")) "/ { ");
    for (unsigned level = 0; level < LEVELS; level++)
        strcat(source, LONG_NAME " { ");
    for (unsigned level = 0; level < LEVELS; level++)
        strcat(source, "}; ");
    return strcat(source, "};");
}

/* Adds an overlay that gives the deep node so many labels. Returns its size. */
static size_t add_labels(struct boot *boot, unsigned count)
{
    const char *path = deep_path();
    char *blob = test_malloc(ROOM);

    assert_int_equal(fdt_create(blob, ROOM), 0);
    assert_int_equal(fdt_finish_reservemap(blob), 0);
    assert_int_equal(fdt_begin_node(blob, ""), 0);
    assert_int_equal(fdt_begin_node(blob, "f"), 0);
    assert_int_equal(fdt_property(blob, "target-path", path, (int)strlen(path) + 1), 0);
    assert_int_equal(fdt_begin_node(blob, "__overlay__"), 0);
    assert_int_equal(fdt_end_node(blob), 0);
    assert_int_equal(fdt_end_node(blob), 0);
    assert_int_equal(fdt_begin_node(blob, "__symbols__"), 0);
    for (unsigned at = 0; at < count; at++) {
        char name[20];

        snprintf(name, sizeof(name), "l%u", at);
        assert_int_equal(fdt_property_string(blob, name, "/f/__overlay__"), 0);
    }
    assert_int_equal(fdt_end_node(blob), 0);
    assert_int_equal(fdt_end_node(blob), 0);
    assert_int_equal(fdt_finish(blob), 0);
    machine_add_file(&boot->machine, "/EFI/muster/more.dtbo", blob, fdt_totalsize(blob));
    return fdt_totalsize(blob);
}

/* Each label of a deep node is written with the path of the node, so few bytes become many. */
static void test_an_overlay_that_makes_more_of_itself(void **state)
{
    struct boot *boot = *state;
    size_t size = add_labels(boot, 15);

    assert_true(boot_describe(boot, "dtbo=more.dtbo\n", deep_tree()));
    assert_diagnostics(boot, "");
    assert_in_range(fdt_totalsize(boot->system.tree.fdt), 10 * size, 30 * size);
    drop_file(boot, "/EFI/muster/more.dtbo");
}

static void test_an_overlay_that_makes_more_than_any_tree(void **state)
{
    struct boot *boot = *state;

    add_labels(boot, 180);
    assert_false(boot_describe(boot, "dtbo=more.dtbo\n", deep_tree()));
    assert_diagnostics(boot, "muster.cfg:1: error: more.dtbo does not apply: it is too large\n");
    assert_false(boot->system.workspace.arena->failed);
    drop_file(boot, "/EFI/muster/more.dtbo");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        boot_test(test_dom0),
        boot_test(test_a_name_that_is_taken),
        boot_test(test_xen_options),
        boot_test(test_the_base_tree),
        boot_test(test_a_tree_without_chosen),
        boot_test(test_what_is_no_base_tree),
        boot_test(test_a_firmware_tree_that_is_none),
        boot_test(test_a_firmware_tree_that_is_too_large),
        boot_test(test_marks_of_compose_from_outside),
        boot_test(test_fix_ups),
        boot_test(test_overlays),
        boot_test(test_overlays_that_do_not_apply),
        boot_test(test_the_cause_that_an_overlay_does_not_apply),
        boot_test(test_an_overlay_for_a_chosen_that_is_not_there),
        boot_test(test_a_tree_without_labels),
        boot_test(test_a_deep_overlay),
        boot_test(test_large_overlays),
        boot_test(test_many_overlays),
        boot_test(test_an_overlay_that_makes_more_of_itself),
        boot_test(test_an_overlay_that_makes_more_than_any_tree),
    };

    return cmocka_run_group_tests_name("compose", tests, NULL, NULL);
}
