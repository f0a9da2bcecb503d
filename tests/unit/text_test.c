/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of the groundwork: text, names, the arena and diagnostics. */
#include "core/base/names.h"
#include "core/base/text.h"
#include "support.h"

static void test_format(void **state)
{
    struct arena *arena = boot_start(*state)->arena;
    const char *volatile none = NULL;

    assert_string_equal(text_format(arena, "%s|%.*s|%c|%d|%d", "text", 3, "shorter", 'c', -12, 7),
                        "text|sho|c|-12|7");
    assert_string_equal(
        text_format(arena, "%u %x %lu %lx %zu 100%%", 42U, 0xbeefU, 1UL << 63, ~0UL, (size_t)9),
        "42 beef 9223372036854775808 ffffffffffffffff 9 100%");
    assert_string_equal(text_format(arena, "%d", INT32_MIN), "-2147483648");
    assert_string_equal(text_format(arena, "%s", none), "(none)");
    assert_string_equal(text_format(arena, "%.*s", -1, "whole"), "whole");
}

static void test_a_format_without_memory_is_none(void **state)
{
    struct boot *boot = *state;
    struct arena *arena = boot_start(boot)->arena;
    static char large[20000];

    memset(large, 'x', sizeof(large) - 1);
    boot->machine.fail_services = SERVICE_ALLOCATE;
    boot->machine.fail_at = 1;
    assert_null(text_format(arena, "%s", large));
    assert_true(arena->failed);
    assert_string_equal(text_format(arena, "%s", large), large);
}

static void test_compare(void **state)
{
    (void)state;
    assert_true(text_equal_nocase("Image.EFI", "imAge.efi"));
    assert_false(text_equal_nocase("image", "imag"));
    assert_false(text_equal_nocase("imag", "image"));
    assert_false(text_equal_nocase("[", "{"));
    assert_true(text_starts("-cfg=x", "-cfg="));
    assert_false(text_starts("-cf", "-cfg="));
}

static void test_numbers(void **state)
{
    static const struct {
        const char *text;
        uint64_t number;
    } good[] = {
        {"0", 0},
        {"10", 10},
        {"0x0", 0},
        {"0X1f", 31},
        {"0xABCdef", 0xabcdef},
        {"18446744073709551615", UINT64_MAX},
        {"0xffffffffffffffff", UINT64_MAX},
        {"007", 7},
    };
    static const char *const bad[] = {
        "",
        "x",
        "0x",
        "1a",
        "-1",
        "+1",
        " 1",
        "1 ",
        "18446744073709551616",
        "0x10000000000000000",
        "0xg",
    };
    uint64_t number;

    (void)state;
    for (size_t at = 0; at < sizeof(good) / sizeof(good[0]); at++) {
        assert_true(text_to_number(good[at].text, strlen(good[at].text), &number));
        assert_int_equal(number, good[at].number);
    }
    for (size_t at = 0; at < sizeof(bad) / sizeof(bad[0]); at++)
        assert_false(text_to_number(bad[at], strlen(bad[at]), &number));
    assert_true(text_to_number("123", 2, &number));
    assert_int_equal(number, 12);
}

static void test_sizes(void **state)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } sizes[] = {
        {0, "0 B"},
        {1023, "1023 B"},
        {1024, "1 KiB"},
        {1536, "1.5 KiB"},
        {2047, "1.9 KiB"},
        {102400 + 512, "100 KiB"},
        {1048575, "1023 KiB"},
        {28626124, "27.2 MiB"},
        {(uint64_t)128 << 30, "128 GiB"},
        {(uint64_t)3 << 39, "1.5 TiB"},
        {(uint64_t)5 << 50, "5 PiB"},
        {UINT64_MAX, "15.9 EiB"},
    };
    struct arena *arena = boot_start(*state)->arena;

    for (size_t at = 0; at < sizeof(sizes) / sizeof(sizes[0]); at++)
        assert_string_equal(text_size(arena, sizes[at].bytes), sizes[at].text);
}

static void test_distance(void **state)
{
    char long_name[65];

    (void)state;
    assert_int_equal(text_distance("", ""), 0);
    assert_int_equal(text_distance("", "abc"), 3);
    assert_int_equal(text_distance("kernel", "KERNEL"), 0);
    assert_int_equal(text_distance("kernel", "kernal"), 1);
    assert_int_equal(text_distance("kernel", "kenrel"), 1);
    assert_int_equal(text_distance("ramdisk", "ramdsk"), 1);
    assert_int_equal(text_distance("sitting", "kitten"), 3);
    memset(long_name, 'a', sizeof(long_name) - 1);
    long_name[64] = '\0';
    assert_int_equal(text_distance(long_name, "a"), 255);
    assert_int_equal(text_distance("a", long_name), 255);
    assert_int_equal(text_distance(long_name + 1, long_name + 1), 0);
}

static const char *nearest_of(const char *wanted, const char *const *candidates, size_t count)
{
    struct nearest nearest = {.wanted = wanted};

    for (size_t at = 0; at < count; at++)
        nearest_offer(&nearest, candidates[at]);
    return nearest.name;
}

static void test_nearest(void **state)
{
    static const char *const keys[] = {"options", "xen", "kernel", "ramdisk", "dtb", "dtbo"};
    const size_t count = sizeof(keys) / sizeof(keys[0]);

    (void)state;
    assert_string_equal(nearest_of("kernal", keys, count), "kernel");
    assert_string_equal(nearest_of("RAMDISK", keys, count), "ramdisk");
    assert_string_equal(nearest_of("dtbx", keys, count), "dtb");
    assert_null(nearest_of("memory", keys, count));
    assert_null(nearest_of("x", keys, count));
    assert_null(nearest_of("xen", keys, 2));
}

/* Names too long to compare are never near, however much may differ. */
static void test_nearest_of_long_names(void **state)
{
    static char wanted[2000];
    static char other[1900];
    const char *const candidates[] = {other};

    (void)state;
    memset(wanted, 'a', sizeof(wanted) - 1);
    memset(other, 'z', sizeof(other) - 1);
    assert_null(nearest_of(wanted, candidates, 1));
}

/* The best one is suggested, wherever it stands; but a search ends. */
static void test_nearest_of_many(void **state)
{
    static const char *const candidates[] = {"kermal", "kernal", "kermel"};
    struct nearest nearest = {.wanted = "kernel"};

    (void)state;
    assert_string_equal(nearest_of("kernel", candidates, 1), "kermal");
    assert_string_equal(nearest_of("kernel", candidates, 2), "kernal");
    assert_string_equal(nearest_of("kernel", candidates, 3), "kernal");
    for (unsigned at = 0; at < 128; at++)
        nearest_offer(&nearest, "others");
    nearest_offer(&nearest, "kernal");
    assert_null(nearest.name);
}

static void test_names(void **state)
{
    struct arena *arena = boot_start(*state)->arena;
    struct names names;
    int values[1000];

    names_init(&names, arena, false);
    assert_null(names_find(&names, "none"));
    for (int at = 0; at < 1000; at++)
        assert_ptr_equal(names_add(&names, text_format(arena, "name%d", at), &values[at]),
                         &values[at]);
    for (int at = 0; at < 1000; at++)
        assert_ptr_equal(names_find(&names, text_format(arena, "name%d", at)), &values[at]);
    assert_ptr_equal(names_add(&names, "name7", &values[8]), &values[7]);
    assert_null(names_find(&names, "NAME7"));
    assert_null(names_find(&names, ""));

    names_init(&names, arena, true);
    assert_ptr_equal(names_add(&names, "/EFI/Xen.efi", &values[0]), &values[0]);
    assert_ptr_equal(names_add(&names, "/efi/xEN.efi", &values[1]), &values[0]);
    assert_null(names_find(&names, "/efi/xen.efj"));
}

/* Names of all sorts, which a list searched from its start is compared with. */
static void test_many_names(void **state)
{
    static const char letters[] = "ab\x01\x80\xff";
    static char list[3000][8];
    struct arena *arena = boot_start(*state)->arena;
    unsigned seed = 1;
    struct names names;
    size_t count = 0;

    names_init(&names, arena, false);
    for (size_t tries = 0; tries < 3000; tries++) {
        char *name = list[count];
        size_t first = 0;

        memset(name, 0, sizeof(list[0]));
        for (size_t at = 0; at < tries % sizeof(list[0]); at++) {
            seed = seed * 1103515245 + 12345;
            name[at] = letters[(seed >> 16) % 5];
        }
        while (strcmp(list[first], name) != 0)
            first++;
        assert_ptr_equal(names_find(&names, name), first < count ? list[first] : NULL);
        assert_ptr_equal(names_add(&names, name, name), list[first]);
        count += first == count;
    }
    assert_true(count > 500);
    for (size_t at = 0; at < count; at++)
        assert_ptr_equal(names_find(&names, list[at]), list[at]);
}

static void test_names_without_memory(void **state)
{
    struct boot *boot = *state;
    struct arena arena;
    struct names names;
    int value;

    arena_init(&arena, &boot->machine.platform);
    names_init(&names, &arena, false);
    boot->machine.fail_services = SERVICE_ALLOCATE;
    boot->machine.fail_at = 1;
    assert_null(names_add(&names, "a", &value));
    assert_null(names_find(&names, "a"));
    assert_ptr_equal(names_add(&names, "a", &value), &value);
    arena_release(&arena);
}

static void test_arena(void **state)
{
    struct boot *boot = *state;
    struct arena arena;
    char *last = NULL;

    arena_init(&arena, &boot->machine.platform);
    for (size_t bytes = 1; bytes < 40000; bytes += 333) {
        char *memory = arena_allocate(&arena, bytes);

        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % 8, 0);
        assert_ptr_not_equal(memory, last);
        for (size_t at = 0; at < bytes; at++)
            assert_int_equal(memory[at], 0);
        memset(memory, 0xff, bytes);
        last = memory;
    }
    assert_true(arena.total >= boot->machine.allocated);
    assert_false(arena.failed);
    assert_null(arena_allocate(&arena, SIZE_MAX));
    assert_true(arena.failed);
    arena_release(&arena);
    assert_false(arena.failed);
    assert_null(arena_array(&arena, SIZE_MAX / 2, 3));
    assert_true(arena.failed);
    arena_release(&arena);
    assert_null(arena_copy(&arena, "", SIZE_MAX));
    arena_release(&arena);
    assert_non_null(arena_array(&arena, 3, 0));
    assert_string_equal(arena_copy(&arena, "text", 2), "te");
    arena_release(&arena);
    assert_int_equal(boot->machine.allocations, 0);
}

static void test_order_of_diagnostics(void **state)
{
    struct boot *boot = *state;
    struct diagnostics *list = boot_start(boot)->diagnostics;

    diagnose(list, SEVERITY_ERROR, &(struct location){.node = "/b", .order = 9}, NULL, "late");
    diagnose(list, SEVERITY_NOTE, &(struct location){.file = "one.cfg", .line = 3}, "do so", "n%d",
             1);
    diagnose(list, SEVERITY_ERROR, &(struct location){.node = "/a", .order = 3}, NULL, "early");
    diagnose(list, SEVERITY_WARNING, &(struct location){.file = "two.cfg"}, NULL, "whole");
    diagnose(list, SEVERITY_WARNING, &(struct location){.file = "one.cfg", .line = 1}, NULL,
             "first");
    diagnose(list, SEVERITY_WARNING, &(struct location){.file = "one.cfg", .line = 3}, NULL,
             "again");
    diagnose(list, SEVERITY_ERROR, NULL, "hint", "nowhere");
    assert_diagnostics(boot, "error: nowhere\n"
                             "  hint: hint\n"
                             "one.cfg:1: warning: first\n"
                             "one.cfg:3: note: n1\n"
                             "  hint: do so\n"
                             "one.cfg:3: warning: again\n"
                             "two.cfg: warning: whole\n"
                             "/a: error: early\n"
                             "/b: error: late\n");
    assert_int_equal(list->counts[SEVERITY_NOTE], 1);
    assert_int_equal(list->counts[SEVERITY_WARNING], 3);
    assert_int_equal(list->counts[SEVERITY_ERROR], 3);
}

static void test_many_diagnostics_are_counted(void **state)
{
    struct boot *boot = *state;
    struct diagnostics *list = boot_start(boot)->diagnostics;
    const char *all;

    for (unsigned at = 0; at < 250; at++)
        diagnose(list, SEVERITY_WARNING, NULL, NULL, "number %u", at);
    for (unsigned at = 0; at < 101; at++)
        diagnose(list, SEVERITY_ERROR, NULL, NULL, "number %u", at);
    assert_diagnosed(boot, "warning: number 99");
    assert_diagnosed(boot, "error: number 99");
    assert_diagnosed(boot, "and 150 more warnings");
    assert_diagnosed(boot, "and 1 more errors");
    all = summary_of_diagnostics(&boot->system.diagnostics);
    assert_null(strstr(all, "number 100"));
}

static void test_status_texts(void **state)
{
    static const char *const texts[] = {
        [PLATFORM_OK] = "no error",
        [PLATFORM_NOT_FOUND] = "there is no such file",
        [PLATFORM_IS_DIRECTORY] = "it is a directory",
        [PLATFORM_NO_MEMORY] = "out of memory",
        [PLATFORM_SHORT_READ] = "the file ended too early",
        [PLATFORM_TOO_LARGE] = "it is too large",
        [PLATFORM_DENIED] = "access was denied",
        [PLATFORM_UNSEALED] = "it is not in the loader's seal",
        [PLATFORM_ALTERED] = "it is not the file that was sealed",
        [PLATFORM_CORRUPT] = "the volume is corrupted",
        [PLATFORM_NO_MEDIA] = "the medium is missing or was changed",
        [PLATFORM_BUSY] = "the memory is in use",
        [PLATFORM_UNSUPPORTED] = "the firmware does not support it",
        [PLATFORM_NO_VOLUME] = "the firmware reads no file system or server there",
        [PLATFORM_NO_ANSWER] = "the server does not answer, or too slowly",
        [PLATFORM_SERVER_ERROR] = "the server reports an error",
        [PLATFORM_BAD_ANSWER] = "the server's answer cannot be used",
        [PLATFORM_DEVICE_ERROR] = "the device reported an error",
    };

    (void)state;
    for (size_t status = 0; status < sizeof(texts) / sizeof(texts[0]); status++)
        assert_string_equal(platform_status_text((enum platform_status)status), texts[status]);
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        assert_true(strlen(stage_name((enum stage)stage)) > 3);
    assert_string_equal(stage_name(STAGE_COUNT), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        boot_test(test_format),
        boot_test(test_a_format_without_memory_is_none),
        cmocka_unit_test(test_compare),
        cmocka_unit_test(test_numbers),
        boot_test(test_sizes),
        cmocka_unit_test(test_distance),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_nearest_of_long_names),
        cmocka_unit_test(test_nearest_of_many),
        boot_test(test_names),
        boot_test(test_many_names),
        boot_test(test_names_without_memory),
        boot_test(test_arena),
        boot_test(test_order_of_diagnostics),
        boot_test(test_many_diagnostics_are_counted),
        cmocka_unit_test(test_status_texts),
    };

    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
