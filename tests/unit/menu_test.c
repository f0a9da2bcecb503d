/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of the menu: what a terminal shows after each key, and what is booted in the end. */
#include "core/boot/menu.h"
#include <stdio.h>

#include "core/base/utf.h"
#include "support.h"

#define ROWS    25U
#define COLUMNS 80U

/* A terminal that plays keys, and remembers the rows; then it waits for ever, which is a failure.
 */
struct screen {
    char rows[ROWS][4 * COLUMNS];
    bool is_marked[ROWS];
    const char *keys; /* one letter each, see press_of */
    unsigned waited;  /* milliseconds without a key */
    /* The terminal when the letter before '#' was waited for. */
    char shown[ROWS][4 * COLUMNS];
};

static void clear(void *context)
{
    struct screen *screen = context;

    memset(screen->rows, 0, sizeof(screen->rows));
    memset(screen->is_marked, 0, sizeof(screen->is_marked));
}

static void put(void *context, unsigned row, const char *text, bool is_marked)
{
    struct screen *screen = context;

    assert_true(row < ROWS);
    assert_true(utf8_count(text) < COLUMNS);
    strcpy(screen->rows[row], text);
    screen->is_marked[row] = is_marked;
}

static struct key_press press_of(char letter)
{
    static const struct {
        char letter;
        enum key key;
    } keys[] = {
        {'^', KEY_UP},      {'v', KEY_DOWN},      {'A', KEY_HOME},  {'Z', KEY_END},
        {'<', KEY_PAGE_UP}, {'>', KEY_PAGE_DOWN}, {'!', KEY_ENTER}, {'x', KEY_ESCAPE},
        {'.', KEY_NONE},    {'$', KEY_GONE},
    };

    for (size_t at = 0; at < sizeof(keys) / sizeof(keys[0]); at++)
        if (keys[at].letter == letter)
            return (struct key_press){.key = keys[at].key};
    return (struct key_press){.key = KEY_CHARACTER, .character = letter};
}

static struct key_press wait_key(void *context, unsigned milliseconds)
{
    struct screen *screen = context;

    if (*screen->keys == '#') {
        screen->keys++;
        memcpy(screen->shown, screen->rows, sizeof(screen->shown));
    }
    assert_int_not_equal(*screen->keys, '\0');
    if (*screen->keys == '.')
        screen->waited += milliseconds;
    return press_of(*screen->keys++);
}

/* 80 characters without a blank, and a line of 81 with some. */
static const char long_lines[] =
    "öööööööööööööööööööö"
    "öööööööööööööööööööö"
    "öööööööööööööööööööö"
    "öööööööööööööööööööö\n"
    "a word that does not fit into the row at all, which has 79 columns, goes to the next\n"
    "\n"
    "end";

static const char *page(void *context, const char *section, enum menu_page which)
{
    static const char numbers[] =
        "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n19\n"
        "20\n21\n22\n";

    (void)context;
    if (which == MENU_MISTAKES)
        return numbers;
    return strcmp(section, "new") == 0 ? "domain domA: 2 vCPUs\n" : long_lines;
}

static const struct menu_entry three[] = {
    {"new", "Linux 6.12", "default, on trial: 2 of 3 tries left"},
    {"old", "Linux 6.1", "fallback, confirmed"},
    {"rescue", "", ""},
};

/* Runs a menu over these keys; returns what menu_run returns. */
static enum menu_result run(struct boot *boot, struct menu *menu, struct screen *screen,
                            const char *keys)
{
    struct terminal terminal = {screen, COLUMNS, ROWS, clear, put, wait_key};
    enum menu_result result;

    menu->arena = boot_start(boot)->arena;
    menu->headline = "Muster: muster.cfg";
    menu->page = page;
    screen->keys = keys;
    result = menu_run(menu, &terminal);
    assert_int_equal(*screen->keys, '\0');
    return result;
}

static void test_the_screen(void **state)
{
    struct menu menu = {.entries = three, .count = 3, .chosen = 0};
    struct screen screen = {0};

    assert_int_equal(run(*state, &menu, &screen, "!"), MENU_CHOSEN);
    assert_string_equal(screen.rows[0], "Muster: muster.cfg");
    assert_string_equal(screen.rows[2],
                        ">  1  new     Linux 6.12  default, on trial: 2 of 3 tries left");
    assert_string_equal(screen.rows[3], "   2  old     Linux 6.1   fallback, confirmed");
    assert_string_equal(screen.rows[4], "   3  rescue  ");
    assert_true(screen.is_marked[2]);
    assert_false(screen.is_marked[3]);
    assert_string_equal(
        screen.rows[24],
        "Up, Down, number: choose  Enter: boot  d: domains  e: mistakes  Esc: firmware");
    assert_int_equal(menu.chosen, 0);
}

static void test_keys_choose(void **state)
{
    static const struct {
        const char *keys;
        size_t chosen;
    } cases[] = {
        {"!", 0},  {"v!", 1},  {"vvvv!", 2}, {"vv^!", 1},  {"^!", 0},
        {"Z!", 2}, {"ZA!", 0}, {"3!", 2},    {"2v!", 2},   {"31!", 0},
        {"9!", 0}, {">!", 2},  {"><!", 0},   {"q..v!", 1}, {"0!", 0},
    };

    for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
        struct menu menu = {.entries = three, .count = 3};
        struct screen screen = {0};

        assert_int_equal(run(*state, &menu, &screen, cases[at].keys), MENU_CHOSEN);
        assert_int_equal(menu.chosen, cases[at].chosen);
        boot_end(*state);
    }
}

static void test_escape_leaves(void **state)
{
    struct menu menu = {.entries = three, .count = 3};
    struct screen screen = {0};

    assert_int_equal(run(*state, &menu, &screen, "vx"), MENU_LEFT);
}

static void test_the_time_is_over(void **state)
{
    struct menu menu = {.entries = three, .count = 3, .chosen = 1, .seconds = 3};
    struct screen screen = {0};

    assert_int_equal(run(*state, &menu, &screen, "..."), MENU_TIME_OVER);
    assert_int_equal(menu.chosen, 1);
    assert_int_equal(screen.waited, 3000);
}

/* A keyboard that has gone away is as good as nobody there. */
static void test_nobody_can_choose(void **state)
{
    static const char *const cases[] = {"$", "v$", "d$$", ".$"};

    for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
        struct menu menu = {.entries = three, .count = 3, .seconds = 5};
        struct screen screen = {0};

        assert_int_equal(run(*state, &menu, &screen, cases[at]), MENU_TIME_OVER);
        boot_end(*state);
    }
}

static void test_a_key_stops_the_countdown(void **state)
{
    struct menu menu = {.entries = three, .count = 3, .seconds = 5};
    struct screen screen = {0};

    assert_int_equal(run(*state, &menu, &screen, ".#.v......!"), MENU_CHOSEN);
    assert_int_equal(menu.chosen, 1);
    assert_string_equal(screen.shown[22], "[new] boots in 4 s; any key stops that  ");
    assert_string_equal(screen.rows[22], "");
}

static void test_pages(void **state)
{
    struct menu menu = {.entries = three, .count = 3};
    struct screen screen = {0};

    assert_int_equal(run(*state, &menu, &screen, "d.qx"), MENU_LEFT);
    boot_end(*state);
    assert_int_equal(run(*state, &menu, &screen, "ev#v..>^<Zv!"), MENU_CHOSEN);
    assert_int_equal(menu.chosen, 1);
    assert_string_equal(screen.shown[0], "[new]");
    assert_string_equal(screen.shown[2], "2");
    assert_string_equal(screen.shown[20], "20");
    assert_string_equal(screen.shown[24], "Up, Down: scroll  any other key: back");
}

/* More sections than rows: the one that is chosen stays on the screen. */
static void test_many_sections(void **state)
{
    static struct menu_entry many[120];
    static char names[120][8];
    struct menu menu = {.entries = many, .count = 120};
    struct screen screen = {0};

    for (size_t at = 0; at < 120; at++) {
        snprintf(names[at], sizeof(names[at]), "s%zu", at + 1);
        many[at] = (struct menu_entry){names[at], "", ""};
    }
    assert_int_equal(run(*state, &menu, &screen, "119!"), MENU_CHOSEN);
    assert_int_equal(menu.chosen, 118);
    assert_string_equal(screen.rows[20], "> 119  s119  ");
    assert_string_equal(screen.rows[2], "  101  s101  ");
}

static void test_long_texts_are_cut(void **state)
{
    char title[300];
    struct menu_entry entry = {title, title, title};
    struct menu menu = {.entries = &entry, .count = 1};
    struct screen screen = {0};

    memset(title, 't', sizeof(title));
    title[sizeof(title) - 1] = '\0';
    assert_int_equal(run(*state, &menu, &screen, "!"), MENU_CHOSEN);
    assert_int_equal(strlen(screen.rows[2]), COLUMNS - 1);
}

/* Marks are to be seen whatever the titles are: it is these that are cut. */
static void test_marks_have_room(void **state)
{
    static const char title[] =
        "Linux 6.12 with two domains and a very long title that goes on and on";
    static const struct menu_entry entries[] = {
        {"a-section-with-a-very-long-name", title, "default, on trial: 2 of 3 tries left"},
        {"old", title, "fallback, confirmed"},
        {"rescue", title, ""},
    };
    struct menu menu = {.entries = entries, .count = 3};
    struct screen screen = {0};

    assert_int_equal(run(*state, &menu, &screen, "!"), MENU_CHOSEN);
    assert_string_equal(
        screen.rows[2],
        ">  1  a-section-with-a-very-..  Linux 6..  default, on trial: 2 of 3 tries left");
    assert_string_equal(screen.rows[3],
                        "   2  old                       Linux 6..  fallback, confirmed");
    assert_string_equal(
        screen.rows[4],
        "   3  rescue                    Linux 6.12 with two domains and a very long t..");
}

/* Names are cut as well, where that is not enough. */
static void test_long_marks_have_room(void **state)
{
    static const struct menu_entry entries[] = {
        {"a-section-with-a-very-long-name", "Linux 6.12 with two domains",
         "default, on trial: 2 of 3 tries left, next, once"},
        {"b", "", "fallback, confirmed"},
    };
    struct menu menu = {.entries = entries, .count = 2};
    struct screen screen = {0};

    assert_int_equal(run(*state, &menu, &screen, "!"), MENU_CHOSEN);
    assert_string_equal(
        screen.rows[2],
        ">  1  a-section-w..  Linux ..  default, on trial: 2 of 3 tries left, next, once");
    assert_string_equal(screen.rows[3], "   2  b                        fallback, confirmed");
}

/* Columns are counted in characters, of any length in bytes; a byte that is none counts as one. */
static void test_characters_are_counted(void **state)
{
    static const struct menu_entry entries[] = {
        {"größe", "für Bänke", "default"},
        {"b", "\xff\xe2\x82\xac\x1b\t", "m\x7f"},
    };
    char title[601];
    struct menu_entry wide = {"w", title, ""};
    struct menu menu = {.entries = entries, .count = 2};
    struct screen screen = {0};

    assert_int_equal(run(*state, &menu, &screen, "!"), MENU_CHOSEN);
    assert_string_equal(screen.rows[2], ">  1  größe  für Bänke  default");
    assert_string_equal(screen.rows[3], "   2  b      \xff\xe2\x82\xac         m ");
    boot_end(*state);
    for (size_t at = 0; at < 600; at++)
        title[at] = "\xe2\x82\xac"[at % 3];
    title[600] = '\0';
    menu = (struct menu){.entries = &wide, .count = 1};
    assert_int_equal(run(*state, &menu, &screen, "!"), MENU_CHOSEN);
    assert_int_equal(utf8_count(screen.rows[2]), COLUMNS - 1);
    assert_string_equal(screen.rows[2] + strlen(screen.rows[2]) - 5, "\xe2\x82\xac..");
}

/* Long lines of a page go on in the next row, at a blank if there is one. */
static void test_pages_wrap(void **state)
{
    struct menu menu = {.entries = three, .count = 3, .chosen = 1};
    struct screen screen = {0};

    assert_int_equal(run(*state, &menu, &screen, "d#vx!"), MENU_CHOSEN);
    assert_int_equal(utf8_count(screen.shown[2]), 79);
    assert_string_equal(screen.shown[3], "ö");
    assert_string_equal(screen.shown[4], "a word that does not fit into the row at all, which "
                                         "has 79 columns, goes to the");
    assert_string_equal(screen.shown[5], "next");
    assert_string_equal(screen.shown[6], "");
    assert_string_equal(screen.shown[7], "end");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        boot_test(test_the_screen),
        boot_test(test_keys_choose),
        boot_test(test_escape_leaves),
        boot_test(test_the_time_is_over),
        boot_test(test_nobody_can_choose),
        boot_test(test_a_key_stops_the_countdown),
        boot_test(test_pages),
        boot_test(test_many_sections),
        boot_test(test_long_texts_are_cut),
        boot_test(test_marks_have_room),
        boot_test(test_long_marks_have_room),
        boot_test(test_characters_are_counted),
        boot_test(test_pages_wrap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
