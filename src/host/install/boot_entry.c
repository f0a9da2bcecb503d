/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware's boot entry for the installed loader, made and found by efibootmgr. */
#include "host/install/boot_entry.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "host/base/environment.h"
#include "host/base/output.h"
#include "host/base/process.h"

#define PROGRAM "efibootmgr"

/* The loader's name as entries have it: \EFI\muster\musteraa64.efi. */
static void loader_name(char name[sizeof(BOOT_ENTRY_LOADER)])
{
    memcpy(name, BOOT_ENTRY_LOADER, sizeof(BOOT_ENTRY_LOADER));
    for (char *at = name; *at != '\0'; at++)
        if (*at == '/')
            *at = '\\';
}

static bool has_variables(void)
{
    char *path = environment_sys("firmware/efi/efivars");
    DIR *directory = path != NULL ? opendir(path) : NULL;
    bool has = false;

    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;)
        if (entry->d_name[0] != '.')
            has = true;
    if (directory != NULL)
        closedir(directory);
    free(path);
    return has;
}

const char *boot_entry_obstacle(const struct partition *partition)
{
    char *disk = NULL;
    unsigned number;

    if (environment_is_xen())
        return "under Xen no domain reaches EFI variables";
    if (!has_variables())
        return "this machine has no EFI variables";
    if (!partition_device(partition, &disk, &number))
        return "this directory is no partition of a disk";
    free(disk);
    return NULL;
}

static bool is_hex(const char *text, size_t digits)
{
    for (size_t at = 0; at < digits; at++)
        if (!isxdigit((unsigned char)text[at]))
            return false;
    return true;
}

/* True if `part` stands in a text, without regard to case. */
static bool holds(const char *text, const char *part)
{
    return strcasestr(text, part) != NULL;
}

/* Takes a line such as "Boot0001* Muster\tHD(1,GPT,…)/File(\EFI\muster\musteraa64.efi)". */
static void take_line(struct boot_entry *entry, const char *line, const char *loader)
{
    const char *label;

    if (entry->is_there || !text_starts(line, "Boot") || !is_hex(line + 4, 4) ||
        !holds(line, loader))
        return;
    entry->is_there = true;
    memcpy(entry->number, line + 4, BOOT_ENTRY_NUMBER_SIZE - 1);
    label = line + 8 + strcspn(line + 8, " ");
    label += strspn(label, " ");
    snprintf(entry->label, sizeof(entry->label), "%.*s", (int)strcspn(label, "\t"), label);
}

static void take_order(struct boot_entry *entry, const char *text)
{
    static const char heading[] = "BootOrder: ";
    const char *order = strstr(text, heading);

    if (order == NULL || !entry->is_there)
        return;
    order += strlen(heading);
    entry->is_first = strncasecmp(order, entry->number, 4) == 0;
    for (size_t length = strcspn(order, "\n"); length >= 4;
         order += 5, length -= length > 4 ? 5 : 4)
        if (strncasecmp(order, entry->number, 4) == 0)
            entry->is_ordered = true;
}

bool boot_entry_find(struct boot_entry *entry)
{
    static const char *const command[] = {PROGRAM, "--verbose", NULL};
    char loader[sizeof(BOOT_ENTRY_LOADER)];
    char *text = process_capture(command);
    char *copy = text != NULL ? strdup(text) : NULL;
    char *rest = NULL;

    *entry = (struct boot_entry){0};
    loader_name(loader);
    for (char *line = copy != NULL ? strtok_r(copy, "\n", &rest) : NULL; line != NULL;
         line = strtok_r(NULL, "\n", &rest))
        take_line(entry, line, loader);
    if (copy != NULL)
        take_order(entry, text);
    free(copy);
    free(text);
    return text != NULL;
}

bool boot_entry_next(const struct boot_entry *entry)
{
    const char *const command[] = {PROGRAM, "--quiet", "--bootnext", entry->number, NULL};

    return process_run(command, NULL);
}

bool boot_entry_make(const struct partition *partition, const char *label, bool once)
{
    char loader[sizeof(BOOT_ENTRY_LOADER)];
    char part[12];
    char *disk = NULL;
    unsigned number;
    struct boot_entry made;
    bool is_done;

    if (!partition_device(partition, &disk, &number))
        return false;
    loader_name(loader);
    snprintf(part, sizeof(part), "%u", number);
    {
        const char *const command[] = {
            PROGRAM,    "--quiet", once ? "--create-only" : "--create",
            "--disk",   disk,      "--part",
            part,       "--label", label,
            "--loader", loader,    NULL,
        };

        is_done = process_run(command, NULL);
    }
    if (is_done && once)
        is_done = boot_entry_find(&made) && made.is_there && boot_entry_next(&made);
    free(disk);
    return is_done;
}

bool boot_entry_remove(const struct boot_entry *entry)
{
    const char *const command[] = {PROGRAM,       "--quiet",          "--bootnum",
                                   entry->number, "--delete-bootnum", NULL};

    return process_run(command, NULL);
}
