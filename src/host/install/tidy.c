/* SPDX-License-Identifier: BSD-2-Clause */
/* Removes from a partition what install wrote and nothing needs any more. */
#include "host/install/tidy.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "host/base/file_content.h"
#include "host/base/output.h"
#include "host/install/boot_entry.h"
#include "host/install/durable.h"
#include "host/install/install_sealed.h"
#include "host/install/installed.h"
#include "host/install/outputs.h"

/* Files that every system needs; those of the state begin with the last one. */
static const char *const fixed[] = {
    INSTALLED_CONFIG,   INSTALLED_TREE,  BOOT_ENTRY_LOADER, INSTALLED_BOOT,
    INSTALLED_BOOT_CFG, INSTALLED_STATE, SEALED_FORMER,
};

static bool is_fixed(const char *name)
{
    for (size_t at = 0; at < sizeof(fixed) / sizeof(fixed[0]); at++)
        if (text_starts(name, fixed[at]))
            return true;
    return false;
}

/* --- the systems that a configuration leads to --------------------------------------------------
 */

struct kept {
    char *text;    /* of all configurations of systems that are kept */
    char *by_hand; /* of those that somebody wrote */
    unsigned numbers[8];
    size_t count;
};

static bool is_kept_number(const struct kept *kept, unsigned number)
{
    for (size_t at = 0; at < kept->count; at++)
        if (kept->numbers[at] == number)
            return true;
    return false;
}

/* Adds the number of a system, if it is one. */
static void keep_number(void *data, unsigned number)
{
    struct kept *kept = data;

    if (number != 0 && !is_kept_number(kept, number) &&
        kept->count < sizeof(kept->numbers) / sizeof(kept->numbers[0]))
        kept->numbers[kept->count++] = number;
}

/* Adds bytes to a text. False without memory. */
static bool append(char **text, const void *bytes, size_t size)
{
    size_t length = *text != NULL ? strlen(*text) : 0;
    char *longer = realloc(*text, length + size + 1);

    if (longer == NULL)
        return false;
    memcpy(longer + length, bytes, size);
    longer[length + size] = '\0';
    *text = longer;
    return true;
}

/* Adds the content of a file of the partition, if it is there. */
static bool append_file(char **text, const struct partition *partition, const char *name)
{
    char *path = partition_file(partition, name);
    struct file_content content = {0};
    bool is_good = access(path, F_OK) != 0 ||
                   (file_content_read(&content, path) && append(text, content.data, content.size));

    file_content_release(&content);
    free(path);
    return is_good;
}

/* Adds the name of a file that a seal is about, as a configuration would have it. */
static bool keep_sealed(void *data, const char *name)
{
    struct kept *kept = data;

    return append(&kept->text, "\"", 1) && append(&kept->text, name, strlen(name)) &&
           append(&kept->text, "\"\n", 2);
}

static bool read_systems(struct kept *kept, const struct partition *partition)
{
    bool is_good = append_file(&kept->by_hand, partition, INSTALLED_BY_HAND);

    for (size_t at = 0; at < kept->count && is_good; at++) {
        char *name = installed_config_name(kept->numbers[at]);

        is_good = append_file(&kept->text, partition, name);
        free(name);
    }
    return is_good && sealed_names(partition, keep_sealed, kept);
}

/* True if a file belongs to a system that is kept: its name stands in a configuration, in quotes.
 */
static bool is_needed(const struct kept *kept, const char *name)
{
    unsigned number = installed_config_number(name);
    const char *found = kept->text;
    size_t length = strlen(name);

    if (number != 0)
        return is_kept_number(kept, number);
    if (is_fixed(name))
        return true;
    if (kept->by_hand != NULL && strcasestr(kept->by_hand, file_base_name(name)) != NULL)
        return true;
    while (found != NULL && (found = strstr(found, name)) != NULL) {
        if (found > kept->text && (found[-1] == '"' || found[-1] == '\'') &&
            found[length] == found[-1])
            return true;
        found += length;
    }
    return false;
}

/* --- removing -----------------------------------------------------------------------------------
 */

/* Removes a file that nobody changed, and forgets it. */
static bool remove_file(const struct partition *partition, struct manifest *manifest,
                        const char *name)
{
    char *path = partition_file(partition, name);
    bool is_done = true;

    if (outputs_owner(partition, manifest, name, NULL) == OWNED_BY_HAND)
        output_warning("%s was changed since it was installed, and stays", name);
    else
        is_done = durable_remove(path);
    free(path);
    if (is_done)
        manifest_drop(manifest, name);
    return is_done;
}

/* The former content of a replaced file is of no interest once that is done. */
static void settle(const struct partition *partition, struct manifest *manifest)
{
    for (size_t at = 0; at < manifest->count; at++) {
        struct manifest_entry *entry = &manifest->entries[at];
        unsigned char digest[DIGEST_SIZE];

        if (entry->digest_count > 1 &&
            outputs_owner(partition, manifest, entry->name, digest) == OWNED_OURS)
            manifest_add(manifest, entry->name, digest, NULL);
    }
}

static bool remove_unneeded(const struct partition *partition, struct manifest *manifest,
                            const struct kept *kept)
{
    bool is_done = true;

    for (size_t at = manifest->count; at-- > 0 && is_done;) {
        char *name = strdup(manifest->entries[at].name);

        is_done = name != NULL && (is_needed(kept, name) || remove_file(partition, manifest, name));
        free(name);
    }
    return is_done;
}

bool tidy(const struct partition *partition, struct manifest *manifest, const char *config,
          size_t size, bool is_by_hand)
{
    struct kept kept = {0};
    bool is_done = true;

    if (manifest->count == 0)
        return true;
    if (config != NULL)
        is_done = installed_numbers(config, size, keep_number, &kept) &&
                  (!is_by_hand || append(&kept.by_hand, config, size));
    is_done = is_done && read_systems(&kept, partition);
    settle(partition, manifest);
    is_done = is_done && remove_unneeded(partition, manifest, &kept) && manifest_write(manifest);
    free(kept.text);
    free(kept.by_hand);
    return is_done;
}

bool tidy_all(const struct partition *partition, struct manifest *manifest)
{
    /* The files that start the system go first, so that one half removed does not start. */
    static const char *const first[] = {INSTALLED_BOOT, INSTALLED_BOOT_CFG, BOOT_ENTRY_LOADER,
                                        INSTALLED_CONFIG};
    bool is_done = true;

    for (size_t at = 0; at < sizeof(first) / sizeof(first[0]) && is_done; at++)
        if (manifest_find(manifest, first[at]) != NULL)
            is_done = remove_file(partition, manifest, first[at]);
    while (is_done && manifest->count != 0) {
        char *name = strdup(manifest->entries[manifest->count - 1].name);

        is_done = name != NULL && remove_file(partition, manifest, name);
        free(name);
    }
    return is_done;
}

void tidy_list_others(const struct partition *partition, const struct manifest *manifest,
                      void (*each)(const char *name))
{
    char *path = partition_file(partition, PARTITION_DIRECTORY);
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, NULL, alphasort);

    for (int at = 0; at < count; at++) {
        char *name = NULL;

        if (entries[at]->d_name[0] != '.' &&
            asprintf(&name, PARTITION_DIRECTORY "/%s", entries[at]->d_name) >= 0 &&
            !text_equal_nocase(name, INSTALLED_MANIFEST) &&
            outputs_owner(partition, manifest, name, NULL) == OWNED_BY_HAND)
            each(name);
        free(name);
        free(entries[at]);
    }
    free(entries);
    free(path);
}
