/* SPDX-License-Identifier: BSD-2-Clause */
/* The sections that a menu offers, each with its title and its part in what boots. */
#ifndef MUSTER_BOOT_SECTIONS_H
#define MUSTER_BOOT_SECTIONS_H

#include "core/boot/menu.h"
#include "core/system.h"

#define SECTIONS_MAX 999U /* that are listed: numbers of three digits */

struct sections {
    struct menu_entry *entries; /* texts belong to the system and to the arena */
    size_t count;
    size_t turn;   /* the entry whose turn it is when nobody chooses, if has_turn */
    bool has_turn; /* it is in the list */
};

/*
 * Lists the sections that can be booted of a system which system_configure was called for: those of
 * the file that was read first, and of those that chain= leads to. Left out are [global] and
 * sections that describe domains. False without memory in `arena`.
 */
bool sections_list(struct arena *arena, const struct system *system, struct sections *list);

#endif
