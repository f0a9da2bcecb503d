/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of the seal: reading it whole or not at all, and files that only open as they were sealed.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/seal/sealed.h"
#include "pe_image.h"
#include "support.h"

#define ZEROS16  "0000000000000000"
#define ONES16   "1111111111111111"
#define DIGEST_0 ZEROS16 ZEROS16 ZEROS16 ZEROS16
#define DIGEST_1 ONES16 ONES16 ONES16 ONES16
#define CONFIG   "12 /muster.cfg\n[a]\nkernel=k\n"

static void image_add(struct pe_image *image, const char *name, const char *text)
{
    pe_image_add(image, name, text, strlen(text));
}

static struct pe image_pe(const struct pe_image *image)
{
    struct pe pe;

    assert_int_equal(pe_read(&pe, image->data, image->size), PE_FINE);
    return pe;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* The problem of a seal of these sections (NULL for none), or "" if there is none. */
static const char *problem_of(struct boot *boot, const char *config, const char *digests,
                              const char *files)
{
    struct arena *arena = boot_start(boot)->arena;
    struct pe_image image;
    struct pe pe;
    struct seal seal;
    const char *problem;
    bool is_good;

    pe_image_init(&image);
    if (config != NULL)
        image_add(&image, SEAL_CONFIG, config);
    if (digests != NULL)
        image_add(&image, SEAL_DIGESTS, digests);
    if (files != NULL)
        image_add(&image, SEAL_FILES, files);
    pe = image_pe(&image);
    is_good = seal_read(&seal, arena, &pe, SEAL_IN_FILE, &problem);
    assert_true(is_good == (problem == NULL));
    free(image.data);
    return is_good ? "" : problem;
}

static void test_a_seal(void **state)
{
    static const char config[] = "5 /EFI/a.cfg\nx=y\n\n\n0 /b.cfg\n\n";
    static const char digests[] = DIGEST_0 " 18446744073709551615 /EFI/xen.efi\n" DIGEST_1
                                           " 0 /EFI/Linux and more\n" DIGEST_1 " 3 0 /file\n";
    struct arena *arena = boot_start(*state)->arena;
    struct pe_image image;
    struct pe pe;
    struct seal seal;
    const struct sealed_file *file;
    const char *problem;

    pe_image_init(&image);
    pe = image_pe(&image);
    assert_false(seal_exists(&pe));
    image_add(&image, SEAL_CONFIG, config);
    image_add(&image, SEAL_DIGESTS, digests);
    image_add(&image, SEAL_FILES, "abc");
    pe = image_pe(&image);
    assert_true(seal_exists(&pe));
    for (enum seal_view view = SEAL_IN_FILE; view <= SEAL_IN_MEMORY; view++) {
        assert_true(seal_read(&seal, arena, &pe, view, &problem));
        assert_int_equal(seal.config_count, 2);
        assert_string_equal(seal.configs[0].name, "/EFI/a.cfg");
        assert_int_equal(seal.configs[0].size, 5);
        assert_memory_equal(seal.configs[0].content, "x=y\n\n", 5);
        assert_true(seal.configs[0].is_config);
        assert_string_equal(seal.configs[1].name, "/b.cfg");
        assert_int_equal(seal.configs[1].size, 0);
        assert_int_equal(seal.file_count, 3);
        assert_string_equal(seal.files[0].name, "/EFI/xen.efi");
        assert_int_equal(seal.files[0].size, UINT64_MAX);
        assert_null(seal.files[0].content);
        assert_int_equal(seal.files[1].digest[31], 0x11);
        assert_memory_equal(seal.files[2].content, "abc", 3);

        file = seal_find(&seal, "/efi/LINUX and more");
        assert_ptr_equal(file, &seal.files[1]);
        assert_false(file->is_config);
        assert_ptr_equal(seal_find(&seal, "/efi/a.cfg"), &seal.configs[0]);
        assert_null(seal_find(&seal, "/EFI/Linux"));
    }
    free(image.data);
}

static void test_a_part_of_a_seal_is_none(void **state)
{
    assert_string_equal(problem_of(*state, NULL, "", NULL), "there is no section .config");
    assert_string_equal(problem_of(*state, CONFIG, NULL, ""), "there is no section .digests");
    assert_string_equal(problem_of(*state, "", "", NULL),
                        ".config, line 0: there is no configuration");
    assert_string_equal(problem_of(*state, CONFIG, "", NULL), "");
}

static void test_wrong_configurations(void **state)
{
    static const struct {
        const char *config;
        const char *problem;
    } cases[] = {
        {"12 /muster.cfg", ".config, line 1: the line has no end"},
        {"/muster.cfg\nx\n", ".config, line 1: there is no size of a configuration"},
        {"0x1 /muster.cfg\nx\n", ".config, line 1: there is no size of a configuration"},
        {"18446744073709551616 /x\n\n", ".config, line 1: there is no size of a configuration"},
        {"1 muster.cfg\nx\n", ".config, line 1: the name of the configuration is not absolute"},
        {"1 \nx\n", ".config, line 1: the name of the configuration is not absolute"},
        {"1 /\nx\n", ".config, line 1: the name of the configuration is not absolute"},
        {"1 /a/../b\nx\n", ".config, line 1: the name of the configuration is not absolute"},
        {"1 /a\\b\nx\n", ".config, line 1: the name of the configuration is not absolute"},
        {"1 /a/\nx\n", ".config, line 1: the name of the configuration is not absolute"},
        {"1 /a\tb\nx\n", ".config, line 1: the name of the configuration is not absolute"},
        {"1 /a\x7f\nx\n", ".config, line 1: the name of the configuration is not absolute"},
        {"2 /a\nx\n", ".config, line 1: the configuration does not end where it should"},
        {"1 /a\nxy\n", ".config, line 1: the configuration does not end where it should"},
        {"18446744073709551615 /a\nx\n",
         ".config, line 1: the configuration does not end where it should"},
        {"4 /a\n1\n2\n\n0 /A\n\n", ".config, line 5: the name stands there twice"},
    };

    for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++)
        assert_string_equal(problem_of(*state, cases[at].config, "", NULL), cases[at].problem);
}

static void test_wrong_digests(void **state)
{
    static const struct {
        const char *digests;
        const char *problem;
    } cases[] = {
        {DIGEST_0 " 1 /a", ".digests, line 1: the line has no end"},
        {"\n", ".digests, line 1: there is no digest"},
        {DIGEST_0 "\n", ".digests, line 1: there is no digest"},
        {DIGEST_0 "0 1 /a\n", ".digests, line 1: there is no digest"},
        {ZEROS16 ZEROS16 ZEROS16 "000000000000000A 1 /a\n", ".digests, line 1: there is no digest"},
        {ZEROS16 ZEROS16 ZEROS16 "00000000000000g0 1 /a\n", ".digests, line 1: there is no digest"},
        {DIGEST_0 " /a\n", ".digests, line 1: there is no size of a file"},
        {DIGEST_0 " 1\n", ".digests, line 1: there is no size of a file"},
        {DIGEST_0 " 18446744073709551616 /a\n", ".digests, line 1: there is no size of a file"},
        {DIGEST_0 " 1 \n", ".digests, line 1: the name of the file is not absolute"},
        {DIGEST_0 " 1 a\n", ".digests, line 1: the name of the file is not absolute"},
        {DIGEST_0 " 1 18446744073709551616 /a\n",
         ".digests, line 1: the name of the file is not absolute"},
        {DIGEST_0 " 1 /a\n" DIGEST_0 " 1 /b\n" DIGEST_1 " 1 /A\n",
         ".digests, line 3: the name stands there twice"},
        {DIGEST_0 " 1 /MUSTER.cfg\n", ".digests, line 1: the name stands there twice"},
        {DIGEST_0 " 4 0 /a\n", ".digests, line 1: the file is not in .files"},
        {DIGEST_0 " 1 1 /a\n", ".digests, line 1: the file is not in .files"},
        {DIGEST_0 " 1 4096 /a\n", ".digests, line 1: the file is not in .files"},
        {DIGEST_0 " 18446744073709551615 0 /a\n", ".digests, line 1: the file is not in .files"},
    };

    for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++)
        assert_string_equal(problem_of(*state, CONFIG, cases[at].digests, "abc"),
                            cases[at].problem);
    assert_string_equal(problem_of(*state, CONFIG, DIGEST_0 " 0 0 /a\n", NULL), "");
    assert_string_equal(problem_of(*state, CONFIG, DIGEST_0 " 1 0 /a\n", NULL),
                        ".digests, line 1: the file is not in .files");
}

static void test_a_section_outside_the_image(void **state)
{
    static const char *const names[] = {SEAL_CONFIG, SEAL_DIGESTS, SEAL_FILES};
    static const char *const problems[] = {
        "section .config is cut off",
        "section .digests is cut off",
        "section .files is cut off",
    };

    for (unsigned section = 0; section < 3; section++) {
        struct arena *arena = boot_start(*state)->arena;
        size_t at = PE_IMAGE_SECTIONS + section * (size_t)PE_SECTION_HEADER_SIZE;
        struct pe_image image;
        struct pe pe;
        struct seal seal;
        const char *problem;

        pe_image_init(&image);
        for (unsigned each = 0; each < 3; each++)
            image_add(&image, names[each], each == 0 ? CONFIG : "");
        pe_image_put(image.data + at + PE_SECTION_OFFSET_FILE_OFFSET, image.size + 1, 4);
        pe_image_put(image.data + at + PE_SECTION_OFFSET_ADDRESS, image.size + 1, 4);
        pe = image_pe(&image);
        assert_true(seal_exists(&pe));
        assert_false(seal_read(&seal, arena, &pe, SEAL_IN_FILE, &problem));
        assert_string_equal(problem, problems[section]);
        assert_false(seal_read(&seal, arena, &pe, SEAL_IN_MEMORY, &problem));
        assert_string_equal(problem, problems[section]);
        free(image.data);
    }
}

static void test_a_seal_without_memory(void **state)
{
    struct boot *boot = *state;
    struct pe_image image;
    struct pe pe;
    struct seal seal;
    const char *problem;
    bool is_read = false;

    pe_image_init(&image);
    image_add(&image, SEAL_CONFIG, CONFIG);
    image_add(&image, SEAL_DIGESTS, DIGEST_0 " 1 /a\n" DIGEST_1 " 1 /b\n");
    pe = image_pe(&image);
    boot->machine.fail_services = SERVICE_ALLOCATE;
    for (unsigned at = 1; !is_read; at++) {
        struct arena arena;

        arena_init(&arena, &boot->machine.platform);
        boot->machine.calls = 0;
        boot->machine.fail_at = at;
        is_read = seal_read(&seal, &arena, &pe, SEAL_IN_FILE, &problem);
        assert_null(problem);
        assert_true(is_read || arena.failed);
        arena_release(&arena);
    }
    free(image.data);
}

/* --- files under a seal ----------------------------------------------------------------------- */

/* In place of a digest: sums that depend on order, which is all that these tests need. */
static void sum_start(struct digest_state *state)
{
    memset(state->bytes, 0, DIGEST_SIZE);
}

static void sum_update(struct digest_state *state, const void *data, size_t size)
{
    const unsigned char *bytes = data;

    for (size_t at = 0; at < size; at++)
        for (size_t byte = 0; byte < DIGEST_SIZE; byte++)
            state->bytes[byte] = (unsigned char)(state->bytes[byte] * 31U + bytes[at] + byte);
}

static void sum_finish(struct digest_state *state, unsigned char digest[DIGEST_SIZE])
{
    memcpy(digest, state->bytes, DIGEST_SIZE);
}

static const struct digest sum = {sum_start, sum_update, sum_finish};

/* The last report to sealed->seen. */
static char seen[600];

static void note(void *data, const char *name, uint64_t size,
                 const unsigned char digest[DIGEST_SIZE])
{
    char text[DIGEST_TEXT_SIZE];

    (void)data;
    digest_to_text(digest, text);
    snprintf(seen, sizeof(seen), "%.4s %zu %s", text, (size_t)size, name);
}

/* A volume of the machine's files under a seal of /a ("abc"), /empty, and /in in the image. */
struct covered {
    struct volume beneath;
    struct pe_image image;
    struct pe pe;
    struct seal seal;
    struct sealed sealed;
    struct volume volume;
};

static void line_for(char *line, size_t size, const char *content, const char *rest)
{
    struct digest_state digest_state;
    unsigned char digest[DIGEST_SIZE];
    char text[DIGEST_TEXT_SIZE];

    sum.start(&digest_state);
    sum.update(&digest_state, content, strlen(content));
    sum.finish(&digest_state, digest);
    digest_to_text(digest, text);
    snprintf(line, size, "%s %zu %s\n", text, strlen(content), rest);
}

static struct covered *cover(struct boot *boot)
{
    static struct covered covered;
    const struct platform *platform = &boot->machine.platform;
    char lines[3][200];
    char digests[600];
    const char *problem;

    line_for(lines[0], sizeof(lines[0]), "abc", "/a");
    line_for(lines[1], sizeof(lines[1]), "", "/empty");
    line_for(lines[2], sizeof(lines[2]), "inside", "0 /in");
    snprintf(digests, sizeof(digests), "%s%s%s", lines[0], lines[1], lines[2]);
    free(covered.image.data);
    pe_image_init(&covered.image);
    image_add(&covered.image, SEAL_CONFIG, CONFIG);
    image_add(&covered.image, SEAL_DIGESTS, digests);
    image_add(&covered.image, SEAL_FILES, "inside");
    covered.pe = image_pe(&covered.image);
    covered.beneath =
        (struct volume){platform->context, platform->open, platform->read, platform->close};
    covered.sealed = (struct sealed){
        .volume = &covered.beneath,
        .seal = &covered.seal,
        .digest = &sum,
        .arena = boot_start(boot)->arena,
        .seen = note,
    };
    assert_true(
        seal_read(&covered.seal, covered.sealed.arena, &covered.pe, SEAL_IN_MEMORY, &problem));
    covered.volume = sealed_volume(&covered.sealed);
    seen[0] = '\0';
    return &covered;
}

/* Opens a file, reads it in parts of these sizes, up to a 0, and closes it. */
static enum platform_status read_parts(const struct covered *covered, const char *name,
                                       const size_t *parts, char *buffer)
{
    const struct volume *volume = &covered->volume;
    struct platform_file *file;
    uint64_t size;
    enum platform_status status = volume->open(volume->context, name, &file, &size);

    if (status != PLATFORM_OK)
        return status;
    for (; status == PLATFORM_OK && *parts != 0; buffer += *parts++)
        status = volume->read(volume->context, file, buffer, *parts);
    volume->close(volume->context, file);
    return status;
}

static void test_sealed_files(void **state)
{
    struct boot *boot = *state;
    const struct covered *covered = cover(boot);
    char buffer[64] = "";

    machine_add_text(&boot->machine, "/a", "abc");
    machine_add_text(&boot->machine, "/empty", "");
    machine_add_text(&boot->machine, "/in", "what the partition has does not count");
    machine_add_text(&boot->machine, "/muster.cfg", "and neither does this");

    assert_int_equal(read_parts(covered, "/a", (size_t[]){3, 0}, buffer), PLATFORM_OK);
    assert_string_equal(buffer, "abc");
    assert_string_equal(seen, "6243 3 /a");
    assert_int_equal(read_parts(covered, "/a", (size_t[]){1, 2, 0}, buffer), PLATFORM_OK);
    assert_int_equal(read_parts(covered, "/empty", (size_t[]){0}, buffer), PLATFORM_OK);
    assert_string_equal(seen, "0000 0 /empty");
    assert_int_equal(read_parts(covered, "/in", (size_t[]){2, 4, 0}, buffer), PLATFORM_OK);
    assert_string_equal(buffer, "inside");
    assert_string_equal(seen + 5, "6 /in");
    assert_int_equal(read_parts(covered, "/MUSTER.CFG", (size_t[]){12, 0}, buffer), PLATFORM_OK);
    assert_memory_equal(buffer, "[a]\nkernel=k", 12);
    assert_string_equal(seen + 5, "6 /in");
    assert_int_equal(boot->machine.open_files, 0);
}

static void test_files_that_were_not_sealed(void **state)
{
    struct boot *boot = *state;
    const struct covered *covered = cover(boot);
    const size_t all[] = {3, 0};
    char buffer[64];

    machine_add_text(&boot->machine, "/b", "abc");
    assert_int_equal(read_parts(covered, "/b", all, buffer), PLATFORM_UNSEALED);
    assert_int_equal(machine_opened(&boot->machine, "/b"), 0);
    assert_int_equal(read_parts(covered, "/a", all, buffer), PLATFORM_NOT_FOUND);

    machine_add_text(&boot->machine, "/a", "abcd");
    assert_int_equal(read_parts(covered, "/a", all, buffer), PLATFORM_ALTERED);
    machine_add_text(&boot->machine, "/a", "ab");
    assert_int_equal(read_parts(covered, "/a", all, buffer), PLATFORM_ALTERED);
    machine_add_text(&boot->machine, "/a", "abd");
    assert_int_equal(read_parts(covered, "/a", all, buffer), PLATFORM_ALTERED);
    assert_int_equal(read_parts(covered, "/a", (size_t[]){2, 1, 0}, buffer), PLATFORM_ALTERED);
    assert_int_equal(read_parts(covered, "/a", (size_t[]){2, 2, 0}, buffer), PLATFORM_SHORT_READ);
    assert_string_equal(seen, "");
    assert_int_equal(boot->machine.open_files, 0);
}

/* An empty file is judged when it is opened, as nothing is read of it. */
static void test_an_empty_file_with_another_digest(void **state)
{
    struct boot *boot = *state;
    struct covered *covered = cover(boot);
    char buffer[1];

    machine_add_text(&boot->machine, "/empty", "");
    covered->seal.files[1].digest[31] ^= 1;
    assert_int_equal(read_parts(covered, "/empty", (size_t[]){0}, buffer), PLATFORM_ALTERED);
    assert_int_equal(boot->machine.open_files, 0);
}

/* After a part that failed, none of the following can complete the file. */
static void test_a_failing_part(void **state)
{
    struct boot *boot = *state;
    const struct covered *covered = cover(boot);
    const struct volume *volume = &covered->volume;
    struct platform_file *file;
    char buffer[3];
    uint64_t size;

    machine_add_text(&boot->machine, "/a", "abc");
    assert_int_equal(volume->open(volume->context, "/a", &file, &size), PLATFORM_OK);
    boot->machine.fail_services = SERVICE_READ;
    boot->machine.fail_status = PLATFORM_DEVICE_ERROR;
    boot->machine.fail_at = boot->machine.calls + 1;
    assert_int_equal(volume->read(volume->context, file, buffer, 2), PLATFORM_DEVICE_ERROR);
    assert_int_equal(volume->read(volume->context, file, buffer, 3), PLATFORM_SHORT_READ);
    assert_int_equal(volume->read(volume->context, file, buffer, 0), PLATFORM_OK);
    volume->close(volume->context, file);
    assert_string_equal(seen, "");
}

static void test_without_memory(void **state)
{
    struct boot *boot = *state;
    struct covered *covered = cover(boot);
    const struct volume *volume = &covered->volume;
    struct platform_file *file;
    uint64_t size;

    machine_add_text(&boot->machine, "/a", "abc");
    machine_add_text(&boot->machine, "/b", "abc");
    boot->machine.fail_services = SERVICE_ALLOCATE;
    boot->machine.fail_at = 1;
    boot->machine.calls = 0;
    assert_int_equal(volume->open(volume->context, "/a", &file, &size), PLATFORM_NO_MEMORY);
    covered->sealed.seal = NULL;
    boot->machine.fail_at = 2;
    boot->machine.calls = 0;
    assert_int_equal(volume->open(volume->context, "/b", &file, &size), PLATFORM_NO_MEMORY);
    assert_int_equal(boot->machine.open_files, 0);
}

/* Without a seal, digests are computed for who wants to know them. */
static void test_digests_without_a_seal(void **state)
{
    struct boot *boot = *state;
    struct covered *covered = cover(boot);
    char buffer[4];

    covered->sealed.seal = NULL;
    machine_add_text(&boot->machine, "/b", "abc");
    assert_int_equal(read_parts(covered, "/b", (size_t[]){3, 0}, buffer), PLATFORM_OK);
    assert_string_equal(seen, "6243 3 /b");
    assert_int_equal(read_parts(covered, "/a", (size_t[]){3, 0}, buffer), PLATFORM_NOT_FOUND);
    covered->sealed.seen = NULL;
    assert_int_equal(read_parts(covered, "/b", (size_t[]){3, 0}, buffer), PLATFORM_OK);
}

/* The messages, for mistakes found when a file is opened and when it is read. */
static void test_messages(void **state)
{
    struct boot *boot = *state;

    machine_add_text(&boot->machine, "/EFI/muster/ramdisk", "x")->status = PLATFORM_UNSEALED;
    assert_false(boot_run(boot, "", TREE(DOMAIN("domU1", ""))));
    assert_diagnostics(
        boot, "/chosen/domU1/module@2: error: cannot open ramdisk: it is not in the loader's seal\n"
              "  hint: what is to be loaded has to be sealed: seal the system again with muster "
              "seal\n");
    machine_add_text(&boot->machine, "/EFI/muster/ramdisk", "x");
    boot->machine.fail_services = SERVICE_READ;
    boot->machine.fail_status = PLATFORM_ALTERED;
    boot->machine.calls = 0;
    boot->machine.fail_at = 1;
    assert_false(boot_run(boot, "", TREE(DOMAIN("domU1", ""))));
    assert_diagnosed(boot, "error: cannot read xen.efi: it is not the file that was sealed\n"
                           "  hint: put the sealed file back, or seal the system again with muster "
                           "seal");
}

/* A sealed system is where it was sealed, whatever the loader is called and told. */
static void test_a_sealed_system(void **state)
{
    static const char refused[] = "warning: -cfg= is ignored, as the loader is sealed\n"
                                  "  hint: only the name of a sealed section can be given\n"
                                  "warning: -force is ignored, as the loader is sealed\n"
                                  "  hint: only the name of a sealed section can be given\n"
                                  "warning: -debug writes no file, as the loader is sealed\n"
                                  "  hint: only the name of a sealed section can be given\n"
                                  "warning: what follows -- is ignored, as the loader is sealed\n"
                                  "  hint: only the name of a sealed section can be given\n";
    struct boot *boot = *state;
    struct sealed_file config = {.name = "/EFI/other/my.cfg"};
    const struct seal seal = {.configs = &config, .config_count = 1};

    machine_add_text(&boot->machine, "/EFI/other/my.cfg",
                     "[global]\ndefault=a\n[a]\nkernel=k\nxen=x\n[b]\nkernel=k no\n");
    machine_add_file(&boot->machine, "/EFI/other/k", image_linux(10000), 10000);
    machine_add_file(&boot->machine, "/EFI/other/x", image_xen(10000), 10000);
    boot->request.seal = &seal;
    boot_set_options(boot, "a -cfg=gone.cfg -force -debug -- noreboot");
    assert_true(boot_run(boot, NULL, TREE("")));
    assert_diagnostics(boot, refused);
    assert_string_equal(boot->system.section.name, "a");
    assert_false(boot->system.options.force);
    assert_true(boot->system.options.debug);
    assert_null(boot->system.options.xen);
    boot_set_options(boot, "");
    assert_true(boot_run(boot, NULL, TREE("")));
    assert_diagnostics(boot, "");
}

/* Load options may only choose a section that was looked at when the files were sealed. */
static void test_sections_that_are_none_to_boot(void **state)
{
    struct boot *boot = *state;
    struct sealed_file config = {.name = "/EFI/muster/muster.cfg"};
    const struct seal seal = {.configs = &config, .config_count = 1};

    machine_add_text(&boot->machine, config.name,
                     "[global]\nkernel=vmlinuz\n[a]\ndomains=b\n[b]\nkernel=vmlinuz\n");
    boot_set_options(boot, "b");
    assert_false(boot_run(boot, NULL, TREE("")));
    assert_diagnosed(boot, "muster.cfg:5: error: [b] is no section to boot\n"
                           "  hint: name another section");
    boot->request.seal = &seal;
    assert_false(boot_run(boot, NULL, TREE("")));
    assert_diagnosed(boot, "muster.cfg:5: error: [b] is no section to boot\n"
                           "  hint: name another section");
    boot_set_options(boot, "global");
    assert_false(boot_run(boot, NULL, TREE("")));
    assert_diagnosed(boot, "muster.cfg:1: error: [global] is no section to boot\n"
                           "  hint: name another section");
}

static void test_digest_texts(void **state)
{
    unsigned char digest[DIGEST_SIZE];
    char text[DIGEST_TEXT_SIZE];

    (void)state;
    assert_true(digest_from_text("0123456789abcdef" DIGEST_1, 64, digest));
    assert_int_equal(digest[0], 0x01);
    assert_int_equal(digest[7], 0xef);
    digest_to_text(digest, text);
    assert_string_equal(text, "0123456789abcdef" ONES16 ONES16 ONES16);
    assert_false(digest_from_text(DIGEST_1, 63, digest));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        boot_test(test_a_seal),
        boot_test(test_a_part_of_a_seal_is_none),
        boot_test(test_wrong_configurations),
        boot_test(test_wrong_digests),
        boot_test(test_a_section_outside_the_image),
        boot_test(test_a_seal_without_memory),
        boot_test(test_sealed_files),
        boot_test(test_files_that_were_not_sealed),
        boot_test(test_an_empty_file_with_another_digest),
        boot_test(test_a_failing_part),
        boot_test(test_without_memory),
        boot_test(test_digests_without_a_seal),
        boot_test(test_messages),
        boot_test(test_a_sealed_system),
        boot_test(test_sections_that_are_none_to_boot),
        cmocka_unit_test(test_digest_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
