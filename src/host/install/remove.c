/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes away from an EFI system partition what install put there. */
#include "host/install/remove.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/base/file_content.h"
#include "host/base/output.h"
#include "host/base/process.h"
#include "host/install/boot_entry.h"
#include "host/install/durable.h"
#include "host/install/install_sealed.h"
#include "host/install/installed.h"
#include "host/install/tidy.h"

static bool remove_entries(const struct partition *partition)
{
    static const char *const loaders[] = {BOOT_ENTRY_LOADER, SEALED_FORMER};
    const char *obstacle = boot_entry_obstacle(partition);
    struct boot_entry entry;
    bool is_done = true;

    if (obstacle != NULL) {
        printf("no boot entry was removed: %s\n", obstacle);
        return true;
    }
    for (size_t at = 0; at < sizeof(loaders) / sizeof(loaders[0]) && is_done; at++)
        is_done =
            boot_entry_find(&entry, loaders[at]) && (!entry.is_there || boot_entry_remove(&entry));
    return is_done;
}

static void tell_kept(const char *name)
{
    printf("%s was not written by muster install, and stays\n", name);
}

/* Gives back its name to the configuration that was there before anything was installed. */
static bool restore_by_hand(const struct partition *partition)
{
    char *kept = partition_file(partition, INSTALLED_BY_HAND);
    char *path = partition_file(partition, INSTALLED_CONFIG);
    struct file_content content = {0};
    bool is_done = true;

    if (access(kept, F_OK) == 0 && access(path, F_OK) != 0)
        is_done = file_content_read(&content, kept) &&
                  durable_write(path, content.data, content.size) && durable_remove(kept);
    file_content_release(&content);
    free(kept);
    free(path);
    return is_done;
}

static void remove_directories(const struct partition *partition)
{
    static const char *const names[] = {PARTITION_DIRECTORY, "/EFI/BOOT"};

    for (size_t at = 0; at < sizeof(names) / sizeof(names[0]); at++) {
        char *path = partition_file(partition, names[at]);

        durable_remove_directory(path);
        free(path);
    }
}

static bool remove_all(struct partition *partition, struct installed *installed, bool has_no_entry)
{
    char *manifest = partition_file(partition, INSTALLED_MANIFEST);
    bool is_there = access(manifest, F_OK) == 0;
    bool is_done = is_there;

    if (!is_there)
        output_error("nothing is installed on %s", partition->path);
    is_done = is_done && (has_no_entry || remove_entries(partition)) &&
              tidy_all(partition, &installed->manifest) && restore_by_hand(partition) &&
              durable_remove(manifest);
    free(manifest);
    if (!is_done)
        return false;
    tidy_list_others(partition, &installed->manifest, tell_kept);
    remove_directories(partition);
    printf("removed from %s\n", partition->path);
    return true;
}

bool install_remove(const char *esp, bool has_no_entry)
{
    struct partition partition = {.lock = -1};
    struct installed installed = {0};
    bool is_done;

    process_catch_signals();
    is_done = partition_open(&partition, esp) && partition_lock(&partition) &&
              installed_read(&installed, &partition) &&
              remove_all(&partition, &installed, has_no_entry);
    installed_release(&installed);
    partition_close(&partition);
    process_pass_signal();
    return is_done;
}
