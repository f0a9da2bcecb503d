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

#define ORDER "BootOrder: "

/* A loader's name as entries have it, \EFI\muster\musteraa64.efi; the caller frees it. */
static char *entry_name(const char *loader)
{
    char *name = strdup(loader);

    for (char *at = name; at != NULL && *at != '\0'; at++)
        if (*at == '/')
            *at = '\\';
    return name;
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
    const char *order = strstr(text, ORDER);

    if (order == NULL || !entry->is_there)
        return;
    order += strlen(ORDER);
    entry->is_first = strncasecmp(order, entry->number, 4) == 0;
    for (size_t length = strcspn(order, "\n"); length >= 4;
         order += 5, length -= length > 4 ? 5 : 4)
        if (strncasecmp(order, entry->number, 4) == 0)
            entry->is_ordered = true;
}

bool boot_entry_find(struct boot_entry *entry, const char *loader)
{
    static const char *const command[] = {PROGRAM, "--verbose", NULL};
    char *name = entry_name(loader);
    char *text = name != NULL ? process_capture(command) : NULL;
    char *copy = text != NULL ? strdup(text) : NULL;
    char *rest = NULL;
    bool is_done = copy != NULL;

    *entry = (struct boot_entry){0};
    for (char *line = copy != NULL ? strtok_r(copy, "\n", &rest) : NULL; line != NULL;
         line = strtok_r(NULL, "\n", &rest))
        take_line(entry, line, name);
    if (copy != NULL)
        take_order(entry, text);
    free(copy);
    free(text);
    free(name);
    return is_done;
}

bool boot_entry_next(const struct boot_entry *entry)
{
    const char *const command[] = {PROGRAM, "--quiet", "--bootnext", entry->number, NULL};

    return process_run(command, NULL);
}

/* Makes an entry, in front of the others or in no order. */
static bool make(const struct partition *partition, const char *loader, const char *label,
                 const char *action)
{
    char *name = entry_name(loader);
    char part[12];
    char *disk = NULL;
    unsigned number;
    bool is_done = name != NULL && partition_device(partition, &disk, &number);

    if (is_done) {
        const char *const command[] = {
            PROGRAM, "--quiet", action, "--disk",   disk, "--part",
            part,    "--label", label,  "--loader", name, NULL,
        };

        snprintf(part, sizeof(part), "%u", number);
        is_done = process_run(command, NULL);
    }
    free(disk);
    free(name);
    return is_done;
}

bool boot_entry_make(const struct partition *partition, const char *label, bool once)
{
    struct boot_entry made;

    if (!make(partition, BOOT_ENTRY_LOADER, label, once ? "--create-only" : "--create"))
        return false;
    return !once ||
           (boot_entry_find(&made, BOOT_ENTRY_LOADER) && made.is_there && boot_entry_next(&made));
}

/* The order in `text`, with one number more behind another one; the caller frees it. */
static char *order_behind(const char *text, const char *first, const char *number)
{
    const char *order = strstr(text, ORDER);
    char *result = NULL;
    size_t size;
    FILE *stream = open_memstream(&result, &size);
    bool is_in = false;

    if (stream == NULL)
        return NULL;
    order = order != NULL ? order + strlen(ORDER) : "";
    for (; isxdigit((unsigned char)*order); order += 4, order += *order == ',') {
        if (strncasecmp(order, number, 4) == 0)
            continue;
        fprintf(stream, "%.4s,", order);
        if (strncasecmp(order, first, 4) == 0) {
            fprintf(stream, "%s,", number);
            is_in = true;
        }
    }
    if (!is_in)
        fprintf(stream, "%s,", number);
    if (fclose(stream) != 0)
        return NULL;
    result[size - 1] = '\0';
    return result;
}

bool boot_entry_make_behind(const struct partition *partition, const char *loader,
                            const char *label, const struct boot_entry *first)
{
    static const char *const show[] = {PROGRAM, NULL};
    struct boot_entry made;
    char *text = NULL;
    char *order = NULL;
    bool is_done = make(partition, loader, label, "--create-only") &&
                   boot_entry_find(&made, loader) && made.is_there;

    if (is_done)
        text = process_capture(show);
    if (text != NULL)
        order = order_behind(text, first->number, made.number);
    is_done = order != NULL;
    if (is_done) {
        const char *const command[] = {PROGRAM, "--quiet", "--bootorder", order, NULL};

        is_done = process_run(command, NULL);
    }
    free(text);
    free(order);
    return is_done;
}

bool boot_entry_remove(const struct boot_entry *entry)
{
    const char *const command[] = {PROGRAM,       "--quiet",          "--bootnum",
                                   entry->number, "--delete-bootnum", NULL};

    return process_run(command, NULL);
}
