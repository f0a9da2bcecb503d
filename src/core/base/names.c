/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names: a Patricia tree, as of Morrison 1968. A search takes at most a step for each bit of its
 * name, whatever names are in the tree: a hash table would be slow for names that somebody chose.
 */
#include "core/base/names.h"

#include <string.h>

#include "core/base/arena.h"
#include "core/base/text.h"

/* A name, and the bit by which its two sides differ, which agree in all bits before it. */
struct name_node {
    const char *name; /* it is on one of the sides */
    void *value;
    size_t bit;                 /* from 1, and 0 at the root; grows on the way down */
    struct name_node *sides[2]; /* where it does not, the way has ended */
};

/* A name that is looked for; its bits are those of its letters and of its end. */
struct key {
    const char *text;
    size_t bits;
};

void names_init(struct names *names, struct arena *arena, bool ignore_case)
{
    *names = (struct names){.arena = arena, .ignore_case = ignore_case};
}

/* Fills in a key; false without memory. */
static bool make_key(const struct names *names, const char *name, struct key *key)
{
    key->text = names->ignore_case ? text_fold(names->arena, name) : name;
    if (key->text == NULL)
        return false;
    key->bits = 8 * (strlen(key->text) + 1);
    return true;
}

/* The side of a key at a bit that it has, or at the root. */
static unsigned side(const struct key *key, size_t bit)
{
    if (bit == 0)
        return 0;
    bit--;
    return (unsigned char)key->text[bit / 8] >> (7 - bit % 8) & 1;
}

/* The first bit in which a key differs from a name; 0 for none. */
static size_t difference(const struct key *key, const char *name)
{
    size_t at = 0;

    while (key->text[at] == name[at])
        if (name[at++] == '\0')
            return 0;
    return 8 * at + (size_t)__builtin_clz((unsigned char)(key->text[at] ^ name[at])) - 23;
}

/* The node of a key, or one that has as many first bits in common with it as any. */
static struct name_node *find_node(const struct names *names, const struct key *key)
{
    struct name_node *node = names->root;
    size_t bit;

    do {
        bit = node->bit;
        node = node->sides[side(key, bit)];
    } while (node->bit > bit && node->bit <= key->bits);
    return node;
}

void *names_find(const struct names *names, const char *name)
{
    const struct name_node *node;
    struct key key;

    if (names->root == NULL || !make_key(names, name, &key))
        return NULL;
    node = find_node(names, &key);
    return difference(&key, node->name) == 0 ? node->value : NULL;
}

/* The link below the root that a node for this bit of the key goes into. */
static struct name_node **find_link(const struct names *names, const struct key *key, size_t bit)
{
    struct name_node *node = names->root;
    struct name_node **link;
    size_t above;

    do {
        above = node->bit;
        link = &node->sides[side(key, above)];
        node = *link;
    } while (node->bit > above && node->bit < bit);
    return link;
}

void *names_add(struct names *names, const char *name, void *value)
{
    struct name_node **link = &names->root;
    struct name_node *node;
    struct key key;
    size_t bit = 0;

    if (!make_key(names, name, &key))
        return NULL;
    if (names->root != NULL) {
        node = find_node(names, &key);
        bit = difference(&key, node->name);
        if (bit == 0)
            return node->value;
        link = find_link(names, &key, bit);
    }
    node = arena_allocate(names->arena, sizeof(*node));
    if (node == NULL)
        return NULL;
    *node = (struct name_node){.name = key.text, .value = value, .bit = bit};
    node->sides[side(&key, bit)] = node;
    node->sides[1 - side(&key, bit)] = *link;
    *link = node;
    return value;
}
