/* SPDX-License-Identifier: BSD-2-Clause */
/* The entries of a domain's section: its own, and those of the sections that it is like. */
#include "core/config/like.h"

#include <string.h>

#include "core/base/text.h"

#define WAY_MAX 32U /* sections, each like the next */

/* The gathering of a domain's entries. */
struct gathering {
    const struct workspace *workspace;
    const struct config *config;
    const struct config_section *way[WAY_MAX]; /* the domain's own section first */
    size_t length;
    struct names keys;
    struct like like;
};

/* Takes the entries of one section whose keys were not there yet. False without memory. */
static bool take_entries(struct gathering *gathering, const struct config_section *section)
{
    struct names own;

    names_init(&own, gathering->workspace->arena, false);
    for (struct config_entry *entry = section->first; entry != NULL; entry = entry->next) {
        const struct config_entry *first = names_add(&own, entry->key, entry);

        if (first == NULL)
            return false;
        if (first != entry) {
            config_report_again(gathering->workspace, entry, first);
            continue;
        }
        if (strcmp(entry->key, "like") == 0)
            continue;
        first = names_add(&gathering->keys, entry->key, entry);
        if (first == NULL)
            return false;
        if (first == entry)
            gathering->like.entries[gathering->like.count++] = entry;
    }
    return true;
}

static void report(struct gathering *gathering, const struct location *where, const char *hint,
                   const char *what)
{
    diagnose_once(gathering->workspace->diagnostics, SEVERITY_ERROR, where, hint, "%s", what);
    gathering->like.is_faulty = true;
}

/* The section that a like= names; NULL after reporting what is wrong with it. */
static const struct config_section *find(struct gathering *gathering,
                                         const struct config_entry *entry)
{
    const char *rest = entry->value;
    const char *name = config_word(gathering->workspace->arena, &rest);
    const struct config_section *found = NULL;

    if (name == NULL || rest != NULL) {
        report(gathering, &entry->value_where, "write like=SECTION",
               "like= names one section, which may have a like= of its own");
        return NULL;
    }
    found = config_section(gathering->config, name);
    if (found == NULL) {
        config_report_no_section(gathering->workspace, gathering->config, &entry->value_where, name,
                                 true);
        gathering->like.is_faulty = true;
    }
    return found;
}

/* Reports a circle that a section is in, at the first of its lines: it is one mistake. */
static void report_circle(struct gathering *gathering, const struct config_section *section)
{
    const struct config_section *each = section;
    const struct config_entry *first = config_find(section, "like");

    do {
        const struct config_entry *entry = config_find(each, "like");

        if (entry->where.line < first->where.line)
            first = entry;
        each = find(gathering, entry);
    } while (each != NULL && each != section);
    report(gathering, &first->value_where, "take one like= out of the circle",
           text_format(gathering->workspace->arena, "like=%s leads back to where it stands",
                       first->value));
}

/* Follows like= from the domain's own section on, until it ends or is wrong. */
static void find_way(struct gathering *gathering, const struct config_section *section)
{
    while (section != NULL) {
        const struct config_entry *like = config_find(section, "like");

        for (size_t at = 0; at < gathering->length; at++) {
            if (gathering->way[at] == section) {
                report_circle(gathering, section);
                return;
            }
        }
        if (gathering->length == WAY_MAX) {
            report(gathering, &section->where, "let more domains be like the same section",
                   "like= leads through too many sections");
            return;
        }
        gathering->way[gathering->length++] = section;
        section = like != NULL ? find(gathering, like) : NULL;
    }
}

struct like like_gather(const struct workspace *workspace, const struct config *config,
                        const struct config_section *section)
{
    struct gathering gathering = {.workspace = workspace, .config = config};
    size_t count = 0;

    find_way(&gathering, section);
    for (size_t at = 0; at < gathering.length; at++)
        for (const struct config_entry *entry = gathering.way[at]->first; entry != NULL;
             entry = entry->next)
            count++;
    names_init(&gathering.keys, workspace->arena, false);
    gathering.like.entries = arena_array(workspace->arena, count, sizeof(struct config_entry *));
    for (size_t at = 0; gathering.like.entries != NULL && at < gathering.length; at++)
        if (!take_entries(&gathering, gathering.way[at]))
            gathering.like.entries = NULL;
    return gathering.like;
}

const struct config_section *like_section(const struct config *config,
                                          const struct config_entry *entry)
{
    const struct config_section *section = config->head.next;

    for (; section != NULL; section = section->next)
        for (const struct config_entry *each = section->first; each != NULL; each = each->next)
            if (each == entry)
                return section;
    return NULL;
}
