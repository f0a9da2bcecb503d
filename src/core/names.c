/* SPDX-License-Identifier: BSD-2-Clause */
/* Names: an open-addressing hash table whose capacity is a power of two, at most half full. */
#include "names.h"

#include <stdint.h>
#include <string.h>

#include "arena.h"
#include "text.h"

#define FIRST_CAPACITY 32U

struct name_slot {
    const char *name;
    void *value;
};

void names_init(struct names *names, struct arena *arena, bool ignore_case)
{
    *names = (struct names){.arena = arena, .ignore_case = ignore_case};
}

/* FNV-1a; bit 5 is dropped so that letters of either case meet. */
static uint64_t hash(const char *name)
{
    uint64_t value = 0xcbf29ce484222325U;

    for (; *name != '\0'; name++)
        value = (value ^ ((unsigned char)*name & ~0x20U)) * 0x100000001b3U;
    return value ^ value >> 32;
}

/* The slot that holds the name, or the free one where it would go. */
static struct name_slot *slot_for(const struct names *names, const char *name)
{
    size_t at = (size_t)hash(name);

    for (;; at++) {
        struct name_slot *slot = &names->slots[at & (names->capacity - 1)];

        if (slot->name == NULL || strcmp(slot->name, name) == 0 ||
            (names->ignore_case && text_equal_nocase(slot->name, name)))
            return slot;
    }
}

void *names_find(const struct names *names, const char *name)
{
    return names->capacity != 0 ? slot_for(names, name)->value : NULL;
}

static bool grow(struct names *names)
{
    struct names larger = *names;

    larger.capacity = names->capacity != 0 ? 2 * names->capacity : FIRST_CAPACITY;
    larger.slots = arena_array(names->arena, larger.capacity, sizeof(*larger.slots));
    if (larger.slots == NULL)
        return false;
    for (size_t at = 0; at < names->capacity; at++)
        if (names->slots[at].name != NULL)
            *slot_for(&larger, names->slots[at].name) = names->slots[at];
    *names = larger;
    return true;
}

void *names_add(struct names *names, const char *name, void *value)
{
    struct name_slot *slot;

    if (2 * (names->count + 1) > names->capacity && !grow(names))
        return NULL;
    slot = slot_for(names, name);
    if (slot->name == NULL) {
        *slot = (struct name_slot){name, value};
        names->count++;
    }
    return slot->value;
}
