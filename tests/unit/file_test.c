/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of names of files and of reading them. */
#include "core/base/file.h"
#include "support.h"

static void test_resolve(void **state)
{
    static const struct {
        const char *directory;
        const char *name;
        const char *result;
        enum platform_status status;
    } cases[] = {
        {"/EFI/muster", "vmlinuz", "/EFI/muster/vmlinuz", PLATFORM_OK},
        {"/", "vmlinuz", "/vmlinuz", PLATFORM_OK},
        {"/EFI", "/boot/x", "/boot/x", PLATFORM_OK},
        {"/EFI", "\\boot\\x", "/boot/x", PLATFORM_OK},
        {"/EFI/BOOT", "..\\muster/x", "/EFI/muster/x", PLATFORM_OK},
        {"/EFI/BOOT", "../../x", "/x", PLATFORM_OK},
        {"/EFI", "./a/./b//c/", "/EFI/a/b/c", PLATFORM_OK},
        {"/EFI", "a/../b", "/EFI/b", PLATFORM_OK},
        {"/EFI", "...", "/EFI/...", PLATFORM_OK},
        {"/EFI", "..a", "/EFI/..a", PLATFORM_OK},
        {"/EFI", ".a", "/EFI/.a", PLATFORM_OK},
        {"/..", "x", NULL, PLATFORM_DENIED},
        {"/..", "/x", "/x", PLATFORM_OK},
        {"\\EFI\\BOOT", "x", "/EFI/BOOT/x", PLATFORM_OK},
        {"/EFI", "../../x", NULL, PLATFORM_DENIED},
        {"/EFI", "/..", NULL, PLATFORM_DENIED},
        {"/EFI", "..", NULL, PLATFORM_IS_DIRECTORY},
        {"/", "", NULL, PLATFORM_IS_DIRECTORY},
        {"/EFI", "/", NULL, PLATFORM_IS_DIRECTORY},
    };
    struct arena *arena = boot_start(*state)->arena;

    for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
        enum platform_status status = PLATFORM_BUSY;
        const char *result = file_resolve(arena, cases[at].directory, cases[at].name, &status);

        assert_int_equal(status, cases[at].status);
        if (cases[at].result == NULL)
            assert_null(result);
        else
            assert_string_equal(result, cases[at].result);
    }
}

static void test_long_names(void **state)
{
    struct arena *arena = boot_start(*state)->arena;
    enum platform_status status = PLATFORM_BUSY;
    char name[FILE_NAME_MAX + 2] = "";

    memset(name, 'n', FILE_NAME_MAX);
    assert_non_null(file_resolve(arena, "/EFI/muster", name, &status));
    name[FILE_NAME_MAX] = 'n';
    assert_null(file_resolve(arena, "/EFI/muster", name, &status));
    assert_int_equal(status, PLATFORM_NOT_FOUND);
}

static void test_parts(void **state)
{
    struct arena *arena = boot_start(*state)->arena;

    assert_int_equal(file_stem_length("x.efi"), 1);
    assert_int_equal(file_stem_length("x.EFI"), 1);
    assert_int_equal(file_stem_length(".efi"), 4);
    assert_int_equal(file_stem_length("x.efi.x"), 7);
    assert_string_equal(file_directory(arena, "/EFI/BOOT/x.efi"), "/EFI/BOOT");
    assert_string_equal(file_directory(arena, "/x.efi"), "/");
    assert_string_equal(file_directory(arena, "x.efi"), "/");
    assert_string_equal(file_base_name("/EFI/BOOT/x.efi"), "x.efi");
    assert_string_equal(file_base_name("EFI\\x.efi"), "x.efi");
    assert_string_equal(file_base_name("x.efi"), "x.efi");
    assert_string_equal(file_base_name("EFI/"), "");
}

static void test_read(void **state)
{
    struct boot *boot = *state;
    const struct workspace *workspace = boot_start(boot);
    uint64_t size = 0;
    char *content = NULL;

    machine_add_text(&boot->machine, "/EFI/muster/notes", "12345678");
    machine_add_text(&boot->machine, "/EFI/muster/empty", "");
    assert_int_equal(file_read(workspace, "notes", 8, arena_bulk, &content, &size), PLATFORM_OK);
    assert_int_equal(size, 8);
    assert_string_equal(content, "12345678");
    assert_int_equal(file_read(workspace, "empty", 8, arena_bulk, &content, &size), PLATFORM_OK);
    assert_int_equal(size, 0);
    assert_string_equal(content, "");
    assert_int_not_equal(file_read(workspace, "notes", 7, arena_bulk, &content, &size),
                         PLATFORM_OK);
    assert_int_equal(size, 8);
    assert_int_equal(file_read(workspace, "none", 8, arena_bulk, &content, &size),
                     PLATFORM_NOT_FOUND);
    assert_int_equal(file_read(workspace, "../../../x", 8, arena_bulk, &content, &size),
                     PLATFORM_DENIED);
    assert_int_equal(boot->machine.open_files, 0);
}

static void test_read_fails(void **state)
{
    struct boot *boot = *state;
    const struct workspace *workspace = boot_start(boot);
    struct machine_file *file = machine_add_text(&boot->machine, "/EFI/muster/notes", "12345678");
    uint64_t size = 0;
    char *content = NULL;

    file->stated_size = 9;
    assert_int_equal(file_read(workspace, "notes", 100, arena_bulk, &content, &size),
                     PLATFORM_SHORT_READ);
    file->stated_size = SIZE_MAX;
    assert_int_not_equal(file_read(workspace, "notes", 100, arena_bulk, &content, &size),
                         PLATFORM_OK);
    file->stated_size = 50000;
    boot->machine.fail_services = SERVICE_ALLOCATE;
    boot->machine.fail_at = 1;
    assert_int_equal(file_read(workspace, "notes", 100000, arena_bulk, &content, &size),
                     PLATFORM_NO_MEMORY);
    assert_int_equal(boot->machine.open_files, 0);
}

static void test_suggest(void **state)
{
    struct boot *boot = *state;
    const struct workspace *workspace = boot_start(boot);

    machine_add_text(&boot->machine, "/top", "");
    assert_string_equal(file_suggest(workspace, "vmlinux"), "did you mean vmlinuz?");
    assert_string_equal(file_suggest(workspace, "/EFI/muster/ramdsik"), "did you mean ramdisk?");
    assert_string_equal(file_suggest(workspace, "/tpo"), "did you mean top?");
    assert_null(file_suggest(workspace, "something-else"));
    assert_null(file_suggest(workspace, "../../.."));
    boot->machine.platform.list = NULL;
    assert_null(file_suggest(workspace, "vmlinux"));
}

static void test_diagnose(void **state)
{
    struct boot *boot = *state;
    const struct workspace *workspace = boot_start(boot);
    struct location where = {.file = "x.cfg", .line = 1};

    file_diagnose(workspace, &where, "read it", "vmlinux", PLATFORM_NOT_FOUND);
    file_diagnose(workspace, &where, "read it", "missing-file", PLATFORM_NOT_FOUND);
    file_diagnose(workspace, &where, "read it", "/boot/missing-file", PLATFORM_NOT_FOUND);
    file_diagnose(workspace, &where, "read it", "../../../x", PLATFORM_DENIED);
    file_diagnose(workspace, &where, "read it", "vmlinuz", PLATFORM_NO_MEDIA);
    assert_diagnostics(
        boot,
        "x.cfg:1: error: cannot read it vmlinux: there is no such file\n"
        "  hint: did you mean vmlinuz?\n"
        "x.cfg:1: error: cannot read it missing-file: there is no such file\n"
        "  hint: put it into /EFI/muster of the loader's partition\n"
        "x.cfg:1: error: cannot read it /boot/missing-file: there is no such file\n"
        "  hint: put it into that place of the loader's partition\n"
        "x.cfg:1: error: cannot read it ../../../x: access was denied\n"
        "  hint: a name is relative to the loader's directory and never leaves its partition\n"
        "x.cfg:1: error: cannot read it vmlinuz: the medium is missing or was changed\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        boot_test(test_resolve),  boot_test(test_long_names), boot_test(test_parts),
        boot_test(test_read),     boot_test(test_read_fails), boot_test(test_suggest),
        boot_test(test_diagnose),
    };

    return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
