/* SPDX-License-Identifier: BSD-2-Clause */
/* The section [global]: which section boots when nobody asks for one. */
#include "core/config/global.h"

#include <string.h>

#include "core/base/text.h"

#define SECONDS_MAX 3600U /* of timeout= */

/* The keys, each with its place in struct global. */
static const struct {
    const char *name;
    size_t offset;
} keys[] = {
    {"default", offsetof(struct global, preset)},    {"chain", offsetof(struct global, chain)},
    {"fallback", offsetof(struct global, fallback)}, {"tries", offsetof(struct global, tries)},
    {"state", offsetof(struct global, state)},       {"timeout", offsetof(struct global, timeout)},
    {"measure", offsetof(struct global, measure)},
};

#define KEYS (sizeof(keys) / sizeof(keys[0]))

static void report_unknown(const struct workspace *workspace, const struct config_entry *entry,
                           bool is_of_boot)
{
    struct nearest nearest = {.wanted = entry->key};
    const char *hint =
        "[global] has default=, fallback=, tries=, state=, timeout=, measure= and chain=";

    for (size_t at = 0; at < KEYS; at++)
        nearest_offer(&nearest, keys[at].name);
    if (is_of_boot)
        hint = "move it to the booted section";
    else if (nearest.name != NULL)
        hint = text_format(workspace->arena, "did you mean %s=?", nearest.name);
    diagnose(workspace->diagnostics, SEVERITY_WARNING, &entry->where, hint,
             "unknown key %s in [global]", entry->key);
}

/* Puts an entry where it counts, if it does: it has a known key, and is the first. */
static void gather(const struct workspace *workspace, const struct config_entry *entry,
                   bool (*is_of_boot)(const char *key), struct global *global)
{
    for (size_t at = 0; at < KEYS; at++) {
        const struct config_entry **slot =
            (const struct config_entry **)(void *)((char *)global + keys[at].offset);

        if (strcmp(entry->key, keys[at].name) != 0)
            continue;
        if (*slot != NULL)
            config_report_again(workspace, entry, *slot);
        else
            *slot = entry;
        return;
    }
    report_unknown(workspace, entry, is_of_boot(entry->key));
}

/* A key without a value counts as not there. */
static void drop_empty(const struct workspace *workspace, struct global *global)
{
    for (size_t at = 0; at < KEYS; at++) {
        const struct config_entry **slot =
            (const struct config_entry **)(void *)((char *)global + keys[at].offset);

        if (*slot != NULL && ((*slot)->value == NULL || (*slot)->value[0] == '\0')) {
            config_report_no_value(workspace, *slot, SEVERITY_WARNING);
            *slot = NULL;
        }
    }
}

static void report_value(const struct workspace *workspace, const struct config_entry *entry,
                         const char *hint)
{
    diagnose(workspace->diagnostics, SEVERITY_ERROR, &entry->value_where, hint,
             "%s=%s cannot be used", entry->key, entry->value);
}

/* "3" or "3 always". */
static bool read_tries(const struct workspace *workspace, struct global *global)
{
    const char *rest = global->tries->value;
    char *count = config_word(workspace->arena, &rest);
    uint64_t number = 0;

    if (count == NULL)
        return false;
    global->rules.always = rest != NULL && strcmp(rest, "always") == 0;
    if (!text_to_number(count, strlen(count), &number) || number < 1 || number > STATE_TRIES_MAX ||
        (rest != NULL && !global->rules.always))
        report_value(workspace, global->tries, "write a number from 1 to 255, or 3 always");
    else
        global->rules.tries = (uint32_t)number;
    return true;
}

static void read_timeout(const struct workspace *workspace, struct global *global)
{
    const char *value = global->timeout->value;
    uint64_t number = 0;

    if (!text_to_number(value, strlen(value), &number) || number > SECONDS_MAX)
        report_value(workspace, global->timeout, "write a number of seconds, up to 3600");
    else
        global->seconds = (unsigned)number;
}

static void read_measure(const struct workspace *workspace, struct global *global)
{
    static const struct {
        const char *value;
        enum measuring measuring;
    } values[] = {{"no", MEASURE_NOTHING}, {"yes", MEASURE_FILES}, {"required", MEASURE_REQUIRED}};

    for (size_t at = 0; at < sizeof(values) / sizeof(values[0]); at++) {
        if (strcmp(global->measure->value, values[at].value) == 0) {
            global->measuring = values[at].measuring;
            return;
        }
    }
    report_value(workspace, global->measure, "write yes, no or required");
}

/* True if a section may be in this file: in one that goes on with chain=, all may be. */
static bool may_be_there(const struct config *config, const struct global *global,
                         const char *section)
{
    return global->chain != NULL || config_section(config, section) != NULL;
}

static bool read_fallbacks(const struct workspace *workspace, const struct config *config,
                           struct global *global)
{
    struct trial_rules *rules = &global->rules;
    const char *rest = global->fallback->value;

    rules->fallbacks =
        arena_array(workspace->arena, strlen(rest) / 2 + 1, sizeof(*rules->fallbacks));
    while (rules->fallbacks != NULL && rest != NULL) {
        struct location where = global->fallback->value_where;
        const char *before = rest;
        char *name = config_word(workspace->arena, &rest);

        if (name == NULL)
            return !workspace->arena->failed;
        where.column += (unsigned)(before - global->fallback->value);
        where.width = (unsigned)strlen(name);
        if (may_be_there(config, global, name))
            rules->fallbacks[rules->fallback_count++] = name;
        else
            config_report_no_section(workspace, config, &where, name, false);
    }
    return rules->fallbacks != NULL;
}

/* A key that does nothing without another one is a slip. */
static void check_together(const struct workspace *workspace, struct global *global)
{
    if (global->fallback != NULL && global->preset == NULL) {
        diagnose(workspace->diagnostics, SEVERITY_WARNING, &global->fallback->where,
                 "add default=SECTION", "fallback= does nothing without default=");
        global->rules.fallback_count = 0;
    }
    if (global->timeout != NULL && global->preset == NULL)
        diagnose(workspace->diagnostics, SEVERITY_WARNING, &global->timeout->where,
                 "add default=SECTION", "timeout= does nothing without default=");
    if (global->tries != NULL && global->preset == NULL && global->fallback == NULL)
        diagnose(workspace->diagnostics, SEVERITY_WARNING, &global->tries->where,
                 "add default=SECTION", "tries= does nothing without default=");
}

bool global_has_key(const char *name)
{
    size_t at = 0;

    while (at < KEYS && strcmp(keys[at].name, name) != 0)
        at++;
    return at < KEYS;
}

bool global_read(const struct workspace *workspace, const struct config *config,
                 bool (*is_of_boot)(const char *key), struct global *global)
{
    const struct config_section *section = config_section(config, "global");

    *global = (struct global){0};
    if (section == NULL)
        return true;
    for (const struct config_entry *entry = section->first; entry != NULL; entry = entry->next)
        gather(workspace, entry, is_of_boot, global);
    drop_empty(workspace, global);
    if (global->tries != NULL && !read_tries(workspace, global))
        return false;
    if (global->timeout != NULL)
        read_timeout(workspace, global);
    if (global->measure != NULL)
        read_measure(workspace, global);
    if (global->fallback != NULL && !read_fallbacks(workspace, config, global))
        return false;
    check_together(workspace, global);
    if (global->preset != NULL)
        global->rules.preset = global->preset->value;
    return true;
}
