/* SPDX-License-Identifier: BSD-2-Clause */
/* Muster's EFI application on the simulated firmware: whole boots, odd machines, and mistakes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <libfdt.h>
#include <openssl/sha.h>

#include "internal.h"
#include "scene.h"

#define SCENES_MAX 64
#define USUAL      "two-domains" /* the scene that odd machines boot */

/* Boots that succeed */

static void print_outcome(const struct outcome *outcome)
{
    fprintf(stderr, "status %s\nproblems:\n%s\nsystem:\n%s\nconsole:\n%s\n",
            outcome->status == IMAGE_NEVER_RETURNS ? "started" : status_name(outcome->status),
            outcome->problems, outcome->system, outcome->console);
}

/* Xen was started once, found @system, and nothing was wrong. */
static void expect_system(const struct outcome *outcome, const char *system)
{
    if (outcome->status != IMAGE_NEVER_RETURNS || *outcome->problems != '\0' ||
        outcome->starts != 1 || system == NULL || strcmp(outcome->system, system) != 0) {
        print_outcome(outcome);
        fail_msg("Xen was not started with the expected system");
    }
}

/* The application ended with @status, gave everything back, and said @sentence. */
static void expect_failure(const struct outcome *outcome, EFI_STATUS status, const char *sentence)
{
    if (outcome->status != status || *outcome->problems != '\0' ||
        strstr(outcome->console, sentence) == NULL) {
        print_outcome(outcome);
        fail_msg("expected %s and \"%s\"", status_name(status), sentence);
    }
}

static void a_scene_boots(void **state)
{
    struct scene *scene = scene_open(*state);
    struct outcome outcome = scene_run(scene, &(struct run){0});

    expect_system(&outcome, scene_expectation(scene));
    assert_non_null(strstr(outcome.console, "\nstarting Xen\n"));
    scene_free_outcome(&outcome);
    scene_close(scene);
}

/* The usual scene boots on a machine that is odd in some way. */
static void boots_on(const struct run *run)
{
    struct scene *scene = scene_open(USUAL);
    struct outcome outcome = scene_run(scene, run);

    expect_system(&outcome, scene_expectation(scene));
    scene_free_outcome(&outcome);
    scene_close(scene);
}

static void reads_may_be_short(void **state)
{
    static const size_t limits[] = {1, 7, 512, 4095, 4096, 19999};

    (void)state;
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        boots_on(&(struct run){.setup.read_limit = limits[i]});
    }
}

static void descriptors_have_any_size(void **state)
{
    (void)state;
    boots_on(&(struct run){.setup.descriptor_size = 40});
    boots_on(&(struct run){.setup.descriptor_size = 56});
    boots_on(&(struct run){.setup.descriptor_size = 4096});
}

static void the_console_may_be_missing(void **state)
{
    (void)state;
    boots_on(&(struct run){.setup.no_console = true});
}

static void variables_may_be_missing(void **state)
{
    (void)state;
    boots_on(&(struct run){.setup.no_variables = true});
}

static void the_device_path_may_be_missing(void **state)
{
    (void)state;
    boots_on(&(struct run){.setup.no_device_path = true});
}

static void the_image_path_may_have_parts(void **state)
{
    (void)state;
    boots_on(&(struct run){.setup.split_image_path = true});
    boots_on(&(struct run){.setup.image_path = "EFI\\BOOT\\BOOTAA64.EFI"});
    boots_on(&(struct run){.setup.image_path = "\\efi\\boot\\bootaa64.efi"});
    boots_on(&(struct run){.setup.image_path = "\\EFI\\BOOT\\BOOTAA64.EFI",
                           .setup.split_image_path = true});
}

static void acpi_tables_do_not_matter(void **state)
{
    (void)state;
    boots_on(&(struct run){.setup.acpi = true});
}

static void the_firmware_may_have_no_tree(void **state)
{
    (void)state;
    /* The scene's own dtb= is enough. */
    boots_on(&(struct run){.setup.tree = "", .setup.tree_size = 0});
}

static void the_loader_may_be_anywhere(void **state)
{
    (void)state;
    /* The files stay where they are: a configuration is named from the root. */
    boots_on(&(struct run){.setup.image_path = "\\EFI\\BOOT\\muster-1.2_test.efi"});
    boots_on(&(struct run){.setup.image_path = "\\EFI\\BOOT\\no extension"});
}

/* Names outside the basic plane are two units each. */
static void the_image_name_may_be_any_text(void **state)
{
    (void)state;
    boots_on(&(struct run){.setup.image_path = "\\EFI\\BOOT\\\xf0\x9f\x98\x80\xc3\xa4.efi"});
    boots_on(&(struct run){.setup.image_path = "\\\\EFI//BOOT\\/\xf0\x9f\x98\x80"});
}

static void nobody_may_know_the_time(void **state)
{
    struct scene *scene = scene_open(USUAL);
    struct outcome outcome =
        scene_run(scene, &(struct run){.load_options = "-debug", .setup.no_frequency = true});

    (void)state;
    expect_system(&outcome, scene_expectation(scene));
    assert_non_null(strstr(outcome.console, "load 0.0 ms"));
    scene_free_outcome(&outcome);
    scene_close(scene);
}

/* The firmware is asked to apply its fix-ups, 1, and to reserve memory that the tree reserves, 2.
 */
static bool is_fixed_up(const char *name)
{
    struct scene *scene = scene_open(name);
    struct outcome outcome = scene_run(scene, &(struct run){.setup.fixup = true});
    bool fixed_up = outcome.fixed_up;

    assert_int_equal(outcome.fixup_flags, fixed_up ? 3 : 0);
    assert_string_equal(outcome.problems, "");
    assert_int_equal(outcome.starts, 1);
    scene_free_outcome(&outcome);
    scene_close(scene);
    return fixed_up;
}

static void the_firmware_completes_a_tree_that_is_not_its_own(void **state)
{
    (void)state;
    assert_true(is_fixed_up(USUAL));
    assert_false(is_fixed_up("dom0"));
}

/*
 * The memory for the map makes the map longer, so room for that is asked for at once: the size and
 * the map are two calls, and each further map is one.
 */
static void the_memory_map_is_read_with_room_to_spare(void **state)
{
    struct scene *scene = scene_open(USUAL);
    struct outcome outcome = scene_run(scene, &(struct run){0});

    (void)state;
    assert_int_equal(outcome.calls[SERVICE_GET_MEMORY_MAP], 9);
    scene_free_outcome(&outcome);
    scene_close(scene);
}

/* RAM in many pieces: 14 MiB of it, with gaps, and as many as Xen takes. */
static void memory_may_be_in_pieces(void **state)
{
    static struct firmware_region regions[225];

    (void)state;
    for (size_t i = 0; i < 224; i++) {
        regions[i].start = 0x40000000 + i * 0x10000;
        regions[i].pages = i % 2 == 0 ? 16 : 15;
        regions[i].type = i % 3 == 0 ? EfiBootServicesData : EfiConventionalMemory;
    }
    regions[224].start = 0x50000000;
    regions[224].pages = 0x2fe00;
    regions[224].type = EfiConventionalMemory;
    boots_on(&(struct run){.setup.regions = regions, .setup.region_count = 225});
}

/* Of all the types of memory, only what is free is used. */
static void memory_may_be_of_any_type(void **state)
{
    static struct firmware_region regions[EfiMaxMemoryType + 2];
    unsigned count = 0;

    (void)state;
    for (uint32_t type = 0; type <= EfiMaxMemoryType; type++, count++) {
        regions[count].start = 0x40000000 + count * 0x100000;
        regions[count].pages = 0x100;
        regions[count].type = type;
    }
    regions[count].start = 0x50000000;
    regions[count].pages = 0x2fe00;
    regions[count].type = EfiConventionalMemory;
    boots_on(&(struct run){.setup.regions = regions, .setup.region_count = count + 1});
}

/* Free memory that cannot be cached is left alone. */
static void memory_may_be_uncached(void **state)
{
    static const struct firmware_region regions[] = {
        {0x40000000, 0x38000, EfiConventionalMemory},
        {0x78000000, 0x7e00, EfiConventionalMemory},
    };

    (void)state;
    boots_on(&(struct run){
        .setup.regions = regions, .setup.region_count = 2, .setup.uncached = 0x78000000});
}

/* A volume that a test changes: a copy of the scene's. */
static void copy_volume(const struct scene *scene, char volume[64])
{
    char command[1024];

    strcpy(volume, "/tmp/boot_test.XXXXXX");
    assert_non_null(mkdtemp(volume));
    snprintf(command, sizeof(command), "cp -r %s/../../. %s", scene_directory(scene), volume);
    assert_int_equal(system(command), 0);
}

static void remove_volume(const char *volume)
{
    char command[128];

    snprintf(command, sizeof(command), "rm -r %s", volume);
    assert_int_equal(system(command), 0);
}

static void resize(const char *volume, const char *name, off_t size)
{
    char path[256];

    snprintf(path, sizeof(path), "%s/EFI/BOOT/%s", volume, name);
    assert_int_equal(truncate(path, size), 0);
}

static void a_large_file_shows_its_progress(void **state)
{
    struct scene *scene = scene_open(USUAL);
    struct outcome outcome;
    char volume[64];

    (void)state;
    copy_volume(scene, volume);
    resize(volume, "ramdisk-domA.img", 48 << 20);
    outcome = scene_run(scene, &(struct run){.setup.volume = volume});
    assert_string_equal(outcome.problems, "");
    assert_int_equal(outcome.starts, 1);
    assert_non_null(strstr(outcome.console, "  reading ramdisk-domA.img ####################"
                                            "####################\n"));
    scene_free_outcome(&outcome);
    remove_volume(volume);
    scene_close(scene);
}

/* The bar of a file that cannot be read to its end has its line to itself. */
static void a_bar_ends_where_the_file_does(void **state)
{
    struct scene *scene = scene_open(USUAL);
    struct outcome outcome;
    char volume[64];
    unsigned reads;

    (void)state;
    copy_volume(scene, volume);
    resize(volume, "ramdisk-domA.img", 48 << 20);
    outcome = scene_run(scene, &(struct run){.setup.volume = volume, .setup.read_most = 1 << 20});
    reads = outcome.calls[SERVICE_FILE_READ];
    scene_free_outcome(&outcome);
    outcome = scene_run(scene, &(struct run){.setup.volume = volume,
                                             .setup.read_most = 1 << 20,
                                             .service = SERVICE_FILE_READ,
                                             .nth = reads - 21,
                                             .failure = EFI_DEVICE_ERROR});
    expect_failure(&outcome, EFI_LOAD_ERROR, "  reading ramdisk-domA.img ");
    assert_non_null(strstr(outcome.console, "##\n"));
    assert_null(strstr(outcome.console, "#error"));
    assert_null(strstr(outcome.console, "#  "));
    scene_free_outcome(&outcome);
    remove_volume(volume);
    scene_close(scene);
}

/* Some firmware does not read more than 1 MiB at once: then less is asked for. */
static void pieces_are_small(void **state)
{
    struct scene *scene = scene_open(USUAL);
    struct outcome outcome;
    char volume[64];

    (void)state;
    copy_volume(scene, volume);
    resize(volume, "ramdisk-domA.img", 3 << 20);
    outcome = scene_run(scene, &(struct run){.setup.volume = volume, .setup.read_most = 1 << 20});
    assert_string_equal(outcome.problems, "");
    assert_int_equal(outcome.starts, 1);
    scene_free_outcome(&outcome);
    remove_volume(volume);
    scene_close(scene);
}

/* Reading six pieces at 82 s each takes longer than the watchdog waits, and is progress. */
static void a_disk_may_be_slow(void **state)
{
    struct run run = {.setup.read_time = 100000};
    struct scene *scene = scene_open(USUAL);
    struct outcome outcome;
    char volume[64];

    (void)state;
    copy_volume(scene, volume);
    resize(volume, "ramdisk-domA.img", 48 << 20);
    run.setup.volume = volume;
    outcome = scene_run(scene, &run);
    assert_string_equal(outcome.problems, "");
    assert_int_equal(outcome.starts, 1);
    scene_free_outcome(&outcome);
    run.setup.read_time = 400000;
    outcome = scene_run(scene, &run);
    assert_non_null(strstr(outcome.problems, "the watchdog reset the machine"));
    scene_free_outcome(&outcome);
    remove_volume(volume);
    scene_close(scene);
}

static void an_empty_file_is_a_mistake(void **state)
{
    static const char *const names[] = {"muster.cfg", "two-domains.dtb", "vmlinuz-guest",
                                        "ramdisk-domB.img", "xen.efi"};
    struct scene *scene = scene_open(USUAL);

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct outcome outcome;
        char volume[64];

        copy_volume(scene, volume);
        resize(volume, names[i], 0);
        outcome = scene_run(scene, &(struct run){.setup.volume = volume});
        expect_failure(&outcome, EFI_LOAD_ERROR, "error");
        assert_non_null(strstr(outcome.console, names[i]));
        scene_free_outcome(&outcome);
        remove_volume(volume);
    }
    scene_close(scene);
}

/* Load options */

static void boots_with_options(const void *options, size_t size)
{
    boots_on(
        &(struct run){.setup.load_options = options, .setup.load_options_size = (uint32_t)size});
}

static void load_options_have_any_size(void **state)
{
    static const uint8_t options[] = {'s', 0, 'e', 0, 'c', 0, 't', 0, 'i', 0,
                                      'o', 0, 'n', 0, '1', 0, 0,   0, 0xff};

    (void)state;
    for (size_t size = 16; size <= sizeof(options); size++) {
        boots_with_options(options, size);
    }
    boots_with_options("section1", 8);
    boots_with_options(options, 0);
}

static void load_options_may_be_garbage(void **state)
{
    static const uint8_t zeros[64];
    uint8_t noise[64];
    uint32_t seed = 1;

    (void)state;
    boots_with_options(zeros, sizeof(zeros));
    boots_with_options(zeros, 1);
    for (size_t size = 0; size < sizeof(noise); size++) {
        seed = seed * 1664525 + 1013904223;
        noise[size] = (uint8_t)(seed >> 24) | 0x80;
    }
    boots_with_options(noise, 1);
}

/* An EFI_LOAD_OPTION with a file path of @path_size bytes, an odd one perhaps, then the options. */
static void load_options_may_be_a_boot_option(void **state)
{
    static const CHAR16 description[] = u"Muster";
    static const CHAR16 options[] = u"section1";

    (void)state;
    for (uint16_t path_size = 4; path_size < 8; path_size++) {
        uint8_t bytes[128] = {1, 0, 0, 0, (uint8_t)path_size};
        size_t at = 6;

        memcpy(bytes + at, description, sizeof(description));
        at += sizeof(description);
        memcpy(bytes + at, (uint8_t[]){0x7f, 0xff, (uint8_t)path_size, 0}, 4);
        at += path_size;
        memcpy(bytes + at, options, sizeof(options));
        at += sizeof(options);
        boots_with_options(bytes, at);
    }
}

static void help_is_no_boot(void **state)
{
    struct scene *scene = scene_open(USUAL);
    struct outcome outcome = scene_run(scene, &(struct run){.load_options = "-help"});

    (void)state;
    assert_int_equal(outcome.status, EFI_SUCCESS);
    assert_string_equal(outcome.problems, "");
    assert_int_equal(outcome.starts, 0);
    assert_non_null(strstr(outcome.console,
                           "usage: muster.efi [-cfg=FILE] [-debug] [-force] [-help] "
                           "[SECTION] [-- XEN OPTIONS]\n"));
    scene_free_outcome(&outcome);
    scene_close(scene);
}

/* With -debug the finished tree is a file, whatever was there before. */
/* Boots a scene on a copy of its volume, which the caller removes; the console is as expected. */
static void boot_copy(const char *name, const char *volume, const char *sentence)
{
    struct scene *scene = scene_open(name);
    struct outcome outcome =
        scene_run(scene, &(struct run){.setup.volume = volume, .setup.writable = true});

    expect_system(&outcome, scene_expectation(scene));
    assert_non_null(strstr(outcome.console, sentence));
    scene_free_outcome(&outcome);
    scene_close(scene);
}

static void boots_are_counted(void **state)
{
    struct scene *scene = scene_open("trial");
    char volume[64];

    (void)state;
    copy_volume(scene, volume);
    boot_copy("trial", volume, "note: [new] is on trial; after this, 254 of 255 tries are left\n");
    boot_copy("trial", volume, "note: [new] is on trial; after this, 253 of 255 tries are left\n");
    remove_volume(volume);
    scene_close(scene);
}

static void forbid_writing(struct firmware *fw)
{
    fw->setup.writable = false;
}

static void boots_are_not_counted_where_nothing_can_be_written(void **state)
{
    struct scene *scene = scene_open("trial");
    struct outcome outcome = scene_run(scene, &(struct run){.prepare = forbid_writing});

    (void)state;
    expect_system(&outcome, scene_expectation(scene));
    assert_non_null(strstr(outcome.console,
                           "muster.cfg:4: warning: boots are not counted: muster.state: access was "
                           "denied\n"));
    scene_free_outcome(&outcome);
    scene_close(scene);
}

/* Each section says what is wrong with it, and the one that boots says for which. */
static void another_section_stands_in(void **state)
{
    struct scene *scene = scene_open("fallback");
    char volume[64];

    (void)state;
    copy_volume(scene, volume);
    boot_copy("fallback", volume, "error: Image-6.12 is neither a key of binary= nor a file\n");
    boot_copy("fallback", volume,
              "error: initrd.img-6.13 is neither a key of binary= nor a file\n");
    boot_copy("fallback", volume, "warning: [new] could not be started; [old] boots instead\n");
    remove_volume(volume);
    scene_close(scene);
}

#define UP     "\x81"
#define DOWN   "\x82"
#define ESCAPE "\x97"

/* The other section of the menu's scene boots. */
static void a_person_chooses_a_section(void **state)
{
    static const char *const keys[] = {" " DOWN "\r",
                                       " 2\r",
                                       "qqqq2\n",
                                       " " DOWN DOWN UP DOWN "\r",
                                       " " ESCAPE "[F\r",
                                       " 2" ESCAPE "[15~" ESCAPE "OQ\r",
                                       " 2" ESCAPE "[H" ESCAPE "[1;2F\r"};

    (void)state;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        struct scene *scene = scene_open("menu");
        struct outcome outcome = scene_run(scene, &(struct run){.keys = keys[i]});

        expect_system(&outcome,
                      "start xen.efi\nchosen multiboot,kernel Image-old \"console=hvc0\"\n");
        assert_non_null(strstr(outcome.console, "  1  new  Linux 6.12, größer  default"));
        assert_null(strstr(outcome.console, "boots in"));
        scene_free_outcome(&outcome);
        scene_close(scene);
    }
}

/* Each file is read once, and the countdown is shown, as long as nobody presses a key. */
static void a_menu_counts_down(void **state)
{
    struct scene *scene = scene_open("menu");
    struct outcome outcome = scene_run(scene, &(struct run){0});

    (void)state;
    assert_non_null(strstr(outcome.console, "[new] boots in 3 s; any key stops that"));
    assert_non_null(strstr(outcome.console, "[new] boots in 1 s; any key stops that"));
    assert_int_equal(outcome.calls[SERVICE_STALL], 150);
    scene_free_outcome(&outcome);
    outcome = scene_run(scene, &(struct run){.load_options = "old"});
    assert_null(strstr(outcome.console, "boots in"));
    assert_int_equal(outcome.calls[SERVICE_STALL], 0);
    assert_int_equal(outcome.calls[SERVICE_READ_KEY_STROKE], 2);
    scene_free_outcome(&outcome);
    outcome = scene_run(scene, &(struct run){.setup.no_console = true});
    expect_system(&outcome, scene_expectation(scene));
    scene_free_outcome(&outcome);
    scene_close(scene);
}

/* The first look at the keyboard finds nothing; the second one comes before Xen. */
static void a_held_key_may_come_late(void **state)
{
    struct scene *scene = scene_open("menu-keys");
    struct run run = {.service = SERVICE_READ_KEY_STROKE, .nth = 1, .failure = EFI_NOT_READY};
    struct outcome outcome = scene_run(scene, &run);

    (void)state;
    expect_system(&outcome, scene_expectation(scene));
    assert_non_null(strstr(outcome.console, ">  1  new  default"));
    scene_free_outcome(&outcome);
    run.keys = " " ESCAPE;
    outcome = scene_run(scene, &run);
    expect_failure(&outcome, EFI_ABORTED, "nothing was started; back to the firmware\n");
    scene_free_outcome(&outcome);
    scene_close(scene);
}

static void a_person_goes_back_to_the_firmware(void **state)
{
    struct scene *scene = scene_open("menu");
    struct outcome outcome = scene_run(scene, &(struct run){.keys = " d e " ESCAPE});

    (void)state;
    expect_failure(&outcome, EFI_ABORTED, "nothing was started; back to the firmware\n");
    assert_int_equal(outcome.starts, 0);
    assert_non_null(strstr(outcome.console, "muster.cfg, section [new]"));
    assert_non_null(strstr(outcome.console, "No mistakes were found."));
    scene_free_outcome(&outcome);
    scene_close(scene);
}

/* Who chose a section wanted that one: there is no fallback. */
static void a_chosen_section_has_no_fallback(void **state)
{
    struct scene *scene = scene_open("fallback");
    struct outcome outcome = scene_run(scene, &(struct run){.keys = " e \r"});

    (void)state;
    expect_failure(&outcome, EFI_LOAD_ERROR, "nothing was started; back to the firmware\n");
    assert_int_equal(outcome.starts, 0);
    scene_free_outcome(&outcome);
    scene_close(scene);
}

static void debug_writes_the_tree(void **state)
{
    struct scene *scene = scene_open(USUAL);
    struct outcome outcome;
    char volume[64];
    char path[128];
    static char tree[65536];
    FILE *file;
    size_t size;

    (void)state;
    copy_volume(scene, volume);
    snprintf(path, sizeof(path), "%s/EFI/BOOT/MUSTER-TREE.DTB", volume);
    fclose(fopen(path, "wb"));
    assert_int_equal(truncate(path, 60000), 0);
    outcome = scene_run(scene, &(struct run){.load_options = "-debug",
                                             .setup.volume = volume,
                                             .setup.writable = true,
                                             .setup.fixup = true});
    expect_system(&outcome, scene_expectation(scene));
    assert_null(strstr(outcome.console, "warning"));
    snprintf(path, sizeof(path), "%s/EFI/BOOT/muster-tree.dtb", volume);
    file = fopen(path, "rb");
    assert_non_null(file);
    size = fread(tree, 1, sizeof(tree), file);
    fclose(file);
    assert_int_equal(fdt_totalsize(tree), size);
    assert_int_equal(fdt_check_full(tree, size), 0);
    assert_true(fdt_path_offset(tree, "/chosen/domU1") > 0);
    assert_null(fdt_getprop(tree, fdt_path_offset(tree, "/chosen"), "kaslr-seed", NULL));
    assert_null(fdt_getprop(tree, fdt_path_offset(tree, "/chosen"), "rng-seed", NULL));
    scene_free_outcome(&outcome);
    remove_volume(volume);
    scene_close(scene);
}

/* A file that is not whole is not a reason not to boot. */
static void debug_warns_of_a_full_volume(void **state)
{
    struct scene *scene = scene_open(USUAL);
    struct outcome outcome;
    char volume[64];

    (void)state;
    copy_volume(scene, volume);
    outcome = scene_run(scene, &(struct run){.load_options = "-debug",
                                             .setup.volume = volume,
                                             .setup.writable = true,
                                             .setup.odd_write = true});
    expect_system(&outcome, scene_expectation(scene));
    assert_non_null(strstr(outcome.console, "warning: cannot write muster-tree.dtb: "));
    scene_free_outcome(&outcome);
    remove_volume(volume);
    scene_close(scene);
}

static void debug_shows_times(void **state)
{
    struct scene *scene = scene_open(USUAL);
    struct outcome outcome = scene_run(scene, &(struct run){.load_options = "-debug"});

    (void)state;
    expect_system(&outcome, scene_expectation(scene));
    assert_non_null(strstr(outcome.console, "load"));
    assert_non_null(strstr(outcome.console, " ms"));
    /* The volume of a scene cannot be written. */
    assert_non_null(
        strstr(outcome.console, "warning: cannot write muster-tree.dtb: access was denied\n"));
    scene_free_outcome(&outcome);
    scene_close(scene);
}

/* Mistakes, and machines on which Xen cannot run */

static void fails_on(const char *name, const struct run *run, EFI_STATUS status,
                     const char *sentence)
{
    struct scene *scene = scene_open(name);
    struct outcome outcome = scene_run(scene, run);

    expect_failure(&outcome, status, sentence);
    scene_free_outcome(&outcome);
    scene_close(scene);
}

#define NODE(type, subtype, size) type, subtype, size, 0
#define UNITS(a, b, c)            a, 0, b, 0, c, 0
#define PATH_END                  NODE(0x7f, 0xff, 4)

/* Without a name in its path the loader is taken for a file in the root. */
static void the_image_path_may_be_anything(void **state)
{
    static const uint8_t paths[][32] = {
        {PATH_END},
        {NODE(4, 4, 4), PATH_END},
        {NODE(4, 4, 5), 'x', PATH_END},
        {NODE(4, 4, 6), 0, 0, PATH_END},
        {NODE(4, 3, 6), 'x', 0, PATH_END},
        {NODE(3, 4, 6), 'x', 0, PATH_END},
        /* A node without a length would be the last one for ever. */
        {NODE(4, 1, 0)},
        {NODE(4, 1, 3)},
    };

    (void)state;
    fails_on(USUAL, &(struct run){.setup.image_path = ""}, EFI_LOAD_ERROR,
             "error: no configuration file in / (tried muster.cfg, xen.cfg)");
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        fails_on(USUAL, &(struct run){.setup.image_device_path = paths[i]}, EFI_LOAD_ERROR,
                 "error: no configuration file in / (tried ");
    }
}

/* The name goes to the end of its node where it has no other; halves of pairs are no text. */
static void the_image_name_may_have_no_end(void **state)
{
    static const uint8_t path[] = {NODE(4, 4, 10), UNITS('a', 'b', '/'), NODE(4, 4, 10),
                                   UNITS('\\', 'd', 'e'), PATH_END};
    static const uint8_t half[] = {NODE(4, 4, 10), 0x21, 0xff, 'a',  0,    'b',     0,
                                   NODE(4, 4, 8),  'd',  0,    0x3d, 0xd8, PATH_END};

    (void)state;
    fails_on(USUAL, &(struct run){.setup.image_device_path = path}, EFI_LOAD_ERROR,
             "error: no configuration file in /ab (tried de.cfg, muster.cfg, xen.cfg)");
    fails_on(USUAL, &(struct run){.setup.image_device_path = half}, EFI_LOAD_ERROR,
             "error: no configuration file in /\xef\xbc\xa1"
             "ab (tried d\xef\xbf\xbd.cfg, muster.cfg, xen.cfg)");
}

static void protocols_may_be_null(void **state)
{
    static EFI_GUID image = EFI_LOADED_IMAGE_PROTOCOL_GUID;
    static EFI_GUID volume = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
    static EFI_GUID path = EFI_DEVICE_PATH_PROTOCOL_GUID;
    static EFI_GUID fixup = DT_FIXUP_PROTOCOL_GUID;

    (void)state;
    fails_on(USUAL, &(struct run){.setup.null_protocol = &image}, EFI_UNSUPPORTED,
             "error: the firmware does not tell where the loader was started from\n");
    fails_on(USUAL, &(struct run){.setup.null_protocol = &volume}, EFI_LOAD_ERROR,
             "error: cannot read configuration BOOTAA64.cfg: the firmware reads no file system or "
             "server there\n");
    boots_on(&(struct run){.setup.null_protocol = &path});
    boots_on(&(struct run){.setup.null_protocol = &fixup});
}

/* The name of a file may be that of a directory. */
static void a_directory_is_no_file(void **state)
{
    struct scene *scene = scene_open(USUAL);
    struct outcome outcome;
    char volume[64];
    char path[128];

    (void)state;
    copy_volume(scene, volume);
    snprintf(path, sizeof(path), "%s/EFI/BOOT/ramdisk-domB.img", volume);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    outcome = scene_run(scene, &(struct run){.setup.volume = volume});
    expect_failure(&outcome, EFI_LOAD_ERROR,
                   "error: cannot open ramdisk-domB.img: it is a directory\n");
    scene_free_outcome(&outcome);
    remove_volume(volume);
    scene_close(scene);
}

static void el1_is_not_enough(void **state)
{
    (void)state;
    fails_on(USUAL, &(struct run){.setup.exception_level = 1}, EFI_LOAD_ERROR, "EL1");
}

static void a_section_is_missing(void **state)
{
    (void)state;
    fails_on(USUAL, &(struct run){.load_options = "nowhere"}, EFI_LOAD_ERROR, "nowhere");
}

static void the_watchdog_is_off_after_a_failure(void **state)
{
    (void)state;
    fails_on(USUAL, &(struct run){.setup.no_watchdog = true, .xen_returns = EFI_ABORTED},
             EFI_ABORTED, "xen.efi");
}

static void xen_may_be_refused(void **state)
{
    (void)state;
    fails_on(USUAL, &(struct run){.setup.secure_boot = true}, EFI_SECURITY_VIOLATION,
             "error: xen.efi is refused by the firmware: security violation (status "
             "0x800000000000001a)\n"
             "  hint: with Secure Boot, the hypervisor has to be signed\n");
}

/* The statuses of the firmware are said in words, where a file is not what they are about. */
static void statuses_are_said(void **state)
{
    static const struct {
        EFI_STATUS status;
        const char *sentence;
    } cases[] = {
        {EFI_LOAD_ERROR, "xen.efi is refused by the firmware: load error (status "},
        {EFI_INVALID_PARAMETER, "xen.efi is refused by the firmware: invalid parameter (status "},
        {EFI_UNSUPPORTED, "xen.efi is refused by the firmware: unsupported (status "},
        {EFI_DEVICE_ERROR, "xen.efi is refused by the firmware: device error (status "},
        {EFI_OUT_OF_RESOURCES, "xen.efi is refused by the firmware: out of memory (status "},
        {EFI_NOT_FOUND, "xen.efi is refused by the firmware: not found (status "},
        {EFI_ACCESS_DENIED, "xen.efi is refused by the firmware: access denied (status "},
        {EFI_SECURITY_VIOLATION, "xen.efi is refused by the firmware: security violation (status "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fails_on(USUAL,
                 &(struct run){.service = SERVICE_LOAD_IMAGE, .nth = 1, .failure = cases[i].status},
                 cases[i].status, cases[i].sentence);
    }
}

/* The tree is the last that memory is needed for, and the first that the firmware is given. */
static void the_tree_may_be_refused(void **state)
{
    /* Too little is free for a block, where the tree would have its place. */
    static struct firmware_region scarce[] = {{0x40000000, 0x30000, EfiBootServicesData},
                                              {0x70000000, 0xf00, EfiConventionalMemory}};
    struct run run = {.setup.regions = scarce, .setup.region_count = 2};
    struct scene *scene = scene_open(USUAL);
    struct outcome outcome = scene_run(scene, &run);

    (void)state;
    run.service = SERVICE_ALLOCATE_PAGES;
    run.nth = outcome.calls[SERVICE_ALLOCATE_PAGES];
    run.failure = EFI_OUT_OF_RESOURCES;
    scene_free_outcome(&outcome);
    scene_close(scene);
    fails_on(USUAL, &run, EFI_OUT_OF_RESOURCES,
             "error: the finished device tree has no room in memory: ");
    fails_on(USUAL,
             &(struct run){.service = SERVICE_INSTALL_CONFIGURATION_TABLE,
                           .nth = 1,
                           .failure = EFI_OUT_OF_RESOURCES},
             EFI_OUT_OF_RESOURCES,
             "error: the finished device tree is refused by the firmware: out of memory");
}

/* Xen came back, and the firmware's tree cannot be put back: what it stands in is not freed. */
static void the_old_tree_may_be_refused(void **state)
{
    struct scene *scene = scene_open(USUAL);
    struct outcome outcome =
        scene_run(scene, &(struct run){.xen_returns = EFI_ABORTED,
                                       .service = SERVICE_INSTALL_CONFIGURATION_TABLE,
                                       .nth = 2,
                                       .failure = EFI_OUT_OF_RESOURCES});

    (void)state;
    assert_int_equal(outcome.status, EFI_ABORTED);
    assert_non_null(
        strstr(outcome.console, "error: the firmware does not take its device tree back\n"));
    assert_null(strstr(outcome.problems, FREED_MEMORY));
    scene_free_outcome(&outcome);
    scene_close(scene);
}

static void the_image_may_be_unknown(void **state)
{
    (void)state;
    fails_on(
        USUAL,
        &(struct run){.service = SERVICE_HANDLE_PROTOCOL, .nth = 1, .failure = EFI_UNSUPPORTED},
        EFI_UNSUPPORTED, "error: the firmware does not tell where the loader was started from\n");
}

static void xen_may_return(void **state)
{
    (void)state;
    fails_on(USUAL, &(struct run){.xen_returns = EFI_ABORTED}, EFI_ABORTED, "xen.efi");
    fails_on(USUAL, &(struct run){.xen_returns = EFI_LOAD_ERROR}, EFI_LOAD_ERROR, "xen.efi");
    fails_on(USUAL, &(struct run){.xen_returns = EFI_CRC_ERROR}, EFI_CRC_ERROR,
             "xen.efi returned without starting, its reason stands above: another status (status "
             "0x800000000000001b)");
    fails_on(USUAL, &(struct run){.xen_ends = true}, EFI_ABORTED,
             "xen.efi returned without starting, its reason stands above: success (status 0x0)");
}

/*
 * A file is missing, and each call fails once while a name like it is looked for. Which mistake is
 * said first depends on the call.
 */
static void names_are_looked_for_in_vain(enum service service, EFI_STATUS failure)
{
    struct scene *scene = scene_open(USUAL);
    bool has_failed = true;
    char volume[64];
    char path[128];

    copy_volume(scene, volume);
    snprintf(path, sizeof(path), "%s/EFI/BOOT/ramdisk-domB.img", volume);
    assert_int_equal(unlink(path), 0);
    for (unsigned nth = 1; has_failed; nth++) {
        struct outcome outcome = scene_run(
            scene, &(struct run){
                       .setup.volume = volume, .service = service, .nth = nth, .failure = failure});

        has_failed = outcome.failed;
        expect_failure(&outcome, outcome.status, "error: ");
        assert_int_equal(outcome.starts, 0);
        if (!has_failed) {
            expect_failure(&outcome, EFI_LOAD_ERROR,
                           "cannot open ramdisk-domB.img: there is no such file\n"
                           "  hint: did you mean ramdisk-domA.img?");
        }
        scene_free_outcome(&outcome);
    }
    remove_volume(volume);
    scene_close(scene);
}

static void names_are_looked_for(void **state)
{
    (void)state;
    names_are_looked_for_in_vain(SERVICE_ALLOCATE_POOL, EFI_OUT_OF_RESOURCES);
    names_are_looked_for_in_vain(SERVICE_FILE_READ, EFI_DEVICE_ERROR);
    names_are_looked_for_in_vain(SERVICE_FILE_OPEN, EFI_DEVICE_ERROR);
}

static void there_may_be_no_volume(void **state)
{
    (void)state;
    fails_on(USUAL, &(struct run){.setup.no_device = true}, EFI_LOAD_ERROR,
             "error: cannot read configuration BOOTAA64.cfg: the firmware reads no file system or "
             "server there\n"
             "  hint: start the loader from a FAT partition, or put all files into it with muster "
             "seal --embed\n");
}

static void a_file_is_shorter_than_it_says(void **state)
{
    (void)state;
    fails_on(USUAL, &(struct run){.setup.odd_file_size = true}, EFI_LOAD_ERROR, "muster.cfg");
    fails_on(USUAL, &(struct run){.setup.odd_read = true}, EFI_LOAD_ERROR,
             "error: cannot read configuration muster.cfg: the file ended too early\n");
}

/* With each page of memory more, Muster comes further, until Xen starts. */
static void memory_may_be_short(void **state)
{
    struct scene *scene = scene_open("dom0");
    struct outcome outcome = {0};
    unsigned failures = 0;
    uint64_t pages = 4;

    (void)state;
    do {
        struct firmware_region region = {0x40000000, pages, EfiConventionalMemory};

        scene_free_outcome(&outcome);
        outcome =
            scene_run(scene, &(struct run){.setup.regions = &region, .setup.region_count = 1});
        if (outcome.status != IMAGE_NEVER_RETURNS) {
            assert_true(outcome.status == EFI_LOAD_ERROR || outcome.status == EFI_OUT_OF_RESOURCES);
            expect_failure(&outcome, outcome.status, "memory");
            failures++;
        }
        pages += pages / 16 + 1;
    } while (outcome.status != IMAGE_NEVER_RETURNS && pages < 0x100000);
    expect_system(&outcome, scene_expectation(scene));
    assert_true(failures > 10);
    scene_free_outcome(&outcome);
    scene_close(scene);
}

/* Sealed systems */

#define SEALED "sealed-tree" /* the scene that they are tried on */

static void expect_boot(const struct run *run, const char *system)
{
    struct scene *scene = scene_open(SEALED);
    struct outcome outcome = scene_run(scene, run);

    expect_system(&outcome, system != NULL ? system : scene_expectation(scene));
    scene_free_outcome(&outcome);
    scene_close(scene);
}

static void a_sealed_system_boots_anywhere(void **state)
{
    (void)state;
    expect_boot(&(struct run){.setup.secure_boot = true}, NULL);
    expect_boot(&(struct run){.setup.strict = true}, NULL);
    expect_boot(&(struct run){.setup.read_limit = 999}, NULL);
    expect_boot(&(struct run){.setup.fixup = true}, NULL);
    /* Names are relative to where it was sealed, and no file beside it is looked for. */
    expect_boot(&(struct run){.setup.image_path = "\\elsewhere\\other.efi"}, NULL);
    expect_boot(&(struct run){.setup.no_variables = true}, NULL);
}

static void a_sealed_section_can_be_chosen(void **state)
{
    (void)state;
    expect_boot(&(struct run){.load_options = "second"},
                "start xen.efi\n"
                "xen \"console=dtuart noreboot\"\n"
                "guest multiboot,kernel Image \"console=ttyAMA0\"\n"
                "guest multiboot,ramdisk other.img\n");
    fails_on(SEALED, &(struct run){.load_options = "third"}, EFI_LOAD_ERROR,
             "error: there is no section [third] in muster.cfg\n");
}

/* The console of a boot with load options that change nothing of what is started. */
static void expect_refusal(const char *options, const char *sentence)
{
    struct scene *scene = scene_open(SEALED);
    struct outcome outcome =
        scene_run(scene, &(struct run){.load_options = options, .setup.writable = true});

    expect_system(&outcome, scene_expectation(scene));
    if (strstr(outcome.console, sentence) == NULL) {
        print_outcome(&outcome);
        fail_msg("expected \"%s\"", sentence);
    }
    assert_int_equal(outcome.calls[SERVICE_FILE_WRITE], 0);
    scene_free_outcome(&outcome);
    scene_close(scene);
}

static void load_options_of_a_sealed_system_are_refused(void **state)
{
    (void)state;
    expect_refusal("-cfg=other.cfg", "warning: -cfg= is ignored, as the loader is sealed\n");
    expect_refusal("-force", "warning: -force is ignored, as the loader is sealed\n");
    expect_refusal("-- flask=disabled",
                   "warning: what follows -- is ignored, as the loader is sealed\n");
    expect_refusal("-debug", "warning: -debug writes no file, as the loader is sealed\n");
}

static void write_file(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* A byte more, a byte less, another byte, another sealed file: it is not used, and named. */
static void change_file(const char *volume, const char *name, const char *how)
{
    char command[1024];

    snprintf(command, sizeof(command), "cd %s/EFI/BOOT && f=%s && %s", volume, name, how);
    assert_int_equal(system(command), 0);
}

static void expect_altered(const char *name, const char *how, const char *sentence)
{
    struct scene *scene = scene_open(SEALED);
    struct outcome outcome;
    char volume[64];

    copy_volume(scene, volume);
    change_file(volume, name, how);
    outcome = scene_run(scene, &(struct run){.setup.volume = volume});
    expect_failure(&outcome, EFI_LOAD_ERROR, sentence);
    assert_non_null(strstr(outcome.console, name));
    assert_int_equal(outcome.starts, 0);
    scene_free_outcome(&outcome);
    remove_volume(volume);
    scene_close(scene);
}

static void an_altered_file_is_not_used(void **state)
{
    static const char *const names[] = {"xen.efi", "Image", "initrd.img"};
    static const char *const ways[] = {
        "printf X | dd of=$f bs=1 seek=4990 conv=notrunc status=none",
        "printf X >>$f",
        "truncate -s -1 $f",
        "truncate -s 0 $f",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        for (size_t j = 0; j < sizeof(ways) / sizeof(ways[0]); j++) {
            expect_altered(names[i], ways[j], ": it is not the file that was sealed\n");
        }
        expect_altered(names[i], "rm $f", ": there is no such file\n");
    }
    expect_altered("xen.efi", "cp Image $f", ": it is not the file that was sealed\n");
}

/* A file that the loader holds does not matter beside it. */
static void an_embedded_file_is_the_loaders(void **state)
{
    struct scene *scene = scene_open(SEALED);
    struct outcome outcome;
    char volume[64];

    (void)state;
    copy_volume(scene, volume);
    change_file(volume, "guest.dtb",
                "echo bad >$f && echo bad >other.img && echo '[x]' >muster.cfg");
    outcome = scene_run(scene, &(struct run){.setup.volume = volume});
    expect_system(&outcome, scene_expectation(scene));
    scene_free_outcome(&outcome);
    remove_volume(volume);
    scene_close(scene);
}

/* The loader with a changed byte of its seal; the firmware would not start it if it was signed. */
static void expect_broken_seal(const char *from, const char *to, const char *sentence)
{
    struct scene *scene = scene_open(SEALED);
    struct outcome outcome;
    char volume[64];
    char change[256];
    char loader[128];

    copy_volume(scene, volume);
    snprintf(change, sizeof(change), "LC_ALL=C sed -i '0,/%s/s//%s/' $f", from, to);
    change_file(volume, "BOOTAA64.EFI", change);
    snprintf(loader, sizeof(loader), "%s/EFI/BOOT/BOOTAA64.EFI", volume);
    outcome = scene_run(scene, &(struct run){.setup.volume = volume, .setup.image = loader});
    expect_failure(&outcome, EFI_SECURITY_VIOLATION, sentence);
    assert_int_equal(outcome.starts, 0);
    scene_free_outcome(&outcome);
    remove_volume(volume);
    scene_close(scene);
}

static void a_broken_seal_is_no_seal(void **state)
{
    (void)state;
    expect_broken_seal("[0-9][0-9][0-9] .EFI.BOOT.muster.cfg", "999 \\/EFI\\/BOOT\\/muster.cfg",
                       "error: the loader's seal cannot be used: .config, line ");
    expect_broken_seal("\\.config", ".elsewh",
                       "error: the loader's seal cannot be used: there is no section .config\n"
                       "  hint: make it again with muster seal\n"
                       "nothing was started; back to the firmware\n");
    expect_broken_seal("8192 .EFI.BOOT.xen.efi", "8192 EFI\\/BOOT\\/xen.efiX",
                       "error: the loader's seal cannot be used: .digests, line ");
}

static void set_byte(struct firmware *fw, const char *name, uint8_t value)
{
    firmware_set_variable(fw, name, &value, 1);
}

static void without_a_seal(const struct run *run, bool starts)
{
    struct scene *scene = scene_open(USUAL);
    struct outcome outcome = scene_run(scene, run);

    if (starts) {
        expect_system(&outcome, scene_expectation(scene));
    } else {
        expect_failure(&outcome, EFI_SECURITY_VIOLATION,
                       "error: Secure Boot is on, and this loader has no seal: it could not verify "
                       "what it starts\n"
                       "  hint: seal the system with muster seal, and sign the result\n"
                       "nothing was started; back to the firmware\n");
        assert_int_equal(outcome.starts, 0);
    }
    scene_free_outcome(&outcome);
    scene_close(scene);
}

static void secure_on(struct firmware *fw)
{
    set_byte(fw, "SecureBoot", 1);
    set_byte(fw, "SetupMode", 0);
}

static void secure_off(struct firmware *fw)
{
    set_byte(fw, "SecureBoot", 0);
    set_byte(fw, "SetupMode", 0);
}

static void in_setup(struct firmware *fw)
{
    set_byte(fw, "SecureBoot", 1);
    set_byte(fw, "SetupMode", 1);
}

static void secure_alone(struct firmware *fw)
{
    set_byte(fw, "SecureBoot", 1);
}

static void secure_and_long(struct firmware *fw)
{
    firmware_set_variable(fw, "SecureBoot", "\0\0", 2);
}

static void secure_boot_wants_a_seal(void **state)
{
    (void)state;
    without_a_seal(&(struct run){.prepare = secure_on}, false);
    without_a_seal(&(struct run){.prepare = secure_alone}, false);
    without_a_seal(&(struct run){.prepare = secure_and_long}, false);
    without_a_seal(&(struct run){.prepare = secure_off}, true);
    without_a_seal(&(struct run){.prepare = in_setup}, true);
    without_a_seal(
        &(struct run){.service = SERVICE_GET_VARIABLE, .nth = 1, .failure = EFI_DEVICE_ERROR},
        false);
    expect_boot(&(struct run){.prepare = secure_on, .setup.secure_boot = true}, NULL);
}

/* Xen comes back to the loader, by its own means or by Exit, and the firmware's Exit is in place.
 */
static void a_sealed_xen_may_return(void **state)
{
    (void)state;
    fails_on(SEALED, &(struct run){.xen_returns = EFI_ABORTED}, EFI_ABORTED,
             "error: xen.efi returned without starting, its reason stands above: aborted (status "
             "0x8000000000000015)\n");
    fails_on(SEALED, &(struct run){.xen_returns = EFI_ABORTED, .setup.strict = true}, EFI_ABORTED,
             "error: xen.efi returned without starting, its reason stands above: aborted (status "
             "0x8000000000000015)\n");
    fails_on(SEALED, &(struct run){.xen_ends = true}, EFI_ABORTED,
             "error: xen.efi returned without starting, its reason stands above: success (status "
             "0x0)\n");
}

static void a_sealed_xen_may_find_no_room(void **state)
{
    struct scene *scene = scene_open(SEALED);
    struct outcome outcome = scene_run(scene, &(struct run){0});
    unsigned claim = outcome.calls[SERVICE_ALLOCATE_PAGES];

    (void)state;
    scene_free_outcome(&outcome);
    scene_close(scene);
    fails_on(SEALED,
             &(struct run){
                 .service = SERVICE_ALLOCATE_PAGES, .nth = claim, .failure = EFI_OUT_OF_RESOURCES},
             EFI_OUT_OF_RESOURCES, "error: xen.efi cannot be loaded: out of memory (status ");
}

/* A Xen with other headers whose digest is right: only the loader of programs stands against it. */

#define XEN_SIZE 8192

/* Writes four bytes, little endian, into the scene's xen.efi, and its digest into the seal. */
static void forge_xen(const struct scene *scene, const char *volume, size_t offset, uint32_t value)
{
    static const char entry[] = " 8192 /EFI/BOOT/xen.efi\n";
    char path[128];
    uint8_t xen[XEN_SIZE];
    uint8_t digest[32];
    size_t size;
    char *loader;
    char *at;

    snprintf(path, sizeof(path), "%s/xen.efi", scene_directory(scene));
    loader = host_content(path, &size);
    assert_int_equal(size, sizeof(xen));
    memcpy(xen, loader, sizeof(xen));
    free(loader);
    memcpy(xen + offset, &value, sizeof(value));
    snprintf(path, sizeof(path), "%s/EFI/BOOT/xen.efi", volume);
    write_file(path, xen, sizeof(xen));
    SHA256(xen, sizeof(xen), digest);
    snprintf(path, sizeof(path), "%s/EFI/BOOT/BOOTAA64.EFI", volume);
    loader = host_content(path, &size);
    at = memmem(loader, size, entry, strlen(entry));
    assert_non_null(at);
    for (size_t i = 0; i < sizeof(digest); i++) {
        char digits[3];

        snprintf(digits, sizeof(digits), "%02x", digest[i]);
        memcpy(at - 64 + 2 * i, digits, 2);
    }
    write_file(path, loader, size);
    free(loader);
}

static struct outcome boot_forged(const struct scene *scene, const char *volume, size_t offset,
                                  uint32_t value)
{
    char loader[128];

    forge_xen(scene, volume, offset, value);
    snprintf(loader, sizeof(loader), "%s/EFI/BOOT/BOOTAA64.EFI", volume);
    return scene_run(scene, &(struct run){.setup.volume = volume,
                                          .setup.image = loader,
                                          .setup.strict = true,
                                          .xen_returns = EFI_ABORTED});
}

#define XEN_PE      64 /* where scenes.py has the PE signature */
#define XEN_SECTION (XEN_PE + 24 + 160)

static void a_hostile_xen_is_refused(void **state)
{
    static const struct {
        size_t offset;
        uint32_t value;
        const char *sentence;
    } cases[] = {
        {XEN_PE + 24 + 68, 11, "it is not an EFI application"},
        {XEN_PE + 24 + 56, 4096, "its headers contradict each other"}, /* the image ends early */
        {XEN_PE + 24 + 16, 16, "its headers contradict each other"},   /* entry in the headers */
        {XEN_PE + 24 + 112 + 5 * 8 + 4, 8, "it needs to be relocated"},
        {XEN_SECTION + 12, 0xfffff000, "its headers contradict each other"},
        {XEN_SECTION + 36, 0x40000040, "its headers contradict each other"}, /* not executable */
    };
    struct scene *scene = scene_open(SEALED);
    char volume[64];

    (void)state;
    copy_volume(scene, volume);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct outcome outcome = boot_forged(scene, volume, cases[i].offset, cases[i].value);
        char sentence[128];

        snprintf(sentence, sizeof(sentence), "error: xen.efi cannot be loaded: %s\n",
                 cases[i].sentence);
        expect_failure(&outcome, EFI_LOAD_ERROR, sentence);
        assert_int_equal(outcome.starts, 0);
        scene_free_outcome(&outcome);
    }
    remove_volume(volume);
    scene_close(scene);
}

/* Headers that end behind the image are preflight's to find. */
static void a_xen_of_wrong_headers_is_refused(void **state)
{
    struct scene *scene = scene_open(SEALED);
    struct outcome outcome;
    char volume[64];

    (void)state;
    copy_volume(scene, volume);
    outcome = boot_forged(scene, volume, XEN_PE + 24 + 60, 0x4000);
    expect_failure(&outcome, EFI_LOAD_ERROR,
                   "error: xen.efi is not an EFI program for arm64\n"
                   "  hint: its headers contradict each other\n");
    assert_int_equal(outcome.starts, 0);
    scene_free_outcome(&outcome);
    remove_volume(volume);
    scene_close(scene);
}

/* Any field of the headers may be anything. */
static void no_headers_of_xen_do_harm(void **state)
{
    static const uint32_t values[] = {0, 1, 0x1001, 0x80000000, 0xffffffff};
    struct scene *scene = scene_open(SEALED);
    char volume[64];

    (void)state;
    copy_volume(scene, volume);
    for (size_t offset = XEN_PE; offset < XEN_SECTION + 40; offset += 4) {
        for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
            struct outcome outcome = boot_forged(scene, volume, offset, values[i]);

            if (*outcome.problems != '\0') {
                fprintf(stderr, "0x%x at %zu\n", values[i], offset);
                print_outcome(&outcome);
            }
            assert_string_equal(outcome.problems, "");
            scene_free_outcome(&outcome);
        }
    }
    remove_volume(volume);
    scene_close(scene);
}

/* Modules and domains in the firmware's tree are dropped, each with a warning. */
static void a_sealed_machine_is_only_described(void **state)
{
    static const char *const sentences[] = {
        "/chosen: warning: bootargs is not taken from the firmware, as the loader is sealed\n",
        "/chosen: warning: xen,xen-bootargs is not taken from the firmware, as the loader is "
        "sealed\n",
        "/chosen: warning: linux,initrd-start is not taken from the firmware, as the loader is "
        "sealed\n",
        "/chosen: warning: linux,initrd-end is not taken from the firmware, as the loader is "
        "sealed\n",
        "/chosen/module@60000000: warning: this node is not taken from the firmware, as the loader "
        "is sealed\n",
        "/chosen/spy: warning: this node is not taken from the firmware, as the loader is sealed\n",
        "/chosen/nameless: warning: this node is not taken from the firmware, as the loader is "
        "sealed\n",
        "/chosen/disguise: warning: this node is not taken from the firmware, as the loader is "
        "sealed\n",
    };
    struct scene *scene = scene_open("sealed-machine");
    struct outcome outcome = scene_run(scene, &(struct run){0});

    (void)state;
    expect_system(&outcome, scene_expectation(scene));
    for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
        assert_non_null(strstr(outcome.console, sentences[i]));
    }
    assert_null(strstr(outcome.console, "framebuffer"));
    assert_null(strstr(outcome.console, "stdout-path"));
    scene_free_outcome(&outcome);
    scene_close(scene);
}

/* Fix-ups for a sealed tree: what they add to /chosen is dropped, what they change is put back. */
static void fixups_do_not_change_what_is_sealed(void **state)
{
    struct scene *scene = scene_open(SEALED);
    struct outcome outcome =
        scene_run(scene, &(struct run){.setup.fixup = true, .setup.evil_fixup = true});

    (void)state;
    expect_failure(&outcome, EFI_LOAD_ERROR,
                   "/chosen/guest: error: the firmware's fix-ups changed this node, which is "
                   "sealed\n"
                   "  hint: keep the firmware from editing /chosen, or leave dtb= out\n");
    assert_non_null(strstr(
        outcome.console,
        "/chosen: warning: bootargs is not taken from the firmware, as the loader is sealed\n"));
    assert_non_null(strstr(outcome.console, "/chosen/added: warning: this node is not taken from "
                                            "the firmware, as the loader is sealed\n"));
    scene_free_outcome(&outcome);
    scene_close(scene);
}

/* Measured boots */

static char *sha256_of(const void *bytes, size_t size, char text[65])
{
    uint8_t digest[32];

    SHA256(bytes, size, digest);
    for (size_t i = 0; i < sizeof(digest); i++) {
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    }
    return text;
}

/* Adds the event for a file of the scene. */
static void expect_file(char *expected, const struct scene *scene, const char *name)
{
    char path[1024];
    char digest[65];
    size_t size;
    void *content;

    snprintf(path, sizeof(path), "%s/%s", scene_directory(scene), name);
    content = host_content(path, &size);
    sprintf(expected + strlen(expected), "11 file %s %zu /EFI/BOOT/%s\n",
            sha256_of(content, size, digest), size, name);
    free(content);
}

static void expect_section(char *expected, const char *section)
{
    sprintf(expected, "11 section %s\n", section);
}

static void expect_request(char *expected, const struct scene *scene, const char *options)
{
    char path[1024];
    char digest[65];
    size_t size;
    void *tree;

    snprintf(path, sizeof(path), "%s/../../../firmware.dtb", scene_directory(scene));
    tree = host_content(path, &size);
    sprintf(expected + strlen(expected), "12 options %s\n12 tree %s %zu\n", options,
            sha256_of(tree, size, digest), size);
    free(tree);
}

static void a_sealed_boot_is_measured(void **state)
{
    struct scene *scene = scene_open(SEALED);
    struct outcome outcome =
        scene_run(scene, &(struct run){.setup.tcg2 = true, .load_options = "second"});
    char expected[4096];

    (void)state;
    expect_section(expected, "second");
    expect_file(expected, scene, "guest.dtb");
    expect_file(expected, scene, "xen.efi");
    expect_file(expected, scene, "Image");
    expect_file(expected, scene, "other.img");
    expect_request(expected, scene, "second");
    strcat(expected, "4 program\n");
    assert_string_equal(outcome.measured, expected);
    assert_string_equal(outcome.problems, "");
    assert_null(strstr(outcome.console, "measured"));
    scene_free_outcome(&outcome);
    scene_close(scene);
}

/* The usual scene with another configuration, which begins with [global] and a line more. */
static struct outcome boot_measuring(const struct scene *scene, const char *line, struct run run,
                                     char volume[64])
{
    char change[256];

    copy_volume(scene, volume);
    snprintf(change, sizeof(change), "sed -i 's/^\\[global\\]/&\\n%s/' $f", line);
    change_file(volume, "muster.cfg", change);
    run.setup.volume = volume;
    return scene_run(scene, &run);
}

static void files_are_measured_on_request(void **state)
{
    struct scene *scene = scene_open(USUAL);
    char volume[64];
    struct outcome outcome = boot_measuring(scene, "", (struct run){.setup.tcg2 = true}, volume);
    char expected[4096];

    (void)state;
    expect_section(expected, "section1");
    expect_request(expected, scene, "");
    assert_string_equal(outcome.measured, expected);
    remove_volume(volume);
    scene_free_outcome(&outcome);
    outcome = boot_measuring(scene, "measure=no", (struct run){.setup.tcg2 = true}, volume);
    assert_string_equal(outcome.measured, "");
    remove_volume(volume);
    scene_free_outcome(&outcome);
    outcome = boot_measuring(scene, "measure=yes", (struct run){.setup.tcg2 = true}, volume);
    expect_section(expected, "section1");
    assert_memory_equal(outcome.measured, expected, strlen(expected));
    /* The configuration counts as well, although it was read before. */
    assert_non_null(strstr(outcome.measured, " /EFI/BOOT/muster.cfg\n11 file "));
    *expected = '\0';
    expect_file(expected, scene, "two-domains.dtb");
    expect_file(expected, scene, "xen.efi");
    expect_file(expected, scene, "vmlinuz-guest");
    expect_file(expected, scene, "ramdisk-domA.img");
    expect_file(expected, scene, "ramdisk-domB.img");
    expect_request(expected, scene, "");
    assert_string_equal(strstr(outcome.measured, ".cfg\n") + 5, expected);
    assert_int_equal(outcome.starts, 1);
    remove_volume(volume);
    scene_free_outcome(&outcome);
    scene_close(scene);
}

static void expect_measured(const char *name, const struct run *run, const char *lines)
{
    struct scene *scene = scene_open(name);
    struct outcome outcome = scene_run(scene, run);

    assert_non_null(strstr(outcome.measured, lines));
    assert_int_equal(outcome.starts, 1);
    scene_free_outcome(&outcome);
    scene_close(scene);
}

/* Of a section that could not be prepared nothing is measured; another one was started. */
static void a_fallback_is_measured_alone(void **state)
{
    struct scene *scene = scene_open(USUAL);
    struct outcome outcome;
    char volume[64];
    char expected[4096];

    (void)state;
    copy_volume(scene, volume);
    change_file(volume, "muster.cfg",
                "sed -i 's/^\\[global\\]/&\\nmeasure=yes\\nfallback=spare/' $f && "
                "printf '[spare]\\nkernel=vmlinuz-guest\\n' >>$f && rm ramdisk-domB.img");
    outcome = scene_run(scene, &(struct run){.setup.volume = volume, .setup.tcg2 = true});
    assert_int_equal(outcome.starts, 1);
    assert_memory_equal(outcome.measured, "11 section spare\n11 file ", 25);
    *expected = '\0';
    expect_file(expected, scene, "xen.efi");
    expect_file(expected, scene, "vmlinuz-guest");
    expect_request(expected, scene, "");
    assert_string_equal(strstr(outcome.measured, ".cfg\n") + 5, expected);
    scene_free_outcome(&outcome);
    remove_volume(volume);
    scene_close(scene);
}

static void the_log_is_kept_for_dom0(void **state)
{
    static const struct {
        const char *scene;
        struct run run;
        const char *sentence;
        bool is_kept;
    } cases[] = {
        {"dom0", {.setup.tcg2 = true}, NULL, true},
        {"dom0", {.setup.tcg2 = false}, NULL, false},
        {USUAL, {.setup.tcg2 = true}, NULL, false},
        {"dom0", {.setup.tcg2 = true, .service = SERVICE_TCG2_GET_LOG, .nth = 1}, NULL, false},
        {"dom0",
         {.setup.tcg2 = true, .service = SERVICE_TCG2_GET_LOG, .nth = 2},
         "warning: the TPM's log of events is not kept for dom0: the firmware has none\n"
         "starting Xen\n",
         false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct scene *scene = scene_open(cases[i].scene);
        struct run run = cases[i].run;
        struct outcome outcome;

        run.failure = EFI_INVALID_PARAMETER;
        outcome = scene_run(scene, &run);
        expect_system(&outcome, scene_expectation(scene));
        assert_int_equal(outcome.has_log, cases[i].is_kept);
        assert_true(cases[i].sentence != NULL ? strstr(outcome.console, cases[i].sentence) != NULL
                                              : strstr(outcome.console, "log of events") == NULL);
        scene_free_outcome(&outcome);
        scene_close(scene);
    }
}

static void what_is_not_there_is_measured(void **state)
{
    (void)state;
    expect_measured(USUAL,
                    &(struct run){.setup.tcg2 = true, .setup.tree = "", .setup.tree_size = 0},
                    "11 section section1\n12 options \n12 tree\n");
    expect_measured(USUAL,
                    &(struct run){.setup.tcg2 = true,
                                  .setup.tree =
                                      "This is not a device tree, though it is as long as a "
                                      "header.",
                                  .setup.tree_size = 57},
                    "12 options \n12 tree\n");
    expect_measured("sealed-machine", &(struct run){.setup.tcg2 = true}, "11 section\n11 file ");
}

static void a_boot_that_is_not_measured_says_so(void **state)
{
    static const struct {
        const char *line;
        struct run run;
        const char *sentence;
        bool starts;
    } cases[] = {
        {"measure=yes",
         {.setup.tcg2 = false},
         "warning: this boot cannot be measured: there is no TPM\nstarting Xen\n",
         true},
        {"measure=no", {.setup.tcg2 = false}, NULL, true},
        {"measure=required",
         {.setup.tcg2 = false},
         "error: this boot cannot be measured: there is no TPM\n"
         "nothing was started; back to the firmware\n",
         false},
        {"measure=required",
         {.setup.tcg2 = true, .setup.no_tpm = true},
         "error: this boot cannot be measured: there is no TPM\n",
         false},
        {"measure=required",
         {.setup.tcg2 = true,
          .service = SERVICE_HASH_LOG_EXTEND_EVENT,
          .nth = 5,
          .failure = EFI_DEVICE_ERROR},
         "error: this boot cannot be measured: device error\n",
         false},
        {"measure=yes",
         {.setup.tcg2 = true,
          .service = SERVICE_HASH_LOG_EXTEND_EVENT,
          .nth = 5,
          .failure = EFI_DEVICE_ERROR},
         "warning: this boot cannot be measured: device error\nstarting Xen\n",
         true},
    };
    struct scene *scene = scene_open(USUAL);

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char volume[64];
        struct outcome outcome = boot_measuring(scene, cases[i].line, cases[i].run, volume);

        if (cases[i].starts) {
            expect_system(&outcome, scene_expectation(scene));
        } else {
            expect_failure(&outcome, EFI_DEVICE_ERROR, cases[i].sentence);
        }
        assert_true(cases[i].sentence == NULL ||
                    strstr(outcome.console, cases[i].sentence) != NULL);
        remove_volume(volume);
        scene_free_outcome(&outcome);
    }
    scene_close(scene);
}

#define TEST(name) cmocka_unit_test(name)

static const struct CMUnitTest machines[] = {
    TEST(reads_may_be_short),
    TEST(descriptors_have_any_size),
    TEST(the_console_may_be_missing),
    TEST(variables_may_be_missing),
    TEST(the_device_path_may_be_missing),
    TEST(the_image_path_may_have_parts),
    TEST(the_image_path_may_be_anything),
    TEST(the_image_name_may_have_no_end),
    TEST(protocols_may_be_null),
    TEST(a_directory_is_no_file),
    TEST(the_image_name_may_be_any_text),
    TEST(nobody_may_know_the_time),
    TEST(acpi_tables_do_not_matter),
    TEST(the_firmware_may_have_no_tree),
    TEST(the_loader_may_be_anywhere),
    TEST(the_firmware_completes_a_tree_that_is_not_its_own),
    TEST(the_memory_map_is_read_with_room_to_spare),
    TEST(memory_may_be_in_pieces),
    TEST(memory_may_be_of_any_type),
    TEST(memory_may_be_uncached),
    TEST(a_large_file_shows_its_progress),
    TEST(a_bar_ends_where_the_file_does),
    TEST(pieces_are_small),
    TEST(a_disk_may_be_slow),
    TEST(the_watchdog_is_off_after_a_failure),
    TEST(an_empty_file_is_a_mistake),
    TEST(load_options_have_any_size),
    TEST(load_options_may_be_garbage),
    TEST(load_options_may_be_a_boot_option),
    TEST(help_is_no_boot),
    TEST(debug_shows_times),
    TEST(boots_are_counted),
    TEST(boots_are_not_counted_where_nothing_can_be_written),
    TEST(another_section_stands_in),
    TEST(a_person_chooses_a_section),
    TEST(a_menu_counts_down),
    TEST(a_held_key_may_come_late),
    TEST(a_person_goes_back_to_the_firmware),
    TEST(a_chosen_section_has_no_fallback),
    TEST(debug_writes_the_tree),
    TEST(debug_warns_of_a_full_volume),
    TEST(el1_is_not_enough),
    TEST(a_section_is_missing),
    TEST(xen_may_be_refused),
    TEST(statuses_are_said),
    TEST(the_tree_may_be_refused),
    TEST(the_old_tree_may_be_refused),
    TEST(the_image_may_be_unknown),
    TEST(xen_may_return),
    TEST(names_are_looked_for),
    TEST(there_may_be_no_volume),
    TEST(a_file_is_shorter_than_it_says),
    TEST(memory_may_be_short),
    TEST(a_sealed_system_boots_anywhere),
    TEST(a_sealed_section_can_be_chosen),
    TEST(load_options_of_a_sealed_system_are_refused),
    TEST(an_altered_file_is_not_used),
    TEST(an_embedded_file_is_the_loaders),
    TEST(a_broken_seal_is_no_seal),
    TEST(secure_boot_wants_a_seal),
    TEST(a_sealed_xen_may_return),
    TEST(a_sealed_xen_may_find_no_room),
    TEST(a_hostile_xen_is_refused),
    TEST(a_xen_of_wrong_headers_is_refused),
    TEST(no_headers_of_xen_do_harm),
    TEST(a_sealed_machine_is_only_described),
    TEST(fixups_do_not_change_what_is_sealed),
    TEST(a_sealed_boot_is_measured),
    TEST(files_are_measured_on_request),
    TEST(a_fallback_is_measured_alone),
    TEST(what_is_not_there_is_measured),
    TEST(the_log_is_kept_for_dom0),
    TEST(a_boot_that_is_not_measured_says_so),
};

#define MACHINES (sizeof(machines) / sizeof(machines[0]))

/* The arguments name the scenes that boot. */
int main(int count, char **names)
{
    struct CMUnitTest tests[SCENES_MAX + MACHINES];
    size_t scenes = 0;

    for (int i = 1; i < count && scenes < SCENES_MAX; i++) {
        tests[scenes++] = (struct CMUnitTest){names[i], a_scene_boots, NULL, NULL, names[i]};
    }
    memcpy(tests + scenes, machines, sizeof(machines));
    return _cmocka_run_group_tests("boot", tests, scenes + MACHINES, NULL, NULL);
}
