/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of stage load: what content is, what modules are for, and reading. */
#include <stdlib.h>

#include "core/base/little.h"
#include "core/plan/recognise.h"
#include "support.h"

#define PIECE (8U * 1024U * 1024U) /* of a file that is read at once */
#define LARGE (PIECE + PIECE / 2U + 1U)

/* The kind of the module that preflight and Xen are told, by number in the plan. */
static enum module_kind kind_at(const struct boot *boot, size_t module)
{
    assert_true(module < boot->system.plan.module_count);
    return boot->system.plan.modules[module].kind;
}

static void test_contents(void **state)
{
    static const struct {
        size_t offset;
        const char *bytes;
        size_t size;
        enum content content;
    } cases[] = {
        {56, "ARM\x64", 4, CONTENT_IMAGE},
        {36, "\x18\x28\x6f\x01", 4, CONTENT_ZIMAGE},
        {0,
         "\x7f"
         "ELF",
         4, CONTENT_ELF},
        {0, "\x27\x05\x19\x56", 4, CONTENT_UIMAGE},
        {0, "\x1f\x8b", 2, CONTENT_GZIP},
        {0, "MZ\0\0zimg", 8, CONTENT_ZBOOT},
        {0, "MZ", 2, CONTENT_PE},
        {0, "\xd0\x0d\xfe\xed", 4, CONTENT_DEVICE_TREE},
        {0, "0707", 4, CONTENT_CPIO},
        {0,
         "\xfd"
         "7zXZ",
         5, CONTENT_COMPRESSED},
        {0, "\x28\xb5\x2f\xfd", 4, CONTENT_COMPRESSED},
        {0, "\x04\x22\x4d\x18", 4, CONTENT_COMPRESSED},
        {0, "\x02\x21\x4c\x18", 4, CONTENT_COMPRESSED},
        {0, "\x89LZO", 4, CONTENT_COMPRESSED},
        {0, "BZh", 3, CONTENT_COMPRESSED},
        {0, "\x5d\0\0", 3, CONTENT_COMPRESSED},
        {0, "\x8c\xff\x7c\xf9", 4, CONTENT_XSM},
        {0, "text", 4, CONTENT_UNKNOWN},
        {0, "", 0, CONTENT_UNKNOWN},
    };

    static const char *const names[] = {
        [CONTENT_IMAGE] = "an arm64 Image", [CONTENT_ZIMAGE] = "a 32-bit Arm zImage",
        [CONTENT_ELF] = "an ELF file",      [CONTENT_UIMAGE] = "a U-Boot image",
        [CONTENT_GZIP] = "gzip data",       [CONTENT_ZBOOT] = "an EFI zboot image",
        [CONTENT_PE] = "an EFI program",    [CONTENT_DEVICE_TREE] = "a device tree",
        [CONTENT_CPIO] = "a cpio archive",  [CONTENT_COMPRESSED] = "a compressed archive",
        [CONTENT_XSM] = "an XSM policy",    [CONTENT_UNKNOWN] = "of unknown type",
    };

    (void)state;
    for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
        size_t size = cases[at].offset + cases[at].size;
        /* A block of just this size shows reading beyond it. */
        char *data = calloc(1, size != 0 ? size : 1);

        assert_non_null(data);
        memcpy(data + cases[at].offset, cases[at].bytes, cases[at].size);
        assert_int_equal(recognise(data, size), cases[at].content);
        for (size_t cut = 0; cut < size && cases[at].content != CONTENT_ZBOOT; cut++)
            assert_int_equal(recognise(data, cut), CONTENT_UNKNOWN);
        free(data);
    }
    for (size_t content = 0; content < sizeof(names) / sizeof(names[0]); content++)
        assert_string_equal(content_name((enum content)content), names[content]);
    assert_int_equal(read_little("\x01\x02\x03\x04\x05\x06\x07\x08", 8), 0x0807060504030201);
    assert_int_equal(read_little("\xff\xfe", 2), 0xfeff);
}

/* Nothing says what the modules are but what is in them. */
static void test_kinds_by_content(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        enum module_kind kind;
    } cases[] = {
        {"\x7f"
         "ELF",
         4, MODULE_KERNEL},
        {"MZ\0\0zimg", 8, MODULE_KERNEL},
        {"070701", 6, MODULE_RAMDISK},
        {"\x28\xb5\x2f\xfd", 4, MODULE_RAMDISK},
        {"\xd0\x0d\xfe\xed", 4, MODULE_DEVICE_TREE},
        {"\x8c\xff\x7c\xf9", 4, MODULE_XSM},
        {"------------------------------------\x18\x28\x6f\x01", 40, MODULE_KERNEL},
        /* It may be anything, and a kernel is there. */
        {"MZ", 2, MODULE_RAMDISK},
    };
    struct boot *boot = *state;
    char uimage[64] = "\x27\x05\x19\x56";

    for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
        machine_add_file(&boot->machine, "/EFI/muster/b", cases[at].bytes, cases[at].size);
        boot_run(boot, "", TREE("a { uefi,binary = \"b\"; }; k { uefi,binary = \"vmlinuz\"; };"));
        assert_int_equal(kind_at(boot, 0), cases[at].kind);
        assert_int_equal(kind_at(boot, 1), MODULE_KERNEL);
    }
    for (int type = 0; type < 10; type++) {
        static const enum module_kind kinds[] = {[2] = MODULE_KERNEL,
                                                 [3] = MODULE_RAMDISK,
                                                 [8] = MODULE_DEVICE_TREE,
                                                 [9] = MODULE_UNKNOWN};
        enum module_kind expected = kinds[type] != MODULE_UNKNOWN ? kinds[type] : MODULE_RAMDISK;

        uimage[30] = (char)type;
        machine_add_file(&boot->machine, "/EFI/muster/b", uimage, sizeof(uimage));
        boot_run(boot, "", TREE("a { uefi,binary = \"b\"; }; k { uefi,binary = \"vmlinuz\"; };"));
        assert_int_equal(kind_at(boot, 0), expected);
    }
    machine_add_file(&boot->machine, "/EFI/muster/b", uimage, 8);
    boot_run(boot, "", TREE("a { uefi,binary = \"b\"; };"));
    assert_int_equal(kind_at(boot, 0), MODULE_KERNEL);
}

static void test_what_stays_unknown_is_kernel_and_ramdisk(void **state)
{
    struct boot *boot = *state;

    machine_add_text(&boot->machine, "/EFI/muster/b", "\x1f\x8b");
    machine_add_text(&boot->machine, "/EFI/muster/c", "?");
    machine_add_text(&boot->machine, "/EFI/muster/d", "?");
    machine_add_file(&boot->machine, "/EFI/muster/e", "?", 1);
    boot_run(boot, "",
             TREE("a { uefi,binary = \"b\"; }; e { uefi,binary = \"c\"; };"
                  "f { uefi,binary = \"d\"; };"));
    assert_int_equal(kind_at(boot, 0), MODULE_KERNEL);
    assert_int_equal(kind_at(boot, 1), MODULE_RAMDISK);
    assert_int_equal(kind_at(boot, 2), MODULE_UNKNOWN);
}

static void test_a_stated_kind_stays(void **state)
{
    struct boot *boot = *state;

    boot_run(boot, "",
             TREE("a { compatible = \"multiboot,ramdisk\", \"multiboot,module\";"
                  "    uefi,binary = \"vmlinuz\"; };"));
    assert_int_equal(kind_at(boot, 0), MODULE_RAMDISK);
}

static void test_a_fragment_that_is_called_a_ramdisk(void **state)
{
    struct boot *boot = *state;

    machine_add_file(&boot->machine, "/EFI/muster/b", "\xd0\x0d\xfe\xed", 4);
    boot_run(boot, "",
             TREE("domU1 { compatible = \"xen,domain\"; m@9 { uefi,binary = \"b\";\n"
                  "    compatible = \"multiboot,ramdisk\", \"multiboot,module\"; }; };"));
    assert_int_equal(kind_at(boot, 0), MODULE_DEVICE_TREE);
    assert_diagnosed(boot, "/chosen/domU1/m@9: warning: b is stated to be a ramdisk, but is taken "
                           "for the device tree that it is");
    assert_diagnosed(boot, "  hint: make it compatible with \"multiboot,device-tree\"");
    /* dom0 has no fragments. */
    boot_run(boot, "",
             TREE("m { uefi,binary = \"b\";\n"
                  "    compatible = \"multiboot,ramdisk\", \"multiboot,module\"; };"));
    assert_int_equal(kind_at(boot, 0), MODULE_RAMDISK);
}

static void test_a_module_in_memory_already(void **state)
{
    struct boot *boot = *state;

    boot_run(boot, "",
             TREE("#address-cells = <1>; #size-cells = <1>;"
                  "a { compatible = \"multiboot,module\"; reg = <0x50000000 0x1000>; };"));
    assert_null(boot->system.plan.modules[0].binary);
    assert_int_equal(boot->system.plan.modules[0].address, 0x50000000);
    assert_int_equal(boot->system.plan.modules[0].size, 0x1000);
    assert_cells(boot, "/chosen/a", "reg", 0x50000000, 0x1000);
}

static void test_binaries_are_read_once_and_whole(void **state)
{
    struct boot *boot = *state;
    char *large = malloc(LARGE);
    const unsigned char *pages;
    uint64_t address;

    assert_non_null(large);
    for (size_t at = 0; at < LARGE; at++)
        large[at] = (char)(at >> 12 ^ at);
    memcpy(large, "070701", 6);
    machine_add_file(&boot->machine, "/EFI/muster/ramdisk", large, LARGE);
    assert_true(boot_run(boot, "", TREE(DOMAIN("domU1", "") DOMAIN("domU2", ""))));
    address = boot->system.plan.modules[1].binary->address;
    assert_memory_equal(machine_memory(&boot->machine, address, LARGE), large, LARGE);
    assert_int_equal(boot->machine.bytes_read, 20000 + 10000 + LARGE);
    assert_int_equal(boot->machine.progress_calls, 1 + 1 + 2);
    assert_int_equal(boot->machine.open_files, 0);
    /* The rest of the last page is zero. */
    address = boot->system.plan.modules[0].binary->address;
    pages = machine_memory(&boot->machine, address, 3 * PAGE_SIZE);
    assert_memory_equal(pages, image_linux(10000), 10000);
    for (size_t at = 10000; at < 3 * PAGE_SIZE; at++)
        assert_int_equal(pages[at], 0);
    boot_end(boot);
    free(large);
}

static size_t read_most;   /* bytes that were read at once */
static uint64_t read_time; /* microseconds that reading has taken */
static unsigned speed;     /* bytes in a microsecond */

static enum platform_status (*machine_read)(void *context, struct platform_file *file, void *buffer,
                                            size_t bytes);

static enum platform_status note_read(void *context, struct platform_file *file, void *buffer,
                                      size_t bytes)
{
    if (bytes > read_most)
        read_most = bytes;
    read_time += bytes / speed;
    return machine_read(context, file, buffer, bytes);
}

static uint64_t reading_clock(void *context)
{
    (void)context;
    return read_time;
}

/* Reads a Xen of `xen_size` bytes and a file of four pieces; the most that was read at once. */
static size_t read_pieces(struct boot *boot, unsigned bytes_in_a_microsecond, size_t xen_size)
{
    char *large = calloc(4, PIECE);

    assert_non_null(large);
    memcpy(large, image_xen(20000), 20000);
    machine_add_file(&boot->machine, "/EFI/muster/xen.efi", large, xen_size);
    machine_add_file(&boot->machine, "/EFI/muster/ramdisk", large, 4UL * PIECE);
    machine_read = boot->machine.platform.read;
    boot->machine.platform.read = note_read;
    boot->machine.platform.clock = reading_clock;
    read_most = 0;
    read_time = 0;
    speed = bytes_in_a_microsecond;
    assert_true(boot_run(boot, "", TREE(DOMAIN("domU1", ""))));
    boot_end(boot);
    free(large);
    return read_most;
}

/* A person sees progress on a slow disk. */
static void test_files_are_read_in_pieces(void **state)
{
    assert_int_equal(read_pieces(*state, 16, 20000), PIECE);
}

static void test_pieces_take_a_moment(void **state)
{
    assert_in_range(read_pieces(*state, 80, 20000), 19999000, 20000000);
}

/* Firmware follows a file's clusters once more for each further piece. */
static void test_pieces_are_large_on_a_fast_disk(void **state)
{
    assert_int_equal(read_pieces(*state, 1000, 20000), 3U * PIECE);
}

static void test_files_are_read_at_once_when_another_was_fast(void **state)
{
    assert_int_equal(read_pieces(*state, 1000, PIECE), 4U * PIECE);
}

static void test_small_files_do_not_tell_the_speed(void **state)
{
    assert_int_equal(read_pieces(*state, 1000, PIECE / 16 - 1), 3U * PIECE);
}

static void test_files_that_end_too_early(void **state)
{
    struct boot *boot = *state;

    machine_add_text(&boot->machine, "/EFI/muster/ramdisk", "0707")->stated_size = 5000;
    assert_false(boot_run(boot, "", TREE(DOMAIN("domU1", ""))));
    assert_diagnosed(
        boot, "/chosen/domU1/module@2: error: cannot read ramdisk: the file ended too early");
    machine_add_text(&boot->machine, "/EFI/muster/xen.efi", "MZ")->stated_size = 5000;
    assert_false(boot_run(boot, "xen=xen.efi\n", TREE(DOMAIN("domU1", ""))));
    assert_diagnosed(boot, "muster.cfg:1: error: cannot read xen.efi: the file ended too early");
    assert_diagnosed(
        boot, "/chosen/domU1/module@2: error: cannot read ramdisk: the file ended too early");
}

static void test_no_progress_wanted(void **state)
{
    struct boot *boot = *state;

    boot->machine.platform.progress = NULL;
    boot->machine.platform.clock = NULL;
    assert_true(boot_run(boot, "", TREE(DOMAIN("domU1", ""))));
    assert_int_equal(boot->machine.progress_calls, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contents),
        boot_test(test_kinds_by_content),
        boot_test(test_what_stays_unknown_is_kernel_and_ramdisk),
        boot_test(test_a_stated_kind_stays),
        boot_test(test_a_fragment_that_is_called_a_ramdisk),
        boot_test(test_a_module_in_memory_already),
        boot_test(test_binaries_are_read_once_and_whole),
        boot_test(test_files_are_read_in_pieces),
        boot_test(test_pieces_take_a_moment),
        boot_test(test_pieces_are_large_on_a_fast_disk),
        boot_test(test_files_are_read_at_once_when_another_was_fast),
        boot_test(test_small_files_do_not_tell_the_speed),
        boot_test(test_files_that_end_too_early),
        boot_test(test_no_progress_wanted),
    };

    return cmocka_run_group_tests_name("load", tests, NULL, NULL);
}
