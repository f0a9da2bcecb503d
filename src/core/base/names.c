/* SPDX-License-Identifier: BSD-2-Clause */
/* Names: a hash table with a list of entries for each hash. */
#include "core/base/names.h"

#include <string.h>

#include "core/base/arena.h"
#include "core/base/text.h"

struct name_entry {
    const char *name;
    void *value;
    struct name_entry *next; /* of the same hash */
};

void names_init(struct names *names, struct arena *arena, bool ignore_case)
{
    *names = (struct names){.arena = arena, .ignore_case = ignore_case};
}

/* Letters that differ in case alone have the same hash. */
static unsigned hash(const char *name)
{
    unsigned value = 0;

    for (; *name != '\0'; name++)
        value = 31 * value + ((unsigned char)*name & 0x1f);
    return value % NAMES_LISTS;
}

static bool are_equal(const struct names *names, const char *left, const char *right)
{
    return names->ignore_case ? text_equal_nocase(left, right) : strcmp(left, right) == 0;
}

static struct name_entry *find(const struct names *names, const char *name, unsigned list)
{
    struct name_entry *entry = names->lists[list];

    while (entry != NULL && !are_equal(names, entry->name, name))
        entry = entry->next;
    return entry;
}

void *names_find(const struct names *names, const char *name)
{
    const struct name_entry *entry = find(names, name, hash(name));

    return entry != NULL ? entry->value : NULL;
}

void *names_add(struct names *names, const char *name, void *value)
{
    unsigned list = hash(name);
    struct name_entry *entry = find(names, name, list);

    if (entry != NULL)
        return entry->value;
    entry = arena_allocate(names->arena, sizeof(*entry));
    if (entry == NULL)
        return NULL;
    *entry = (struct name_entry){.name = name, .value = value, .next = names->lists[list]};
    names->lists[list] = entry;
    return value;
}
