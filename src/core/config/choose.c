/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage config, second half: which file is read, and which of its entries are booted. */
#include "core/config/choose.h"

#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"

/* The way in which a key's entries count in a boot section. */
enum key_use {
    KEY_ONCE,     /* the first entry, into the pointer at `slot` */
    KEY_OVERLAYS, /* each, in order */
    KEY_BINARIES, /* likewise */
    KEY_NOTHING,  /* Xen has it on other processors */
};

/* The keys that a boot section may have. */
/* clang-format off */
static const struct boot_key {
    const char *name;
    enum key_use use;
    size_t slot; /* the offset in struct boot_section */
} boot_keys[] = {
    {"title",   KEY_ONCE,     offsetof(struct boot_section, title)},
    {"options", KEY_ONCE,     offsetof(struct boot_section, options)},
    {"xen",     KEY_ONCE,     offsetof(struct boot_section, xen)},
    {"kernel",  KEY_ONCE,     offsetof(struct boot_section, kernel)},
    {"ramdisk", KEY_ONCE,     offsetof(struct boot_section, ramdisk)},
    {"xsm",     KEY_ONCE,     offsetof(struct boot_section, xsm)},
    {"dtb",     KEY_ONCE,     offsetof(struct boot_section, dtb)},
    {"domains", KEY_ONCE,     offsetof(struct boot_section, domains)},
    {"dtbo",    KEY_OVERLAYS, 0},
    {"binary",  KEY_BINARIES, 0},
    {"ucode",   KEY_NOTHING,  0},
    {"video",   KEY_NOTHING,  0},
};
/* clang-format on */

#define KEYS (sizeof(boot_keys) / sizeof(boot_keys[0]))

static bool names_list_add(struct arena *arena, const char **list, size_t *count, const char *stem,
                           size_t length)
{
    const char *name = text_format(arena, "%.*s.cfg", (int)length, stem);

    if (name == NULL)
        return false;
    for (size_t at = 0; at < *count; at++)
        if (text_equal_nocase(list[at], name))
            return true;
    list[(*count)++] = name;
    return true;
}

const char **config_candidates(struct arena *arena, const char *image)
{
    size_t length = image != NULL ? file_stem_length(image) : 0;
    const char **list = arena_array(arena, length + 4, sizeof(*list));
    size_t count = 0;

    if (list == NULL)
        return NULL;
    while (length != 0) {
        if (!names_list_add(arena, list, &count, image, length))
            return NULL;
        do
            length--;
        while (length != 0 && strchr(".-_", image[length]) == NULL);
    }
    if (!names_list_add(arena, list, &count, "muster", 6) ||
        !names_list_add(arena, list, &count, "xen", 3))
        return NULL;
    return list;
}

/* Says why a file cannot be read. */
static void report_unreadable(const struct workspace *workspace, const struct location *where,
                              const char *name, enum platform_status status, uint64_t size)
{
    if (status == PLATFORM_TOO_LARGE)
        diagnose(workspace->diagnostics, SEVERITY_ERROR, &(struct location){.file = name},
                 "is it a configuration file?", "a configuration of %s is too large",
                 text_size(workspace->arena, size));
    else
        file_diagnose(workspace, where, "read configuration", name, status);
}

static const struct boot_key *find_key(const char *name)
{
    for (const struct boot_key *key = boot_keys; key < boot_keys + KEYS; key++)
        if (strcmp(key->name, name) == 0)
            return key;
    return NULL;
}

static bool is_key(const char *name)
{
    return find_key(name) != NULL;
}

/* The key that is most like this one, or NULL. */
static const char *nearest_key(const char *name)
{
    struct nearest nearest = {.wanted = name};

    for (size_t at = 0; at < KEYS; at++)
        nearest_offer(&nearest, boot_keys[at].name);
    return nearest.name;
}

/* The key that has this name for somebody who comes from elsewhere, or NULL. */
static const char *foreign_key(const char *name)
{
    static const char names[][2][11] = {
        {"initrd", "ramdisk"},
        {"overlay", "dtbo"},
        {"devicetree", "dtb"},
    };

    for (size_t at = 0; at < sizeof(names) / sizeof(names[0]); at++)
        if (strcmp(names[at][0], name) == 0)
            return names[at][1];
    return NULL;
}

/* One that is misspelt is an error, as something else would boot than is meant. */
static void report_unknown(const struct workspace *workspace, const struct config_entry *entry)
{
    const char *first = arena_copy(workspace->arena, entry->key, text_until(entry->key, " \t:"));
    const char *foreign = foreign_key(entry->key);
    const char *near = first != NULL && is_key(first) ? first
                       : foreign != NULL              ? foreign
                                                      : nearest_key(entry->key);
    bool is_rest =
        entry->where.column > 1 && (entry->value == NULL || strchr(entry->key, ' ') != NULL);
    const char *hint = is_rest ? "a line does not go on in the next: write the entry in one line"
                               : "it is ignored: an entry is written key=value";

    if (near == NULL && global_has_key(entry->key))
        hint = "move it below [global]";
    else if (near == first)
        hint = config_meant(workspace->arena, entry);
    else if (near != NULL)
        hint = text_format(workspace->arena, "did you mean %s=?", near);
    else if (!is_rest && entry->value != NULL)
        hint = "it is ignored";
    diagnose(workspace->diagnostics, near != NULL ? SEVERITY_ERROR : SEVERITY_WARNING,
             &entry->where, hint, "unknown key %s", entry->key);
}

/* False after reporting that no line is a header, or has a key that is known or nearly so. */
static bool check_is_configuration(const struct workspace *workspace, const struct config *config)
{
    const struct config_entry *entry = config->head.first;

    if (config->head.next != NULL || entry == NULL)
        return true;
    for (; entry != NULL; entry = entry->next)
        if (is_key(entry->key) || nearest_key(entry->key) != NULL)
            return true;
    diagnose(workspace->diagnostics, SEVERITY_ERROR, &config->head.first->where,
             "sections start with [NAME], and lines are written key=value",
             "this is not a configuration: no line is a section's header or has a known key");
    return false;
}

/* *status is that of the file; what is wrong in it is reported in any case. */
static bool read_one(const struct workspace *workspace, const char *name, struct config *config,
                     enum platform_status *status, uint64_t *size)
{
    char *text;

    *size = 0;
    *status = file_read(workspace, name, CONFIG_SIZE_MAX, arena_allocate, &text, size);
    return *status == PLATFORM_OK && config_parse(workspace, name, text, (size_t)*size, config) &&
           check_is_configuration(workspace, config);
}

/* Reads a file that has to be there. */
static bool read_required(const struct workspace *workspace, const struct location *where,
                          const char *name, struct config *config)
{
    enum platform_status status;
    uint64_t size;

    if (read_one(workspace, name, config, &status, &size))
        return true;
    if (status != PLATFORM_OK)
        report_unreadable(workspace, where, name, status, size);
    return false;
}

bool config_read(const struct workspace *workspace, const char *requested, const char *image,
                 struct config *config, const char **tried)
{
    const char **names;
    enum platform_status status;
    uint64_t size;

    *config = (struct config){0};
    *tried = NULL;
    if (requested != NULL)
        return read_required(workspace, NULL, requested, config);
    names = config_candidates(workspace->arena, image);
    if (names == NULL)
        return false;
    for (; *names != NULL; names++) {
        if (read_one(workspace, *names, config, &status, &size))
            return true;
        if (status == PLATFORM_OK)
            return false;
        if (status != PLATFORM_NOT_FOUND) {
            report_unreadable(workspace, NULL, *names, status, size);
            return false;
        }
        *tried = *tried == NULL ? *names : text_format(workspace->arena, "%s, %s", *tried, *names);
    }
    return *tried != NULL;
}

/* True if the value of a key is the name of a file and nothing else. */
static bool is_file(const struct boot_key *key)
{
    return key->slot == offsetof(struct boot_section, xen) ||
           key->slot == offsetof(struct boot_section, dtb);
}

/* An entry whose value is the name of a file alone, without the quotes around that. */
static const struct config_entry *unquote(const struct workspace *workspace,
                                          const struct config_entry *entry)
{
    const char *rest = entry->value;
    struct config_entry *copy = NULL;
    char *name = NULL;

    if (entry->value[0] != '"' && entry->value[0] != '\'')
        return entry;
    name = config_word(workspace->arena, &rest);
    if (name == NULL || rest != NULL)
        return entry;
    copy = arena_allocate(workspace->arena, sizeof(*copy));
    if (copy == NULL)
        return entry;
    *copy = *entry;
    copy->value = name;
    return copy;
}

/* The section that entries are of where headers are ignored. */
struct unasked {
    const struct config_section *section;
    bool is_said; /* of one of them, that the keys of those before it count */
};

/* Reports a key that was there before; where headers are ignored, at the second section alone. */
static void report_again(const struct workspace *workspace, const struct config_entry *entry,
                         const struct config_entry *first, struct unasked *unasked)
{
    const struct config_section *of = unasked != NULL ? unasked->section : NULL;

    if (of == NULL || of->name == NULL || first->where.line >= of->where.line) {
        config_report_again(workspace, entry, first);
        return;
    }
    if (!unasked->is_said)
        diagnose(
            workspace->diagnostics, SEVERITY_WARNING, &of->where,
            text_format(workspace->arena, "name the one that boots: [global] default=%s", of->name),
            "no section is asked for, so the keys of those before [%s] count", of->name);
    unasked->is_said = true;
}

/*
 * Puts an entry where it counts, if it does: it has a known key and a value, and is the first.
 * `unasked` is NULL for an entry of the section that is asked for.
 */
static void gather_entry(const struct workspace *workspace, const struct config_entry *entry,
                         struct unasked *unasked, struct boot_section *section)
{
    const struct boot_key *key = find_key(entry->key);
    const struct config_entry **slot;

    if (key == NULL) {
        report_unknown(workspace, entry);
        return;
    }
    if (entry->value == NULL || (entry->value[0] == '\0' && strcmp(key->name, "options") != 0)) {
        /* Without domains there may be nothing to boot. */
        config_report_no_value(workspace, entry,
                               key->slot == offsetof(struct boot_section, domains)
                                   ? SEVERITY_ERROR
                                   : SEVERITY_WARNING);
        return;
    }
    switch (key->use) {
    case KEY_NOTHING:
        diagnose(workspace->diagnostics, SEVERITY_NOTE, &entry->where, NULL,
                 "%s= does nothing on arm64", entry->key);
        return;
    case KEY_OVERLAYS:
        section->overlays[section->overlay_count++] = unquote(workspace, entry);
        return;
    case KEY_BINARIES:
        section->binaries[section->binary_count++] = entry;
        return;
    case KEY_ONCE:
        slot = (const struct config_entry **)(void *)((char *)section + key->slot);
        if (*slot != NULL)
            report_again(workspace, entry, *slot, unasked);
        else
            *slot = is_file(key) ? unquote(workspace, entry) : entry;
        return;
    }
}

static size_t count_entries(const struct config_section *sections)
{
    size_t count = 0;

    for (; sections != NULL; sections = sections->next)
        for (const struct config_entry *entry = sections->first; entry != NULL; entry = entry->next)
            count++;
    return count;
}

/* Marks the sections of a list that is separated by commas or semicolons, as a mistake. */
static void mark_list(const struct workspace *workspace, const struct config *config,
                      const char *list)
{
    while (*list != '\0') {
        struct config_section *domain;
        size_t length = text_until(list, ",;");
        const char *name = arena_copy(workspace->arena, list, length);

        domain = name != NULL ? config_section(config, name) : NULL;
        if (domain != NULL)
            domain->is_domain = true;
        list += length + (list[length] != '\0');
    }
}

/* Marks the sections that entries of a key name. False if one of them is not there. */
static bool mark_domains(const struct workspace *workspace, const struct config *config,
                         const char *key)
{
    bool are_there = true;

    for (const struct config_section *each = &config->head; each != NULL; each = each->next) {
        const struct config_entry *entry = config_find(each, key);
        const char *rest = entry != NULL ? entry->value : NULL;

        are_there = are_there && (entry == NULL || (rest != NULL && rest[0] != '\0'));
        while (rest != NULL) {
            const char *name = config_word(workspace->arena, &rest);
            struct config_section *domain = name != NULL ? config_section(config, name) : NULL;

            if (domain != NULL)
                domain->is_domain = true;
            else if (name != NULL)
                mark_list(workspace, config, name);
            are_there = are_there && (domain != NULL || name == NULL);
        }
    }
    return are_there;
}

bool config_mark_domains(const struct workspace *workspace, const struct config *config)
{
    bool are_there = mark_domains(workspace, config, "domains");

    mark_domains(workspace, config, "like");
    return are_there;
}

/* True if a section that domains= does not name is a domain's all the same: its own key is wrong.
 */
static bool is_stray_domain(const struct config_section *section)
{
    return section->name != NULL && config_find(section, "domains") == NULL &&
           (config_find(section, "like") != NULL || config_find(section, "cpus") != NULL ||
            config_find(section, "memory") != NULL || config_find(section, "vpl011") != NULL);
}

static void report_stray_domain(const struct workspace *workspace,
                                const struct config_section *section)
{
    /* An error before may be that domains= is misspelt. */
    if (workspace->diagnostics->counts[SEVERITY_ERROR] != 0)
        return;
    diagnose(workspace->diagnostics, SEVERITY_WARNING, &section->where,
             "name it with domains= in the section that is booted",
             "section [%s] describes a domain, but no domains= names it", section->name);
}

/* With no section asked for, headers are ignored and the first of each key in the file counts. */
static void gather_all(const struct workspace *workspace, const struct config *config,
                       struct boot_section *section)
{
    bool are_there = config_mark_domains(workspace, config);
    struct unasked unasked = {0};

    for (const struct config_section *each = &config->head; each != NULL; each = each->next) {
        if (each->is_domain || (each->name != NULL && strcmp(each->name, "global") == 0))
            continue;
        if (is_stray_domain(each)) {
            /* One that is not there may be this one, misspelt. */
            if (are_there)
                report_stray_domain(workspace, each);
            continue;
        }
        unasked.section = each;
        for (const struct config_entry *entry = each->first; entry != NULL; entry = entry->next)
            gather_entry(workspace, entry, &unasked, section);
    }
}

static void gather_chosen(const struct workspace *workspace, const struct config_section *chosen,
                          struct boot_section *section)
{
    section->name = chosen->name;
    for (const struct config_entry *entry = chosen->first; entry != NULL; entry = entry->next)
        gather_entry(workspace, entry, NULL, section);
}

static bool gather_section(const struct workspace *workspace, const struct config *config,
                           const struct config_section *chosen, struct boot_section *section)
{
    size_t count = count_entries(&config->head);

    *section = (struct boot_section){.config = config};
    section->overlays = arena_array(workspace->arena, count, sizeof(*section->overlays));
    section->binaries = arena_array(workspace->arena, count, sizeof(*section->binaries));
    if (section->overlays == NULL || section->binaries == NULL)
        return false;
    if (chosen == NULL)
        gather_all(workspace, config, section);
    else
        gather_chosen(workspace, chosen, section);
    return !workspace->arena->failed;
}

bool config_next(const struct workspace *workspace, struct config *config)
{
    const struct config_entry *chain = config_find(config_section(config, "global"), "chain");
    const char *tried;

    return chain != NULL && chain->value != NULL && chain->value[0] != '\0' &&
           config_read(workspace, chain->value, NULL, config, &tried);
}

static bool report_too_long_chain(const struct workspace *workspace, const struct global *global)
{
    diagnose(workspace->diagnostics, SEVERITY_ERROR, &global->chain->where,
             "does a file name itself by chain=?",
             "more than %u configuration files follow each other", CHAIN_MAX);
    return false;
}

/*
 * False after reporting that a section that was asked for is none to boot: it describes a domain,
 * whose kernel would be dom0's, or is [global].
 */
static bool check_boots(const struct workspace *workspace, const struct config *config,
                        const struct config_section *chosen, const struct location *where)
{
    config_mark_domains(workspace, config);
    if (!chosen->is_domain && strcmp(chosen->name, "global") != 0)
        return true;
    diagnose(workspace->diagnostics, SEVERITY_ERROR, where != NULL ? where : &chosen->where,
             "name another section", "[%s] is no section to boot", chosen->name);
    return false;
}

bool config_choose(const struct workspace *workspace, struct choice *choice, struct config *config,
                   struct boot_section *section)
{
    const struct location *where = NULL;
    const char *name = NULL;
    struct global global;

    for (unsigned files = 1;; files++) {
        const struct config_section *found;

        if (!global_read(workspace, config, is_key, &global))
            return false;
        /* The first file that says what boots decides; its name is looked for from there on. */
        if (name == NULL && (choice->asked != NULL || global.preset != NULL)) {
            if (!choice_make(workspace, config, &global, choice))
                return false;
            name = choice->turn.section;
            where = choice->asked == NULL ? &global.preset->value_where : NULL;
        }
        found = name != NULL ? config_section(config, name) : NULL;
        if (found != NULL && !check_boots(workspace, config, found, where))
            return false;
        if (found != NULL || (global.chain == NULL && name == NULL))
            return gather_section(workspace, config, found, section);
        if (global.chain == NULL) {
            config_report_no_section(workspace, config, where, name, false);
            return false;
        }
        if (files == CHAIN_MAX)
            return report_too_long_chain(workspace, &global);
        if (!read_required(workspace, &global.chain->value_where, global.chain->value, config))
            return false;
    }
}
