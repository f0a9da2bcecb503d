/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of stage config: the grammar, which file is read, and which entries of it count. */
#include <stdlib.h>

#include "core/base/text.h"
#include "core/config/choose.h"
#include "support.h"

/* The sections and entries of a parsed text as lines "[section]" and "line:column key=value". */
static const char *dump(struct arena *arena, const struct config *config)
{
    const char *all = "";

    for (const struct config_section *section = &config->head; section != NULL;
         section = section->next) {
        if (section->name != NULL)
            all = text_format(arena, "%s%u:%u [%s]\n", all, section->where.line,
                              section->where.column, section->name);
        for (const struct config_entry *entry = section->first; entry != NULL; entry = entry->next)
            all = text_format(arena, "%s%u:%u %s%s%s\n", all, entry->where.line,
                              entry->where.column, entry->key, entry->value != NULL ? "=" : "",
                              entry->value != NULL ? entry->value : "");
    }
    return all;
}

static void assert_parsed(struct boot *boot, const char *text, size_t size, const char *expected)
{
    const struct workspace *workspace = boot_start(boot);
    struct config config;

    assert_true(config_parse(workspace, "x.cfg", text, size, &config));
    assert_string_equal(dump(workspace->arena, &config), expected);
}

#define assert_parses(boot, text, expected) assert_parsed(boot, text, strlen(text), expected)

static void test_entries_and_sections(void **state)
{
    assert_parses(*state,
                  "head=1\n"
                  "[one]\n"
                  "a=b\n"
                  "  options = console=dtuart  noreboot \t\n"
                  "empty=\n"
                  "alone\n"
                  "\n"
                  "[two]\n"
                  "a=c",
                  "1:1 head=1\n"
                  "2:2 [one]\n"
                  "3:1 a=b\n"
                  "4:3 options=console=dtuart  noreboot\n"
                  "5:1 empty=\n"
                  "6:1 alone\n"
                  "8:2 [two]\n"
                  "9:1 a=c\n");
    assert_diagnostics(*state, "");
}

static void test_comments(void **state)
{
    assert_parses(*state,
                  "# all of it\n"
                  "; all of it\n"
                  "   ; all of it\n"
                  "a=b # the rest\n"
                  "c=d ; no comment\n"
                  "#[section]\n"
                  "[section] # the rest\n"
                  "e=#f\n",
                  "4:1 a=b\n"
                  "5:1 c=d ; no comment\n"
                  "7:2 [section]\n"
                  "8:1 e=\n");
    assert_diagnostics(*state, "");
}

static void test_ends_of_lines(void **state)
{
    assert_parses(*state, "a=b\r\n\r\n[s]\r\n\tc\t=\td\t\r\n", "1:1 a=b\n3:2 [s]\n4:2 c=d\n");
    assert_parses(*state, "a=b\n\nc=d", "1:1 a=b\n3:1 c=d\n");
    assert_parses(*state, "", "");
    assert_parses(*state, "\n", "");
    assert_parses(*state, "\r", "");
    assert_parses(*state, "a=b\rc=d\r\r[s]\re=f", "1:1 a=b\n2:1 c=d\n4:2 [s]\n5:1 e=f\n");
    assert_parses(*state, "a=b\r\r\nc=d\n\re=f", "1:1 a=b\n3:1 c=d\n5:1 e=f\n");
    assert_parses(*state, "a\v=\fb", "1:1 a=b\n");
}

static void test_byte_order_marks(void **state)
{
    static const char little[] = "\xff\xfe[\0s\0]\0";
    struct boot *boot = *state;
    struct config config;

    assert_parses(boot, "\xef\xbb\xbf[s]\na=b\n", "1:2 [s]\n2:1 a=b\n");
    assert_parses(boot, "\xef\xbb\xbf", "");
    assert_false(config_parse(boot_start(boot), "x.cfg", little, sizeof(little) - 1, &config));
    assert_diagnostics(boot, "x.cfg: error: the file is in UTF-16\n"
                             "  hint: save the file as plain text in UTF-8\n");
    assert_false(config_parse(boot_start(boot), "x.cfg", "\xfe\xff\0[", 4, &config));
    assert_diagnostics(boot, "x.cfg: error: the file is in UTF-16\n"
                             "  hint: save the file as plain text in UTF-8\n");
}

static void test_a_section_in_several_places(void **state)
{
    assert_parses(*state, "[a]\nx=1\n[b]\ny=2\n[ a ]\nz=3\n",
                  "1:2 [a]\n2:1 x=1\n6:1 z=3\n3:2 [b]\n4:1 y=2\n");
    assert_diagnostics(*state, "");
}

static void test_mistakes(void **state)
{
    assert_parses(*state, "[open\na=1\n[]\nb=2\n=c\n[s] d=4\n[t] # e\n",
                  "1:2 [open]\n2:1 a=1\n3:2 []\n4:1 b=2\n6:2 [s]\n7:2 [t]\n");
    assert_diagnostics(*state, "x.cfg:1: warning: section header has no closing bracket\n"
                               "  hint: a section starts with its name in brackets: [name]\n"
                               "x.cfg:3: warning: section header has no name\n"
                               "  hint: a section starts with its name in brackets: [name]\n"
                               "x.cfg:5: warning: there is no key before the equals sign\n"
                               "  hint: an entry is written key=value\n"
                               "x.cfg:6: warning: what follows a section header is ignored\n"
                               "  hint: a section starts with its name in brackets: [name]\n");
}

static void test_control_characters(void **state)
{
    assert_parsed(*state, "a=\1b\nc=d\x1b[0m\ne=\x7f\nf=\xc3\xa4\n", 22, "4:1 f=\xc3\xa4\n");
    assert_diagnostics(*state, "x.cfg:1: error: control character 0x1\n"
                               "  hint: save the file as plain text in UTF-8\n"
                               "x.cfg:2: error: control character 0x1b\n"
                               "  hint: save the file as plain text in UTF-8\n"
                               "x.cfg:3: error: control character 0x7f\n"
                               "  hint: save the file as plain text in UTF-8\n");
}

static void test_no_text(void **state)
{
    const struct workspace *workspace = boot_start(*state);
    struct config config;

    assert_false(config_parse(workspace, "x.cfg", "MZ\0\1\n\2\n", 8, &config));
    assert_diagnostics(*state, "x.cfg: error: the file is not text\n"
                               "  hint: is it a configuration file?\n");
}

static void test_lines_do_not_go_on(void **state)
{
    assert_parses(*state, "a=b \\\n  c \\ # e\n  d\nf=g\n", "1:1 a=b\n4:1 f=g\n");
    assert_diagnostics(*state, "x.cfg:1: error: a line does not go on in the next\n"
                               "  hint: write the entry in one line, as long as it is\n");
}

static void test_places_of_values(void **state)
{
    static const char text[] = "  kernel =  vmlinuz  console=hvc0  # x\n alone\n";
    const struct workspace *workspace = boot_start(*state);
    const struct config_entry *entry;
    struct config config;

    assert_true(config_parse(workspace, "x.cfg", text, strlen(text), &config));
    entry = config_find(&config.head, "kernel");
    assert_non_null(entry);
    assert_string_equal(entry->value, "vmlinuz  console=hvc0");
    assert_int_equal(entry->where.column, 3);
    assert_int_equal(entry->where.width, 6);
    assert_int_equal(entry->value_where.column, 13);
    assert_int_equal(entry->value_where.width, 21);
    entry = config_find(&config.head, "alone");
    assert_non_null(entry);
    assert_null(entry->value);
    assert_int_equal(entry->value_where.column, 2);
    assert_null(config_find(&config.head, "none"));
    assert_null(config_find(NULL, "kernel"));
    assert_null(config_section(&config, "kernel"));
}

static void test_too_many_lines(void **state)
{
    struct boot *boot = *state;
    size_t size = CONFIG_LINES_MAX + 1;
    char *text = malloc(size);
    struct config config;

    assert_non_null(text);
    memset(text, '\n', size);
    assert_true(config_parse(boot_start(boot), "x.cfg", text, size - 1, &config));
    assert_false(config_parse(boot_start(boot), "x.cfg", text, size, &config));
    assert_diagnostics(boot, "x.cfg: error: it has more than 16384 lines\n"
                             "  hint: is it a configuration file?\n");
    free(text);
}

static void test_words(void **state)
{
    struct arena *arena = boot_start(*state)->arena;
    const char *text = " \tone two\t three  ";

    assert_string_equal(config_word(arena, &text), "one");
    assert_string_equal(text, "two\t three  ");
    assert_string_equal(config_word(arena, &text), "two");
    assert_string_equal(config_word(arena, &text), "three");
    assert_null(text);
    assert_null(config_word(arena, &text));
    text = "  ";
    assert_null(config_word(arena, &text));
    assert_null(text);
}

static void assert_candidates(struct arena *arena, const char *image, const char *expected)
{
    const char **names = config_candidates(arena, image);
    const char *all = "";

    assert_non_null(names);
    for (; *names != NULL; names++)
        all = text_format(arena, "%s%s ", all, *names);
    assert_string_equal(all, expected);
}

static void test_candidates(void **state)
{
    struct arena *arena = boot_start(*state)->arena;

    assert_candidates(arena, "xen-4.2-unstable.efi",
                      "xen-4.2-unstable.cfg xen-4.2.cfg xen-4.cfg xen.cfg muster.cfg ");
    assert_candidates(arena, "BOOTAA64.EFI", "BOOTAA64.cfg muster.cfg xen.cfg ");
    assert_candidates(arena, "muster.efi", "muster.cfg xen.cfg ");
    assert_candidates(arena, "MUSTER.EFI", "MUSTER.cfg xen.cfg ");
    assert_candidates(arena, "a_b.c", "a_b.c.cfg a_b.cfg a.cfg muster.cfg xen.cfg ");
    assert_candidates(arena, ".efi", ".efi.cfg muster.cfg xen.cfg ");
    assert_candidates(arena, "..efi", "..cfg muster.cfg xen.cfg ");
    assert_candidates(arena, "-x.efi", "-x.cfg muster.cfg xen.cfg ");
    assert_candidates(arena, "", "muster.cfg xen.cfg ");
    assert_candidates(arena, NULL, "muster.cfg xen.cfg ");
}

/* Reads and chooses as system_describe does. */
static bool choose(struct boot *boot, const char *requested, struct config *config,
                   struct boot_section *section)
{
    const struct workspace *workspace = boot_start(boot);
    struct choice choice = {.asked = requested};
    const char *tried;

    return config_read(workspace, NULL, "muster.efi", config, &tried) &&
           config_choose(workspace, &choice, config, section);
}

static void test_the_default_section(void **state)
{
    struct boot *boot = *state;
    struct boot_section section;
    struct config config;

    machine_add_text(&boot->machine, "/EFI/muster/muster.cfg",
                     "xen=no\n[global]\ndefault=two\n[one]\nxen=one.efi\n[two]\nxen=two.efi\n"
                     "dtbo=a.dtbo\nbinary=f k\ndtbo=b.dtbo\nbinary=g l\n");
    assert_true(choose(boot, NULL, &config, &section));
    assert_diagnostics(boot, "");
    assert_string_equal(section.name, "two");
    assert_string_equal(section.xen->value, "two.efi");
    assert_null(section.kernel);
    assert_int_equal(section.overlay_count, 2);
    assert_string_equal(section.overlays[1]->value, "b.dtbo");
    assert_int_equal(section.binary_count, 2);
    assert_string_equal(section.binaries[0]->value, "f k");

    assert_true(choose(boot, "one", &config, &section));
    assert_string_equal(section.xen->value, "one.efi");
}

static void test_every_key(void **state)
{
    struct boot *boot = *state;
    struct boot_section section;
    struct config config;

    machine_add_text(&boot->machine, "/EFI/muster/muster.cfg",
                     "[s]\noptions=\nxen=a\nkernel=b\nramdisk=c\nxsm=d\ndtb=e\ndomains=f\n"
                     "dtbo=g\nbinary=h i\nucode=j\nvideo=k\n");
    assert_true(choose(boot, "s", &config, &section));
    assert_diagnostics(boot, "muster.cfg:11: note: ucode= does nothing on arm64\n"
                             "muster.cfg:12: note: video= does nothing on arm64\n");
    assert_string_equal(section.options->value, "");
    assert_string_equal(section.xen->value, "a");
    assert_string_equal(section.kernel->value, "b");
    assert_string_equal(section.ramdisk->value, "c");
    assert_string_equal(section.xsm->value, "d");
    assert_string_equal(section.dtb->value, "e");
    assert_string_equal(section.domains->value, "f");
}

static void test_entries_that_do_not_count(void **state)
{
    struct boot *boot = *state;
    struct boot_section section;
    struct config config;

    machine_add_text(&boot->machine, "/EFI/muster/muster.cfg",
                     "[s]\nkernel=a\nkernel=b\nkernal=c\nxen\nxsm=\ncolour=red\nbinary=\n");
    assert_true(choose(boot, "s", &config, &section));
    assert_diagnostics(boot,
                       "muster.cfg:3: warning: kernel= is given again; the one in line 2 counts\n"
                       "  hint: remove one of them\n"
                       "muster.cfg:4: error: unknown key kernal\n"
                       "  hint: did you mean kernel=?\n"
                       "muster.cfg:5: warning: xen has no value and is ignored\n"
                       "  hint: an entry is written key=value\n"
                       "muster.cfg:6: warning: xsm has no value and is ignored\n"
                       "  hint: an entry is written key=value\n"
                       "muster.cfg:7: warning: unknown key colour\n"
                       "  hint: it is ignored\n"
                       "muster.cfg:8: warning: binary has no value and is ignored\n"
                       "  hint: an entry is written key=value\n");
    assert_string_equal(section.kernel->value, "a");
    assert_null(section.xen);
    assert_int_equal(section.binary_count, 0);
}

static void test_headers_are_ignored_without_a_default(void **state)
{
    struct boot *boot = *state;
    struct boot_section section;
    struct config config;

    machine_add_text(&boot->machine, "/EFI/muster/muster.cfg",
                     "xen=head.efi\n[global]\n[one]\nkernel=one\ndomains=domU\n[two]\nkernel=two\n"
                     "binary=f k\n[three]\nkernel=three\n[domU]\nkernel=four\ncpus=1\n");
    assert_true(choose(boot, NULL, &config, &section));
    assert_null(section.name);
    assert_string_equal(section.xen->value, "head.efi");
    assert_string_equal(section.kernel->value, "one");
    assert_int_equal(section.binary_count, 1);
    assert_diagnostics(
        boot, "muster.cfg:6: warning: no section is asked for, so the keys of those before [two] "
              "count\n"
              "  hint: name the one that boots: [global] default=two\n");
}

/* Without a value, default= and chain= ask for nothing, and domains= names no section. */
static void test_keys_without_a_value(void **state)
{
    struct boot *boot = *state;
    struct boot_section section;
    struct config config;

    machine_add_text(&boot->machine, "/EFI/muster/muster.cfg",
                     "[global]\ndefault\nchain=\n[one]\nxen=one.efi\ndomains=\n");
    assert_true(choose(boot, NULL, &config, &section));
    assert_null(section.name);
    assert_string_equal(section.xen->value, "one.efi");
    assert_diagnostics(boot, "muster.cfg:2: warning: default has no value and is ignored\n"
                             "  hint: an entry is written key=value\n"
                             "muster.cfg:3: warning: chain has no value and is ignored\n"
                             "  hint: an entry is written key=value\n"
                             "muster.cfg:6: error: domains has no value and is ignored\n"
                             "  hint: an entry is written key=value\n");
}

static void test_global_has_few_keys(void **state)
{
    struct boot *boot = *state;
    struct boot_section section;
    struct config config;

    machine_add_text(&boot->machine, "/EFI/muster/muster.cfg",
                     "[global]\ndefault=s\ndefault=t\ndefalt=u\nkernel=v\ncpus=1\n[s]\nxen=x\n");
    assert_true(choose(boot, NULL, &config, &section));
    assert_diagnostics(boot,
                       "muster.cfg:3: warning: default= is given again; the one in line 2 counts\n"
                       "  hint: remove one of them\n"
                       "muster.cfg:4: warning: unknown key defalt in [global]\n"
                       "  hint: did you mean default=?\n"
                       "muster.cfg:5: warning: unknown key kernel in [global]\n"
                       "  hint: move it to the booted section\n"
                       "muster.cfg:6: warning: unknown key cpus in [global]\n"
                       "  hint: [global] has default=, fallback=, tries=, state=, timeout=, "
                       "measure= and chain=\n");
    assert_string_equal(section.name, "s");
}

static bool is_none(const char *key)
{
    (void)key;
    return false;
}

static enum measuring measuring_of(struct boot *boot, const char *text)
{
    struct global global;
    struct boot_section section;
    struct config config;

    machine_add_text(&boot->machine, "/EFI/muster/muster.cfg", text);
    assert_true(choose(boot, NULL, &config, &section));
    assert_true(global_read(&boot->system.workspace, &config, is_none, &global));
    return global.measuring;
}

static void test_measuring(void **state)
{
    struct boot *boot = *state;

    assert_int_equal(measuring_of(boot, "kernel=k\n"), MEASURE_REQUEST);
    assert_int_equal(measuring_of(boot, "[global]\nmeasure=\n"), MEASURE_REQUEST);
    assert_int_equal(measuring_of(boot, "[global]\nmeasure=no\n"), MEASURE_NOTHING);
    assert_int_equal(measuring_of(boot, "[global]\nmeasure=yes\n"), MEASURE_FILES);
    assert_int_equal(measuring_of(boot, "[global]\nmeasure=required\n"), MEASURE_REQUIRED);
    assert_diagnostics(boot, "");
    assert_int_equal(measuring_of(boot, "[global]\nmeasure=maybe\n"), MEASURE_REQUEST);
}

static void test_a_measure_that_there_is_not(void **state)
{
    struct boot *boot = *state;
    struct boot_section section;
    struct config config;

    machine_add_text(&boot->machine, "/EFI/muster/muster.cfg", "[global]\nmeasure=maybe\n");
    choose(boot, NULL, &config, &section);
    assert_diagnostics(boot, "muster.cfg:2: error: measure=maybe cannot be used\n"
                             "  hint: write yes, no or required\n");
}

static void assert_no_section(struct boot *boot, const char *text, const char *requested,
                              const char *expected)
{
    struct boot_section section;
    struct config config;

    machine_add_text(&boot->machine, "/EFI/muster/muster.cfg", text);
    assert_false(choose(boot, requested, &config, &section));
    assert_diagnostics(boot, expected);
}

static void test_no_section(void **state)
{
    assert_no_section(*state, "[global]\ndefault=sectoin1\n[section1]\nxen=x\n", NULL,
                      "muster.cfg:2: error: there is no section [sectoin1] in muster.cfg\n"
                      "  hint: did you mean section1?\n");
    assert_no_section(*state, "[global]\ndefault=none\n[a]\n[b]\n[c]\n", NULL,
                      "muster.cfg:2: error: there is no section [none] in muster.cfg\n"
                      "  hint: its sections are: a, b, c\n");
    assert_no_section(*state, "[a]\n[b]\n[c]\n[d]\n[e]\n[f]\n[g]\n[h]\n[i]\n", "none",
                      "error: there is no section [none] in muster.cfg\n"
                      "  hint: its sections are: a, b, c, d, e, f, g, h, …\n");
    assert_no_section(*state, "xen=x\n", "none",
                      "error: there is no section [none] in muster.cfg\n"
                      "  hint: add a section that starts with [none]\n");
}

static void test_chain(void **state)
{
    struct boot *boot = *state;
    struct boot_section section;
    struct config config;

    machine_add_text(&boot->machine, "/EFI/muster/muster.cfg",
                     "[global]\nchain=next.cfg\n[here]\nxen=here.efi\n");
    machine_add_text(&boot->machine, "/EFI/muster/next.cfg",
                     "[global]\ndefault=there\nchain=/last.cfg\n[there]\nxen=there.efi\n");
    machine_add_text(&boot->machine, "/last.cfg", "[end]\nxen=end.efi\n");

    assert_true(choose(boot, "here", &config, &section));
    assert_string_equal(section.xen->value, "here.efi");
    assert_string_equal(config.file, "muster.cfg");
    assert_true(choose(boot, NULL, &config, &section));
    assert_string_equal(section.xen->value, "there.efi");
    assert_true(choose(boot, "end", &config, &section));
    assert_string_equal(section.xen->value, "end.efi");
    assert_string_equal(config.file, "/last.cfg");
    assert_ptr_equal(section.config, &config);
    assert_diagnostics(boot, "");
    assert_false(choose(boot, "nowhere", &config, &section));
    assert_diagnostics(boot, "error: there is no section [nowhere] in /last.cfg\n"
                             "  hint: its sections are: end\n");
}

static void test_a_default_may_be_in_the_next_file(void **state)
{
    struct boot *boot = *state;
    struct boot_section section;
    struct config config;

    machine_add_text(&boot->machine, "/EFI/muster/muster.cfg",
                     "[global]\ndefault=end\nchain=next.cfg\n");
    machine_add_text(&boot->machine, "/EFI/muster/next.cfg",
                     "[global]\ndefault=other\n[end]\nxen=end.efi\n[other]\n");
    assert_true(choose(boot, NULL, &config, &section));
    assert_string_equal(section.name, "end");

    machine_add_text(&boot->machine, "/EFI/muster/next.cfg", "[other]\nxen=end.efi\n");
    assert_false(choose(boot, NULL, &config, &section));
    assert_diagnostics(boot, "muster.cfg:2: error: there is no section [end] in next.cfg\n"
                             "  hint: its sections are: other\n");
}

static void test_chain_mistakes(void **state)
{
    struct boot *boot = *state;
    struct boot_section section;
    struct config config;

    machine_add_text(&boot->machine, "/EFI/muster/muster.cfg", "[global]\nchain=muster.cfg\n");
    assert_false(choose(boot, "s", &config, &section));
    assert_diagnostics(boot,
                       "muster.cfg:2: error: more than 8 configuration files follow each other\n"
                       "  hint: does a file name itself by chain=?\n");
    machine_add_text(&boot->machine, "/EFI/muster/muster.cfg", "[global]\nchain=nxt.cfg\n");
    machine_add_text(&boot->machine, "/EFI/muster/next.cfg", "");
    assert_false(choose(boot, "s", &config, &section));
    assert_diagnostics(
        boot, "muster.cfg:2: error: cannot read configuration nxt.cfg: there is no such file\n"
              "  hint: did you mean next.cfg?\n");
}

static void test_which_file(void **state)
{
    struct boot *boot = *state;
    const struct workspace *workspace = boot_start(boot);
    struct config config;
    const char *tried;

    assert_true(config_read(workspace, NULL, "boot-x.efi", &config, &tried));
    assert_null(config.file);
    assert_string_equal(tried, "boot-x.cfg, boot.cfg, muster.cfg, xen.cfg");

    machine_add_text(&boot->machine, "/EFI/muster/xen.cfg", "");
    assert_true(config_read(workspace, NULL, "boot-x.efi", &config, &tried));
    assert_string_equal(config.file, "xen.cfg");
    machine_add_text(&boot->machine, "/EFI/muster/boot.cfg", "");
    assert_true(config_read(workspace, NULL, "boot-x.efi", &config, &tried));
    assert_string_equal(config.file, "boot.cfg");
    assert_true(config_read(workspace, "xen.cfg", "boot-x.efi", &config, &tried));
    assert_string_equal(config.file, "xen.cfg");
    assert_diagnostics(boot, "");
}

static void test_files_that_cannot_be_used(void **state)
{
    struct boot *boot = *state;
    struct machine_file *file = machine_add_text(&boot->machine, "/EFI/muster/muster.cfg", "");
    struct config config;
    const char *tried;

    file->status = PLATFORM_IS_DIRECTORY;
    assert_false(config_read(boot_start(boot), NULL, "x.efi", &config, &tried));
    assert_diagnostics(boot, "error: cannot read configuration muster.cfg: it is a directory\n"
                             "  hint: name a file in it\n");
    file->status = PLATFORM_OK;
    file->stated_size = CONFIG_SIZE_MAX + 1;
    assert_false(config_read(boot_start(boot), NULL, "x.efi", &config, &tried));
    assert_diagnostics(boot, "muster.cfg: error: a configuration of 1.0 MiB is too large\n"
                             "  hint: is it a configuration file?\n");
    file->stated_size = 3;
    assert_false(config_read(boot_start(boot), NULL, "x.efi", &config, &tried));
    assert_diagnostics(boot,
                       "error: cannot read configuration muster.cfg: the file ended too early\n");
    assert_false(config_read(boot_start(boot), "none.cfg", "x.efi", &config, &tried));
    assert_diagnostics(boot, "error: cannot read configuration none.cfg: there is no such file\n"
                             "  hint: put it into /EFI/muster of the loader's partition\n");
    machine_add_text(&boot->machine, "/EFI/muster/muster.cfg", "\xff\xfe");
    assert_false(config_read(boot_start(boot), NULL, "x.efi", &config, &tried));
    assert_diagnostics(boot, "muster.cfg: error: the file is in UTF-16\n"
                             "  hint: save the file as plain text in UTF-8\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        boot_test(test_entries_and_sections),
        boot_test(test_comments),
        boot_test(test_ends_of_lines),
        boot_test(test_byte_order_marks),
        boot_test(test_a_section_in_several_places),
        boot_test(test_mistakes),
        boot_test(test_control_characters),
        boot_test(test_no_text),
        boot_test(test_lines_do_not_go_on),
        boot_test(test_places_of_values),
        boot_test(test_too_many_lines),
        boot_test(test_words),
        boot_test(test_candidates),
        boot_test(test_the_default_section),
        boot_test(test_every_key),
        boot_test(test_entries_that_do_not_count),
        boot_test(test_headers_are_ignored_without_a_default),
        boot_test(test_keys_without_a_value),
        boot_test(test_global_has_few_keys),
        boot_test(test_measuring),
        boot_test(test_a_measure_that_there_is_not),
        boot_test(test_no_section),
        boot_test(test_chain),
        boot_test(test_a_default_may_be_in_the_next_file),
        boot_test(test_chain_mistakes),
        boot_test(test_which_file),
        boot_test(test_files_that_cannot_be_used),
    };

    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
