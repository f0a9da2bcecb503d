/* SPDX-License-Identifier: BSD-2-Clause */
/* Tells what is installed on an EFI system partition, and whether it would boot. */
#include "host/install/status.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/version.h"
#include "core/boot/sections.h"
#include "core/plan/xen_version.h"
#include "host/base/file_content.h"
#include "host/base/heap_arena.h"
#include "host/base/output.h"
#include "host/base/table.h"
#include "host/install/boot_entry.h"
#include "host/install/install_sealed.h"
#include "host/install/installed.h"
#include "host/install/outputs.h"
#include "host/install/tidy.h"
#include "host/machine/host_system.h"

#define LABEL "%-10s "

struct status {
    struct partition partition;
    struct installed installed;
    struct arena arena;
    struct host_request request; /* for the configuration */
    char *config;
    char *kept_tree;
    const char *preset; /* the section that boots by default, or NULL */
    bool has_former;    /* a sealed loader took the place of another one */
    bool is_default_good;
};

static void print_space(struct status *status)
{
    struct partition_space space;

    if (partition_space(&status->partition, &space))
        printf(LABEL "%s, %s of %s free\n", "partition", status->partition.path,
               text_size(&status->arena, space.free), text_size(&status->arena, space.size));
}

/* The version that a loader says that it has, in the arena, or NULL if it is not Muster. */
static const char *loader_version(struct status *status, const char *path)
{
    static const char name[] = "Muster ";
    struct file_content content = {0};
    const char *end;
    const char *found = NULL;
    const char *version = NULL;

    if (!file_content_read(&content, path))
        return NULL;
    end = (const char *)content.data + content.size;
    for (const char *at = content.data; version == NULL && at < end; at = found + 1) {
        found = memmem(at, (size_t)(end - at), name, sizeof(name) - 1);
        if (found == NULL)
            break;
        at = found + sizeof(name) - 1;
        if (at < end && isdigit((unsigned char)*at))
            version = arena_copy(&status->arena, at, strspn(at, "0123456789.~+-abcdefgrc"));
    }
    file_content_release(&content);
    return version;
}

static void print_loader(struct status *status, const char *label, const char *name)
{
    bool is_sealed = sealed_is_there(&status->partition, name);
    enum ownership owner =
        outputs_owner(&status->partition, &status->installed.manifest, name, NULL);
    char *path = partition_file(&status->partition, name);
    const char *version = owner != OWNED_ABSENT ? loader_version(status, path) : NULL;

    printf(LABEL "%s: ", label, name);
    if (owner == OWNED_ABSENT)
        puts("not there");
    else if (version == NULL)
        puts("another loader");
    else
        printf("Muster %s%s%s%s\n", version, is_sealed ? ", sealed" : "",
               strcmp(version, MUSTER_VERSION) != 0 ? ", this program is " MUSTER_VERSION : "",
               owner == OWNED_BY_HAND ? ", not written by muster install" : "");
    free(path);
}

static void print_entry(const char *loader)
{
    struct boot_entry entry;

    if (!boot_entry_find(&entry, loader))
        return;
    if (!entry.is_there)
        printf(LABEL "none for %s\n", "entry", loader);
    else
        printf(LABEL "Boot%s %s, %s\n", "entry", entry.number, entry.label,
               entry.is_first     ? "the first in the order"
               : entry.is_ordered ? "not the first in the order"
                                  : "not in the order");
}

static void print_entries(const struct status *status)
{
    const char *obstacle = boot_entry_obstacle(&status->partition);

    if (obstacle != NULL) {
        printf(LABEL "not known: %s\n", "entry", obstacle);
        return;
    }
    print_entry(BOOT_ENTRY_LOADER);
    if (status->has_former)
        print_entry(SEALED_FORMER);
}

/* The version of a system's Xen, in the arena. */
static const char *xen_text(struct status *status, const struct host_system *host)
{
    const char *name = host->system.plan.xen.path;
    char *path = name != NULL ? host_files_path(&host->platform.files, name) : NULL;
    struct file_content content = {0};
    unsigned version = 0;

    if (path != NULL && file_content_read(&content, path))
        version = xen_version(content.data, content.size);
    file_content_release(&content);
    free(path);
    return version != 0 ? text_format(&status->arena, "%u.%u", version / 1000, version % 1000)
                        : NULL;
}

/* The file that dom0's kernel is in, or NULL. */
static const char *kernel_text(struct status *status, const struct host_system *host)
{
    const struct plan *plan = &host->system.plan;
    const struct module *kernel =
        plan->domain_count != 0 ? domain_module(&plan->domains[0], MODULE_KERNEL) : NULL;
    const char *path = kernel != NULL && kernel->binary != NULL ? kernel->binary->path : NULL;
    const char *name = path != NULL ? file_base_name(path) : NULL;

    return name != NULL ? arena_copy(&status->arena, name, strlen(name)) : NULL;
}

static const char *verdict_text(struct status *status, const struct host_system *host)
{
    const size_t *counts = host->system.diagnostics.counts;
    size_t errors = counts[SEVERITY_ERROR];
    size_t warnings = counts[SEVERITY_WARNING];

    if (errors != 0)
        return text_format(&status->arena, "%zu error%s", errors, errors != 1 ? "s" : "");
    if (warnings != 0)
        return text_format(&status->arena, "%zu warning%s", warnings, warnings != 1 ? "s" : "");
    return "no errors";
}

static void add_row(struct status *status, struct table *table, const struct menu_entry *entry)
{
    struct host_request request = status->request;
    struct host_system host;

    request.section = entry->section;
    request.is_choosing = true;
    table_add(table, entry->section);
    table_add(table, entry->marks[0] != '\0' ? entry->marks : NULL);
    if (host_system_open(&host, &request) == 0) {
        if (host_system_describe(&host)) {
            table_add(table, xen_text(status, &host));
            table_add(table, kernel_text(status, &host));
            host_system_finish(&host, &request);
        } else {
            table_add(table, NULL);
            table_add(table, NULL);
        }
        table_add(table, verdict_text(status, &host));
        if (status->preset != NULL && strcmp(entry->section, status->preset) == 0)
            status->is_default_good = host.is_bootable;
    }
    host_system_close(&host);
}

/* Tells what boots next where that is not the default: by a fallback, once, or nothing. */
static void print_turn(struct status *status, const struct sections *list)
{
    const char *turn = list->has_turn ? list->entries[list->turn].section : NULL;

    if (status->preset == NULL || (turn != NULL && strcmp(turn, status->preset) == 0))
        return;
    if (turn != NULL) {
        printf("[%s] boots next\n", turn);
    } else {
        puts("no section boots next");
        status->is_default_good = false;
    }
}

static void print_sections(struct status *status)
{
    static const char *const heading[] = {"SECTION", "ROLE", "XEN", "DOM0'S KERNEL", "CHECK"};
    struct table table = {.columns = sizeof(heading) / sizeof(heading[0])};
    struct host_request request = status->request;
    struct host_system host;
    struct sections list;

    request.is_choosing = true;
    if (host_system_open(&host, &request) == 0 &&
        sections_list(&status->arena, &host.system, &list)) {
        const char *preset = host.system.choice.global.rules.preset;

        status->preset = preset != NULL ? arena_copy(&status->arena, preset, strlen(preset)) : NULL;
        for (size_t at = 0; at < table.columns; at++)
            table_add(&table, heading[at]);
        for (size_t at = 0; at < list.count; at++)
            add_row(status, &table, &list.entries[at]);
        putchar('\n');
        table_print(&table, stdout);
        print_turn(status, &list);
    }
    host_system_close(&host);
}

static void print_other(const char *name)
{
    printf(LABEL "%s\n", "by hand", name);
}

/* The file by which the loader finds its systems: its own where it is sealed. NULL for none. */
static const char *systems_file(const struct status *status)
{
    if (sealed_is_there(&status->partition, BOOT_ENTRY_LOADER))
        return BOOT_ENTRY_LOADER;
    return status->installed.text != NULL ? INSTALLED_CONFIG : NULL;
}

static void print_systems(struct status *status)
{
    const char *file = systems_file(status);

    if (file == NULL) {
        printf(LABEL "no system is installed\n", "systems");
        return;
    }
    status->config = partition_file(&status->partition, file);
    status->request.config = status->config;
    status->request.root = status->partition.path;
    installed_take_tree(&status->partition, &status->request, &status->kept_tree);
    print_sections(status);
    if (!status->is_default_good)
        printf("muster check %s tells the errors\n", status->config);
}

static void print_all(struct status *status)
{
    status->has_former = outputs_owner(&status->partition, &status->installed.manifest,
                                       SEALED_FORMER, NULL) == OWNED_OURS;
    print_space(status);
    print_loader(status, "loader", BOOT_ENTRY_LOADER);
    if (status->has_former)
        print_loader(status, "former", SEALED_FORMER);
    print_loader(status, "removable", INSTALLED_BOOT);
    print_entries(status);
    tidy_list_others(&status->partition, &status->installed.manifest, print_other);
    print_systems(status);
}

bool status_print(const char *esp, bool *is_good)
{
    struct status status = {.partition = {.lock = -1}};
    bool is_done = partition_open(&status.partition, esp) &&
                   installed_read(&status.installed, &status.partition);

    heap_arena_init(&status.arena);
    if (is_done)
        print_all(&status);
    *is_good = status.is_default_good;
    arena_release(&status.arena);
    installed_release(&status.installed);
    partition_close(&status.partition);
    free(status.config);
    free(status.kept_tree);
    return is_done;
}
