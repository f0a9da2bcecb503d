/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of the menu of a whole system: what it boots, and what its pages say. */
#include <stdio.h>

#include "core/boot/boot_menu.h"
#include "support.h"

#define CONFIG                                                                                     \
    "[global]\ndefault=new\ntimeout=2\n"                                                           \
    "[new]\ntitle=the new one\nkernel=vmlinuz\nramdisk=ramdisk\n"                                  \
    "[broken]\nkernel=vmlinux\n"                                                                   \
    "[odd]\nkernel=ramdisk\n"

#define ROWS    25U
#define COLUMNS 80U

/* A terminal that plays keys, and remembers the rows of the page that was shown last. */
struct screen {
    char rows[ROWS][4 * COLUMNS];
    char page[ROWS][4 * COLUMNS];
    const char *keys; /* characters, or '\n' for Enter, '\t' for Down, '.' for none, '#' for Esc */
    unsigned waits;
};

static void clear(void *context)
{
    struct screen *screen = context;

    memset(screen->rows, 0, sizeof(screen->rows));
}

static void put(void *context, unsigned row, const char *text, bool is_marked)
{
    struct screen *screen = context;

    (void)is_marked;
    snprintf(screen->rows[row], sizeof(screen->rows[row]), "%s", text);
}

static struct key_press wait_key(void *context, unsigned milliseconds)
{
    struct screen *screen = context;
    char key = *screen->keys;

    (void)milliseconds;
    screen->waits++;
    if (screen->rows[0][0] == '[')
        memcpy(screen->page, screen->rows, sizeof(screen->page));
    if (key == '\0')
        return (struct key_press){.key = KEY_GONE};
    screen->keys++;
    return (struct key_press){
        .key = key == '\n'   ? KEY_ENTER
               : key == '\t' ? KEY_DOWN
               : key == '#'  ? KEY_ESCAPE
               : key == '.'  ? KEY_NONE
                             : KEY_CHARACTER,
        .character = key,
    };
}

static bool complete(void *context, struct system *system)
{
    (void)context;
    return system_complete(system);
}

/* Starts the system and runs its menu; what was chosen is in an arena of `boot`. */
static enum menu_result run(struct boot *boot, struct screen *screen, const char *keys, bool asked,
                            const char **section)
{
    struct terminal terminal = {screen, COLUMNS, ROWS, clear, put, wait_key};
    struct boot_menu menu = {&boot->system, &terminal, asked, complete, NULL};

    screen->keys = keys;
    screen->waits = 0;
    if (boot->tree == NULL)
        boot->tree = tree_compile(TREE(""), &boot->request.firmware_tree_size);
    boot->request.firmware_tree = boot->tree;
    boot->system.request = boot->request;
    boot->is_started = true;
    if (!system_init(&boot->system, &boot->machine.platform, &boot->request))
        return MENU_NONE;
    system_configure(&boot->system);
    return boot_menu_run(&menu, &boot->system.arena, section);
}

static void test_what_is_chosen(void **state)
{
    static const struct {
        const char *keys;
        enum menu_result result;
        const char *section;
    } cases[] = {
        {"..", MENU_TIME_OVER, NULL}, {"\n", MENU_CHOSEN, "new"}, {".\t\n", MENU_CHOSEN, "broken"},
        {"3\n", MENU_CHOSEN, "odd"},  {"3#", MENU_LEFT, NULL},    {"\t", MENU_TIME_OVER, NULL},
    };
    struct boot *boot = *state;

    machine_add_text(&boot->machine, "/EFI/muster/muster.cfg", CONFIG);
    for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
        struct screen screen = {0};
        const char *section;

        assert_int_equal(run(boot, &screen, cases[at].keys, false, &section), cases[at].result);
        assert_int_equal(*screen.keys, '\0');
        if (cases[at].section == NULL)
            assert_null(section);
        else
            assert_string_equal(section, cases[at].section);
        assert_int_equal(boot_menu_seconds(&boot->system), 2);
        boot_end(boot);
    }
}

/* Who named a section, or has none to be chosen, gets no countdown. */
static void test_no_countdown(void **state)
{
    struct boot *boot = *state;
    struct screen screen = {0};
    const char *section;

    machine_add_text(&boot->machine, "/EFI/muster/muster.cfg", CONFIG);
    boot_set_options(boot, "muster.efi odd");
    assert_int_equal(run(boot, &screen, "...\n", true, &section), MENU_CHOSEN);
    assert_string_equal(section, "odd");
    assert_int_equal(boot_menu_seconds(&boot->system), 0);
    boot_end(boot);
    machine_add_text(&boot->machine, "/EFI/muster/muster.cfg", "kernel=vmlinuz\n");
    assert_int_equal(run(boot, &screen, "\n", true, &section), MENU_NONE);
    assert_int_equal(screen.waits, 0);
    boot_end(boot);
    machine_remove_file(&boot->machine, "/EFI/muster/muster.cfg");
    assert_int_equal(run(boot, &screen, "\n", true, &section), MENU_NONE);
    assert_int_equal(screen.waits, 0);
}

static void assert_page(struct boot *boot, const char *keys, const char *const *lines)
{
    struct screen screen = {0};
    const char *section;

    machine_add_text(&boot->machine, "/EFI/muster/muster.cfg", CONFIG);
    assert_int_equal(run(boot, &screen, keys, true, &section), MENU_TIME_OVER);
    for (unsigned row = 0; lines[row] != NULL; row++)
        assert_string_equal(screen.page[row], lines[row]);
    boot_end(boot);
}

static void test_pages(void **state)
{
    assert_page(*state, "d",
                (const char *const[]){"[new]", "", "muster.cfg, section [new]",
                                      "  domain dom0: vmlinuz + ramdisk", "  Xen xen.efi: 19.5 KiB",
                                      "  binary vmlinuz: 9.7 KiB", "  binary ramdisk: 4.8 KiB", "",
                                      NULL});
    assert_page(*state, "e",
                (const char *const[]){"[new]", "", "No mistakes were found.", "", NULL});
    assert_page(*state, "2d",
                (const char *const[]){"[broken]", "", "muster.cfg, section [broken]",
                                      "  domain dom0: vmlinux", "  Xen xen.efi: 19.5 KiB", "",
                                      "It has mistakes: e shows them.", "", NULL});
    assert_page(*state, "2e",
                (const char *const[]){"[broken]", "",
                                      "muster.cfg:9: error: vmlinux is neither a key of binary= "
                                      "nor a file",
                                      "  hint: did you mean vmlinuz?", NULL});
}

/* Each allocation fails in turn: the menu is over, or a page says so; nothing is lost. */
static void test_without_memory(void **state)
{
    struct boot *boot = *state;
    struct machine *machine = &boot->machine;
    unsigned at = 0;

    machine_add_text(machine, "/EFI/muster/muster.cfg", CONFIG);
    machine->fail_services = SERVICE_ALLOCATE;
    do {
        struct screen screen = {0};
        const char *section = NULL;
        enum menu_result result;

        machine->fail_at = ++at;
        machine->calls = 0;
        result = run(boot, &screen, "dxex\n", true, &section);
        if (result == MENU_CHOSEN)
            assert_string_equal(section, "new");
        else
            assert_true(result == MENU_NONE || result == MENU_TIME_OVER);
        machine->fail_at = 0;
        boot_end(boot);
        machine_assert_clean(machine);
    } while (machine->calls >= at);
    assert_in_range(at, 100, 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        boot_test(test_what_is_chosen),
        boot_test(test_no_countdown),
        boot_test(test_pages),
        boot_test(test_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
