/* SPDX-License-Identifier: BSD-2-Clause */
/* The menu: the sections of a configuration on a terminal of any kind, one of them to be booted. */
#ifndef MUSTER_BOOT_MENU_H
#define MUSTER_BOOT_MENU_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"

enum key {
    KEY_NONE, /* no key was pressed in time */
    KEY_GONE, /* no key can be pressed any more */
    KEY_UP,
    KEY_DOWN,
    KEY_PAGE_UP,
    KEY_PAGE_DOWN,
    KEY_HOME,
    KEY_END,
    KEY_ENTER,
    KEY_ESCAPE,
    KEY_CHARACTER,
};

struct key_press {
    enum key key;
    char character; /* of KEY_CHARACTER: ASCII */
};

/* A terminal. Rows count from 0 at the top; a column is a character of UTF-8. */
struct terminal {
    void *context;
    unsigned columns;
    unsigned rows;
    void (*clear)(void *context);
    /* Writes text that fits into the row; `is_marked` shows it in the colours of what is chosen. */
    void (*put)(void *context, unsigned row, const char *text, bool is_marked);
    /* Waits for a key, at most that long. */
    struct key_press (*wait)(void *context, unsigned milliseconds);
};

/* A section that can be booted. Texts outlive the menu. */
struct menu_entry {
    const char *section;
    const char *title; /* title=, or "" */
    const char *marks; /* such as "default, on trial: 2 of 3 tries left", or "" */
};

/* The details of a section that a person may ask to see. */
enum menu_page { MENU_DOMAINS, MENU_MISTAKES };

struct menu {
    struct arena *arena;  /* for what is shown */
    const char *headline; /* the first row: loader and configuration */
    const struct menu_entry *entries;
    size_t count;     /* of them, at least one */
    size_t chosen;    /* the entry that is marked at first, and boots when the time is over */
    unsigned seconds; /* until then; 0 for never */
    void *context;
    /* The lines of a page about a section, each with its end; in any memory until the next call. */
    const char *(*page)(void *context, const char *section, enum menu_page page);
};

enum menu_result {
    MENU_NONE,      /* there was no menu */
    MENU_TIME_OVER, /* nobody has chosen, or nobody can any more */
    MENU_CHOSEN,    /* the person has: menu->chosen */
    MENU_LEFT,      /* the person leaves it for the firmware */
};

/* Shows the menu until it has a result. */
enum menu_result menu_run(struct menu *menu, const struct terminal *terminal);

#endif
