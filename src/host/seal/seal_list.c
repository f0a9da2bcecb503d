/* SPDX-License-Identifier: BSD-2-Clause */
/* The files that a seal is to cover, as they are found. */
#include "host/seal/seal_list.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "host/base/output.h"

static struct seal_entry *find(const struct seal_list *list, const char *name)
{
    for (size_t at = 0; at < list->count; at++)
        if (text_equal_nocase(list->entries[at].name, name))
            return &list->entries[at];
    return NULL;
}

static void fail(struct seal_list *list)
{
    if (!list->failed)
        output_error("out of memory");
    list->failed = true;
}

/* A new entry at the end, with a copy of the name; NULL without memory. */
static struct seal_entry *append(struct seal_list *list, const char *name, uint64_t size)
{
    struct seal_entry *entries = reallocarray(list->entries, list->count + 1, sizeof(*entries));
    struct seal_entry *entry;

    if (entries == NULL)
        return NULL;
    list->entries = entries;
    entry = &entries[list->count];
    *entry = (struct seal_entry){.name = strdup(name), .size = size};
    if (entry->name == NULL)
        return NULL;
    list->count++;
    return entry;
}

bool seal_list_add_config(struct seal_list *list, const char *name, const char *content,
                          size_t size)
{
    struct seal_entry *entry = find(list, name) == NULL ? append(list, name, size) : NULL;

    if (entry == NULL && find(list, name) != NULL)
        return false;
    if (entry != NULL)
        entry->config = malloc(size + 1);
    if (entry == NULL || entry->config == NULL) {
        fail(list);
        return false;
    }
    memcpy(entry->config, content, size);
    return true;
}

void seal_list_add_file(struct seal_list *list, const char *name, uint64_t size,
                        const unsigned char digest[DIGEST_SIZE])
{
    struct seal_entry *entry = find(list, name);

    if (entry == NULL) {
        entry = append(list, name, size);
        if (entry == NULL)
            fail(list);
        else
            memcpy(entry->digest, digest, DIGEST_SIZE);
    } else if (entry->config == NULL && !digest_equal(entry->digest, digest)) {
        if (strcmp(entry->name, name) == 0)
            output_error("%s was changed while it was sealed", name);
        else
            output_error("%s and %s are one file on a FAT file system", entry->name, name);
        list->failed = true;
    }
}

void seal_list_release(struct seal_list *list)
{
    for (size_t at = 0; at < list->count; at++) {
        free(list->entries[at].name);
        free(list->entries[at].config);
    }
    free(list->entries);
    *list = (struct seal_list){0};
}
