/* SPDX-License-Identifier: BSD-2-Clause */
/* The menu: the sections of a configuration on a terminal of any kind, one of them to be booted. */
#include "core/boot/menu.h"

#include <string.h>

#include "core/base/text.h"
#include "core/base/utf.h"

#define SECOND   1000U /* milliseconds */
#define FIRST    2U    /* row of the first entry */
#define BELOW    4U    /* rows below the entries: blank, countdown, blank, keys */
#define NAME_MAX 24U   /* columns of the widest name */
#define NAME_MIN 8U    /* columns that a name keeps where marks are long */
#define NUMBER   6U    /* columns before a name */
#define GAP      2U    /* columns between a name, a title and marks */
#define TITLES   8U    /* columns that titles have at least */

static const char keys_of_menu[] =
    "Up, Down, number: choose  Enter: boot  d: domains  e: mistakes  Esc: firmware";
static const char keys_of_page[] = "Up, Down: scroll  any other key: back";

/* The menu while it is shown. */
struct view {
    struct menu *menu;
    const struct terminal *terminal;
    size_t top;           /* the entry in the first row */
    size_t number;        /* that is being typed, 0 for none */
    unsigned name_width;  /* columns of the section names */
    unsigned title_width; /* columns of the titles that marks stand behind */
};

static unsigned narrow(size_t length, unsigned most)
{
    return length < most ? (unsigned)length : most;
}

/* The columns of a row: the last one stays free, where some terminals wrap. */
static unsigned width_of(const struct view *view)
{
    return view->terminal->columns > 1 ? view->terminal->columns - 1 : 1;
}

/* The bytes of a character, or of what is none. */
static size_t step_over(const char *text)
{
    size_t length = utf8_length(text);

    return length != 0 ? length : 1;
}

/* The bytes of the first `most` characters of a text. */
static size_t cut(const char *text, size_t most)
{
    size_t at = 0;

    for (; most > 0 && text[at] != '\0'; most--)
        at += step_over(text + at);
    return at;
}

/* Writes a row, cut to the terminal's width. What would command the terminal becomes a blank. */
static void put(const struct view *view, unsigned row, const char *text, bool is_marked)
{
    size_t length = text != NULL ? cut(text, width_of(view)) : 0;
    char *line = arena_copy(view->menu->arena, text != NULL ? text : "", length);

    if (line == NULL || row >= view->terminal->rows)
        return;
    for (size_t at = 0; at < length; at++)
        if ((unsigned char)line[at] < ' ' || line[at] == 0x7f)
            line[at] = ' ';
    view->terminal->put(view->terminal->context, row, line, is_marked);
}

static size_t visible(const struct view *view)
{
    unsigned rows = view->terminal->rows;

    return rows > FIRST + BELOW ? rows - FIRST - BELOW : 1;
}

/* The columns that titles have where the marks behind them have so many. */
static unsigned room_for_titles(const struct view *view, unsigned marks)
{
    unsigned taken = NUMBER + view->name_width + GAP + (marks != 0 ? GAP + marks : 0);

    return width_of(view) > taken + TITLES ? width_of(view) - taken : TITLES;
}

/* The columns that names may have where the marks in their rows have so many. */
static unsigned room_for_names(const struct view *view, unsigned marks)
{
    unsigned taken = NUMBER + GAP + TITLES + GAP + marks;

    return width_of(view) > taken + NAME_MIN ? width_of(view) - taken : NAME_MIN;
}

/* Titles are cut before the marks behind them are, then names. */
static void measure(struct view *view)
{
    size_t title_width = 0;
    size_t marks_width = 0;

    for (size_t at = 0; at < view->menu->count; at++) {
        const struct menu_entry *entry = &view->menu->entries[at];
        unsigned name = narrow(utf8_count(entry->section), NAME_MAX);
        size_t title = entry->marks[0] != '\0' ? utf8_count(entry->title) : 0;
        size_t marks = utf8_count(entry->marks);

        view->name_width = name > view->name_width ? name : view->name_width;
        title_width = title > title_width ? title : title_width;
        marks_width = marks > marks_width ? marks : marks_width;
    }
    view->name_width =
        narrow(view->name_width, room_for_names(view, narrow(marks_width, width_of(view))));
    view->title_width =
        narrow(title_width, room_for_titles(view, narrow(marks_width, width_of(view))));
}

/* A text in a column of its own; what is too long for it ends in "..". */
static const char *column(const struct view *view, const char *text, unsigned width)
{
    static const char blanks[] = "                                                            ";
    size_t length = utf8_count(text);

    if (length > width && width > 2)
        return text_format(view->menu->arena, "%.*s..", (int)cut(text, width - 2), text);
    return text_format(view->menu->arena, "%s%.*s", text,
                       (int)narrow(width - narrow(length, width), sizeof(blanks) - 1), blanks);
}

static void draw_entry(const struct view *view, size_t index)
{
    const struct menu_entry *entry = &view->menu->entries[index];
    bool is_chosen = index == view->menu->chosen;
    bool has_marks = entry->marks[0] != '\0';
    unsigned room = narrow(utf8_count(entry->title), room_for_titles(view, 0));
    const char *name = column(view, entry->section, view->name_width);
    const char *title = column(view, entry->title, has_marks ? view->title_width : room);

    if (name != NULL && title != NULL)
        put(view, FIRST + (unsigned)(index - view->top),
            text_format(view->menu->arena, "%c%s%zu  %s  %s%s%s", is_chosen ? '>' : ' ',
                        index < 9 ? "  " : " ", index + 1, name, title,
                        has_marks && view->title_width != 0 ? "  " : "", entry->marks),
            is_chosen);
}

static void draw_countdown(const struct view *view, unsigned seconds)
{
    const char *section = view->menu->entries[view->menu->chosen].section;
    /* Blanks take the place of what a longer line left there. */
    const char *line =
        seconds != 0 ? text_format(view->menu->arena, "[%s] boots in %u s; any key stops that  ",
                                   section, seconds)
                     : column(view, "", view->terminal->columns);

    put(view, FIRST + (unsigned)visible(view) + 1, line, false);
}

static void draw(struct view *view)
{
    size_t rows = visible(view);

    if (view->menu->chosen < view->top)
        view->top = view->menu->chosen;
    if (view->menu->chosen >= view->top + rows)
        view->top = view->menu->chosen - rows + 1;
    view->terminal->clear(view->terminal->context);
    put(view, 0, view->menu->headline, false);
    for (size_t at = view->top; at < view->menu->count && at < view->top + rows; at++)
        draw_entry(view, at);
    put(view, FIRST + (unsigned)rows + 3, keys_of_menu, false);
}

/* --- pages ------------------------------------------------------------------------------------ */

/*
 * The bytes of the row that a text begins with: a line, or what fits of it up to a blank. *next is
 * where the row after it begins.
 */
static size_t row_length(const struct view *view, const char *text, const char **next)
{
    const char *end = strchr(text, '\n');
    size_t line = end != NULL ? (size_t)(end - text) : strlen(text);
    size_t length = cut(text, width_of(view));

    if (length >= line) {
        *next = text + line + (text[line] == '\n');
        return line;
    }
    for (size_t at = length; at > 0; at--)
        if (text[at] == ' ') {
            *next = text + at + 1;
            return at;
        }
    *next = text + length;
    return length;
}

static size_t count_rows(const struct view *view, const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; count++)
        row_length(view, text, &text);
    return count;
}

/* Shows the section that a page is about, and a word behind it. */
static void draw_heading(const struct view *view, const char *word)
{
    const char *section = view->menu->entries[view->menu->chosen].section;

    view->terminal->clear(view->terminal->context);
    put(view, 0, text_format(view->menu->arena, "[%s]%s", section, word), false);
}

static void draw_page(const struct view *view, const char *text, size_t top, size_t rows)
{
    draw_heading(view, "");
    for (size_t row = 0; *text != '\0' && row < top + rows; row++) {
        const char *start = text;
        size_t length = row_length(view, start, &text);

        if (row >= top)
            put(view, FIRST + (unsigned)(row - top),
                text_format(view->menu->arena, "%.*s", (int)length, start), false);
    }
    put(view, FIRST + (unsigned)rows + 3, keys_of_page, false);
}

/* Moves the first line that is shown; false when the page is to be left. */
static bool scroll(enum key key, size_t rows, size_t most, size_t *top)
{
    size_t step = key == KEY_PAGE_UP || key == KEY_PAGE_DOWN ? rows : 1;

    switch (key) {
    case KEY_UP:
    case KEY_PAGE_UP:
        *top -= step < *top ? step : *top;
        return true;
    case KEY_DOWN:
    case KEY_PAGE_DOWN:
        *top += step < most - *top ? step : most - *top;
        return true;
    case KEY_NONE:
        return true;
    case KEY_GONE:
    case KEY_HOME:
    case KEY_END:
    case KEY_ENTER:
    case KEY_ESCAPE:
    case KEY_CHARACTER:
        break;
    }
    return false;
}

static void show_page(struct view *view, enum menu_page page)
{
    const struct menu *menu = view->menu;
    const char *section = menu->entries[menu->chosen].section;
    size_t rows = visible(view);
    const char *text;
    size_t count;
    size_t most;
    size_t top = 0;
    size_t drawn = 1;

    draw_heading(view, ": reading…");
    text = menu->page(menu->context, section, page);
    if (text == NULL)
        text = "out of memory\n";
    count = count_rows(view, text);
    most = count > rows ? count - rows : 0;
    for (;;) {
        if (top != drawn)
            draw_page(view, text, top, rows);
        drawn = top;
        if (!scroll(view->terminal->wait(view->terminal->context, SECOND).key, rows, most, &top))
            return;
    }
}

/* --- keys ------------------------------------------------------------------------------------- */

/* A number of several digits is typed digit by digit. */
static void type_digit(struct view *view, unsigned digit)
{
    size_t number = view->number * 10 + digit;

    if (number > view->menu->count)
        number = digit;
    view->number = number;
    if (number >= 1 && number <= view->menu->count)
        view->menu->chosen = number - 1;
}

static void press_character(struct view *view, char character)
{
    if (character >= '0' && character <= '9')
        type_digit(view, (unsigned)(character - '0'));
    else if (character == 'd' || character == 'D')
        show_page(view, MENU_DOMAINS);
    else if (character == 'e' || character == 'E')
        show_page(view, MENU_MISTAKES);
}

static void move(struct view *view, enum key key)
{
    struct menu *menu = view->menu;
    size_t last = menu->count - 1;
    size_t rows = visible(view);

    if (key == KEY_UP && menu->chosen > 0)
        menu->chosen--;
    else if (key == KEY_DOWN && menu->chosen < last)
        menu->chosen++;
    else if (key == KEY_HOME)
        menu->chosen = 0;
    else if (key == KEY_END)
        menu->chosen = last;
    else if (key == KEY_PAGE_UP)
        menu->chosen -= menu->chosen < rows ? menu->chosen : rows;
    else if (key == KEY_PAGE_DOWN)
        menu->chosen += last - menu->chosen < rows ? last - menu->chosen : rows;
}

/* Shows how the time passes; the key that ends it, or KEY_NONE when it is over. */
static struct key_press count_down(const struct view *view)
{
    struct key_press press = {.key = KEY_NONE};

    for (unsigned left = view->menu->seconds; left > 0 && press.key == KEY_NONE; left--) {
        draw_countdown(view, left);
        press = view->terminal->wait(view->terminal->context, SECOND);
    }
    draw_countdown(view, 0);
    return press;
}

/* The next key, however long that takes. */
static struct key_press next_key(const struct view *view)
{
    struct key_press press;

    do
        press = view->terminal->wait(view->terminal->context, SECOND);
    while (press.key == KEY_NONE);
    return press;
}

enum menu_result menu_run(struct menu *menu, const struct terminal *terminal)
{
    struct view view = {.menu = menu, .terminal = terminal};
    struct key_press press = {.key = KEY_NONE};

    measure(&view);
    draw(&view);
    press = menu->seconds != 0 ? count_down(&view) : next_key(&view);
    for (;; press = next_key(&view)) {
        if (press.key == KEY_NONE || press.key == KEY_GONE)
            return MENU_TIME_OVER;
        if (press.key == KEY_ENTER)
            return MENU_CHOSEN;
        if (press.key == KEY_ESCAPE)
            return MENU_LEFT;
        if (press.key != KEY_CHARACTER || press.character < '0' || press.character > '9')
            view.number = 0;
        if (press.key == KEY_CHARACTER)
            press_character(&view, press.character);
        else
            move(&view, press.key);
        draw(&view);
    }
}
