/* SPDX-License-Identifier: BSD-2-Clause */
/* The installation on a partition: the systems that its configuration leads to. */
#include "host/install/installed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "host/base/file_content.h"
#include "host/base/heap_arena.h"
#include "host/base/output.h"
#include "host/machine/host_system.h"

unsigned installed_number(const char *section)
{
    const char *dot = strrchr(section, '.');
    uint64_t number;

    if (dot == NULL || !text_to_number(dot + 1, strlen(dot + 1), &number) || number > 1000000)
        return 0;
    return (unsigned)number;
}

char *installed_config_name(unsigned number)
{
    char *name = NULL;

    if (asprintf(&name, PARTITION_DIRECTORY "/muster.%u.cfg", number) >= 0)
        return name;
    output_error("out of memory");
    exit(EXIT_FAILURE);
}

unsigned installed_config_number(const char *name)
{
    unsigned number;
    char end = '\0';

    if (sscanf(name, PARTITION_DIRECTORY "/muster.%u.cf%c", &number, &end) == 2 && end == 'g')
        return number;
    return 0;
}

static const char *value_of(const struct config *config, const char *key)
{
    const struct config_entry *entry = config_find(config_section(config, "global"), key);

    return entry != NULL ? entry->value : NULL;
}

/* The number of the system that a section is of, if install has put it in place. */
static struct installed_system system_of(const struct installed *installed, const char *section)
{
    unsigned number = installed_number(section);
    char *config = installed_config_name(number);
    bool is_known = manifest_find(&installed->manifest, config) != NULL;

    free(config);
    return (struct installed_system){section, is_known ? number : 0};
}

/* Finds the systems that default= and fallback= name. */
static void find_systems(struct installed *installed)
{
    const char *preset = value_of(&installed->config, "default");
    const char *rest = value_of(&installed->config, "fallback");
    const char *chain = value_of(&installed->config, "chain");

    if (preset == NULL)
        return;
    installed->newest = chain != NULL ? installed_config_number(chain) : 0;
    installed->current = system_of(installed, preset);
    while (rest != NULL && installed->former.section == NULL) {
        const char *name = config_word(&installed->arena, &rest);

        if (name != NULL && system_of(installed, name).number != installed->current.number)
            installed->former = system_of(installed, name);
    }
}

unsigned installed_highest(const struct manifest *manifest)
{
    unsigned highest = 0;

    for (size_t at = 0; at < manifest->count; at++) {
        unsigned number = installed_config_number(manifest->entries[at].name);

        if (number > highest)
            highest = number;
    }
    return highest;
}

static bool is_as_written(const struct installed *installed)
{
    unsigned char digest[DIGEST_SIZE];

    digest_of(installed->text, installed->size, digest);
    return manifest_has(&installed->manifest, INSTALLED_CONFIG, digest);
}

/* Parses the text of a configuration; what is wrong in it is said by check. */
static bool parse(struct arena *arena, const char *text, size_t size, struct config *config)
{
    struct diagnostics unheard;
    const struct workspace workspace = {.arena = arena, .diagnostics = &unheard};

    diagnostics_init(&unheard, arena);
    *config = (struct config){0};
    return config_parse(&workspace, INSTALLED_CONFIG, text, size, config);
}

static bool read_config(struct installed *installed, const char *path)
{
    struct file_content content = {0};

    if (!file_content_read(&content, path))
        return false;
    installed->text = content.data;
    installed->size = content.size;
    installed->is_by_hand = !is_as_written(installed);
    if (parse(&installed->arena, installed->text, installed->size, &installed->config))
        find_systems(installed);
    return true;
}

bool installed_numbers(const char *text, size_t size, void (*each)(void *data, unsigned number),
                       void *data)
{
    static const char *const keys[] = {"default", "fallback"};
    struct arena arena;
    struct config config;
    bool is_good;

    heap_arena_init(&arena);
    is_good = parse(&arena, text, size, &config);
    for (size_t at = 0; is_good && at < sizeof(keys) / sizeof(keys[0]); at++) {
        const char *list = value_of(&config, keys[at]);
        const char *name;

        while ((name = config_word(&arena, &list)) != NULL)
            each(data, installed_number(name));
    }
    if (is_good && value_of(&config, "chain") != NULL)
        each(data, installed_config_number(value_of(&config, "chain")));
    arena_release(&arena);
    return is_good;
}

void installed_take_tree(const struct partition *partition, struct host_request *request,
                         char **kept)
{
    *kept = partition_file(partition, INSTALLED_TREE);
    if (request->tree == NULL && request->machine == NULL && host_system_local_tree() == NULL &&
        access(*kept, R_OK) == 0)
        request->tree = *kept;
}

bool installed_read(struct installed *installed, const struct partition *partition)
{
    char *manifest = partition_file(partition, INSTALLED_MANIFEST);
    char *config = partition_file(partition, INSTALLED_CONFIG);
    bool is_good;

    *installed = (struct installed){0};
    heap_arena_init(&installed->arena);
    is_good = manifest_read(&installed->manifest, manifest) &&
              (access(config, F_OK) != 0 || read_config(installed, config));
    free(manifest);
    free(config);
    return is_good;
}

void installed_release(struct installed *installed)
{
    manifest_release(&installed->manifest);
    arena_release(&installed->arena);
    free(installed->text);
    *installed = (struct installed){0};
}
