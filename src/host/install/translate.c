/* SPDX-License-Identifier: BSD-2-Clause */
/* A system's configuration in the form in which it is installed: with its files' new names. */
#include "host/install/translate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/compose/node.h"
#include "host/base/output.h"
#include "host/install/installed.h"
#include "host/install/judge.h"
#include "host/machine/host_system.h"
#include "host/report/report.h"
#include "host/run/qemu_system.h"

#define DEFAULT_XEN "xen.efi"

/* The keys of what took the place of dom0's kernel and ramdisk. */
#define KERNEL_KEY  "dom0-kernel"
#define RAMDISK_KEY "dom0-ramdisk"

/* A section that is being translated. */
struct section {
    struct translation *translation;
    struct host_system host; /* described, for this section */
    const struct config_section *config;
    FILE *stream;
    bool failed; /* after a message */
};

/* --- names --------------------------------------------------------------------------------------
 */

/* Writes a name so that it is one word. */
static void write_name(FILE *stream, const char *name)
{
    char quote = strchr(name, '"') != NULL ? '\'' : '"';

    fprintf(stream, "%c%s%c", quote, name, quote);
}

/* Writes `key="NAME"` for a file of this machine. */
static void write_file(struct section *section, const char *key, const char *source)
{
    const char *name = placing_add(section->translation->placing, source);

    section->failed = section->failed || name == NULL;
    if (name == NULL)
        return;
    fprintf(section->stream, "%s=", key);
    write_name(section->stream, name);
}

/* The same for a file as the configuration names it. */
static void write_own_file(struct section *section, const char *key, const char *name)
{
    const struct workspace *workspace = &section->host.system.workspace;
    enum platform_status status;
    const char *resolved = file_resolve(workspace->arena, workspace->directory, name, &status);
    char *path = resolved != NULL ? host_files_path(&section->host.platform.files, resolved) : NULL;

    if (path != NULL) {
        write_file(section, key, path);
    } else {
        output_error("cannot open %s", name);
        section->failed = true;
    }
    free(path);
}

/* Writes the name of a section with a number. */
static void write_section(FILE *stream, const struct translation *translation, const char *name)
{
    size_t length = strlen(name);

    if (translation->number != 0 && installed_number(name) == translation->number)
        length = (size_t)(strrchr(name, '.') - name);
    fprintf(stream, "%.*s.%c", (int)length, name, TRANSLATE_NUMBER);
}

/* --- a section that boots -----------------------------------------------------------------------
 */

/* The name of a binary that a module of the tree has, or NULL. */
static const char *name_of(const struct section *section, const struct module *module)
{
    const void *fdt = section->host.system.tree.fdt;
    const char *property = node_binary_property(fdt, module->node);

    return property != NULL ? fdt_getprop(fdt, module->node, property, NULL) : NULL;
}

/* The file that takes the place of a module, or NULL. */
static const char *replacement(const struct section *section, const struct module *module)
{
    const struct translation *translation = section->translation;

    if (!module->domain->is_dom0)
        return NULL;
    return module->kind == MODULE_KERNEL    ? translation->kernel
           : module->kind == MODULE_RAMDISK ? translation->ramdisk
                                            : NULL;
}

/* True if an earlier module has the same name, and stands for the same. */
static bool is_written(const struct section *section, const struct module *module, const char *name)
{
    const struct module *modules = section->host.system.plan.modules;

    for (const struct module *other = modules; other < module; other++) {
        const char *other_name = name_of(section, other);

        if (other_name != NULL && strcmp(other_name, name) == 0 &&
            replacement(section, other) == NULL)
            return true;
    }
    return false;
}

/* Writes `binary="FILE" "KEY"` behind what was written of the file. */
static void write_key(struct section *section, const char *key)
{
    fputc(' ', section->stream);
    write_name(section->stream, key);
    fputc('\n', section->stream);
}

/* Writes binary= for what takes the place of dom0's kernel or ramdisk. */
static void write_replacement(struct section *section, const char *source, const char *key)
{
    write_file(section, "binary", source);
    write_key(section, key);
}

/* Writes binary= for each name that modules have; one that is no key becomes one. */
static void write_binaries(struct section *section)
{
    const struct translation *translation = section->translation;
    const struct plan *plan = &section->host.system.plan;
    bool has_ramdisk = translation->ramdisk == NULL;

    for (size_t at = 0; at < plan->module_count && !section->failed; at++) {
        const struct module *module = &plan->modules[at];
        const char *name = name_of(section, module);
        const char *instead = replacement(section, module);

        if (instead != NULL) {
            has_ramdisk = has_ramdisk || module->kind == MODULE_RAMDISK;
            write_replacement(section, instead,
                              module->kind == MODULE_KERNEL ? KERNEL_KEY : RAMDISK_KEY);
        } else if (name != NULL && module->binary != NULL && !is_written(section, module, name)) {
            write_own_file(section, "binary", module->binary->path);
            write_key(section, name);
        }
    }
    if (!has_ramdisk && config_find(section->config, "kernel") != NULL)
        write_replacement(section, translation->ramdisk, RAMDISK_KEY);
}

/* Writes an entry of the section as it is. */
static void write_entry(FILE *stream, const struct config_entry *entry)
{
    if (entry->value != NULL)
        fprintf(stream, "%s=%s\n", entry->key, entry->value);
    else
        fprintf(stream, "%s\n", entry->key);
}

/* Writes an entry whose value begins with a file that no key stands for. */
static void write_file_entry(struct section *section, const struct config_entry *entry,
                             const char *instead)
{
    const char *rest = entry->value;
    const char *name = config_word(&section->host.system.arena, &rest);

    if (instead != NULL)
        write_file(section, entry->key, instead);
    else if (name != NULL)
        write_own_file(section, entry->key, name);
    fputc('\n', section->stream);
}

/* Writes an entry of a section that boots. */
static void translate_entry(struct section *section, const struct config_entry *entry)
{
    const struct translation *translation = section->translation;
    const char *key = entry->key;
    const char *rest = entry->value;

    if (strcmp(key, "binary") == 0)
        return; /* written for the modules */
    if (entry->value == NULL) {
        write_entry(section->stream, entry);
        return;
    }
    if (strcmp(key, "xen") == 0) {
        write_file_entry(section, entry, translation->xen);
    } else if (strcmp(key, "dtb") == 0 || strcmp(key, "dtbo") == 0) {
        write_file_entry(section, entry, NULL);
    } else if (strcmp(key, "kernel") == 0 && translation->kernel != NULL) {
        config_word(&section->host.system.arena, &rest);
        fprintf(section->stream, "kernel=" KERNEL_KEY "%s%s\n", rest != NULL ? " " : "",
                rest != NULL ? rest : "");
    } else if (strcmp(key, "ramdisk") == 0 && translation->ramdisk != NULL) {
        fputs("ramdisk=" RAMDISK_KEY "\n", section->stream);
    } else {
        write_entry(section->stream, entry);
    }
}

static void write_boot_section(struct section *section)
{
    const struct translation *translation = section->translation;
    bool has_kernel = config_find(section->config, "kernel") != NULL;

    fputs("\n[", section->stream);
    write_section(section->stream, translation, section->config->name);
    fputs("]\n", section->stream);
    if (config_find(section->config, "xen") == NULL) {
        if (translation->xen != NULL)
            write_file(section, "xen", translation->xen);
        else
            write_own_file(section, "xen", DEFAULT_XEN);
        fputc('\n', section->stream);
    }
    for (const struct config_entry *entry = section->config->first;
         entry != NULL && !section->failed; entry = entry->next)
        translate_entry(section, entry);
    if (translation->ramdisk != NULL && has_kernel &&
        config_find(section->config, "ramdisk") == NULL)
        fputs("ramdisk=" RAMDISK_KEY "\n", section->stream);
    if (!section->failed)
        write_binaries(section);
}

void translation_take_tree(struct translation *translation, const struct host_system *host)
{
    const struct request *request = &host->system.request;

    if (translation->tree != NULL || request->firmware_tree == NULL)
        return;
    translation->tree = malloc(request->firmware_tree_size);
    if (translation->tree == NULL)
        return;
    memcpy(translation->tree, request->firmware_tree, request->firmware_tree_size);
    translation->tree_size = request->firmware_tree_size;
}

static bool translate_section(struct translation *translation, const char *name, FILE *stream)
{
    struct host_request request = *translation->request;
    struct section section = {.translation = translation, .stream = stream};
    bool is_good;

    request.section = name;
    request.is_choosing = true;
    is_good = qemu_system_open(&section.host, &request) == 0;
    if (is_good && host_system_describe(&section.host)) {
        section.config = config_section(section.host.system.section.config, name);
        write_boot_section(&section);
        host_system_finish(&section.host, &request);
    }
    if (is_good) {
        translation_take_tree(translation, &section.host);
        is_good = judge(&section.host, translation->is_quiet) && !section.failed;
    }
    host_system_close(&section.host);
    return is_good;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static bool is_boot_section(const struct config_section *section)
{
    return !section->is_domain && strcmp(section->name, "global") != 0;
}

static void write_domain_section(FILE *stream, const struct config_section *section)
{
    fprintf(stream, "\n[%s]\n", section->name);
    for (const struct config_entry *entry = section->first; entry != NULL; entry = entry->next)
        write_entry(stream, entry);
}

/* The sections that were written, each with the file that it is from. */
struct written {
    const struct config_section *section;
    const char *file;
};

struct written_list {
    struct written *entries;
    size_t count;
};

static const struct written *find_written(const struct written_list *list, const char *name)
{
    for (size_t at = 0; at < list->count; at++)
        if (strcmp(list->entries[at].section->name, name) == 0)
            return &list->entries[at];
    return NULL;
}

/*
 * True if a section is to be written: it is [global] in no file, and of sections that boot the
 * first of a name counts. A domain's cannot be told from another one of its name: false with
 * *is_good false after a message.
 */
static bool is_news(struct written_list *list, const struct config *config,
                    const struct config_section *section, bool *is_good)
{
    const struct written *other;
    struct written *entries;

    if (!section->is_domain && !is_boot_section(section))
        return false;
    other = find_written(list, section->name);
    if (other != NULL && (section->is_domain || other->section->is_domain)) {
        output_error("[%s] stands in %s and in %s", section->name, other->file, config->file);
        output_hint("give one of them another name: they are put into one file");
        *is_good = false;
    }
    if (other != NULL)
        return false;
    entries = reallocarray(list->entries, list->count + 1, sizeof(*list->entries));
    if (entries == NULL) {
        *is_good = false;
        return false;
    }
    list->entries = entries;
    entries[list->count++] = (struct written){section, config->file};
    return true;
}

/* Writes the sections of a file. */
static bool write_file_sections(struct translation *translation, struct written_list *list,
                                const struct config *config, FILE *stream)
{
    bool is_good = true;

    for (const struct config_section *each = config->head.next; each != NULL && is_good;
         each = each->next) {
        if (!is_news(list, config, each, &is_good))
            continue;
        if (each->is_domain)
            write_domain_section(stream, each);
        else
            is_good = translate_section(translation, each->name, stream);
    }
    return is_good;
}

/*
 * Writes the sections of the file that has the one to boot, where that was installed; else those of
 * the first file and of all that chain= leads to.
 */
static bool write_sections(struct translation *translation, const struct host_system *host)
{
    bool is_whole = translation->number == 0;
    struct config config = is_whole ? host->system.first_config : host->system.config;
    const struct workspace *workspace = &host->system.workspace;
    struct written_list list = {0};
    size_t size;
    FILE *stream = open_memstream(&translation->text, &size);
    bool is_good = stream != NULL;

    for (unsigned files = 0; is_good && files < CHAIN_MAX; files++) {
        config_mark_domains(workspace, &config);
        is_good = write_file_sections(translation, &list, &config, stream);
        if (!is_whole || !config_next(workspace, &config))
            break;
    }
    free(list.entries);
    return stream != NULL && fclose(stream) == 0 && is_good;
}

/* Writes the sections of a list that are of this system. */
static void write_fallbacks(FILE *stream, const struct translation *translation,
                            struct arena *arena, const char *list)
{
    while (list != NULL) {
        const char *name = config_word(arena, &list);

        if (name == NULL || installed_number(name) != translation->number)
            continue;
        write_section(stream, translation, name);
        fputc(' ', stream);
    }
}

/* The keys of [global] that install itself writes. */
static bool is_own_key(const char *key)
{
    static const char *const keys[] = {"default", "fallback", "tries", "state", "chain"};

    for (size_t at = 0; at < sizeof(keys) / sizeof(keys[0]); at++)
        if (strcmp(keys[at], key) == 0)
            return true;
    return false;
}

static bool write_global(struct translation *translation, struct host_system *host)
{
    const struct config_section *global = config_section(&host->system.first_config, "global");
    size_t size[3];
    FILE *rest = open_memstream(&translation->global, &size[0]);
    FILE *fallbacks = open_memstream(&translation->fallbacks, &size[1]);
    FILE *preset = open_memstream(&translation->preset, &size[2]);
    bool is_good = rest != NULL && fallbacks != NULL && preset != NULL;

    for (const struct config_entry *entry = global->first; is_good && entry != NULL;
         entry = entry->next) {
        if (entry->value != NULL && strcmp(entry->key, "fallback") == 0)
            write_fallbacks(fallbacks, translation, &host->system.arena, entry->value);
        else if (entry->value != NULL && strcmp(entry->key, "tries") == 0)
            translation->tries = strdup(entry->value);
        else if (!is_own_key(entry->key))
            write_entry(rest, entry);
    }
    if (is_good)
        write_section(preset, translation, config_find(global, "default")->value);
    is_good = rest != NULL && fclose(rest) == 0 && is_good;
    is_good = fallbacks != NULL && fclose(fallbacks) == 0 && is_good;
    return preset != NULL && fclose(preset) == 0 && is_good;
}

/* Says why a configuration cannot be installed, if it cannot. */
static bool is_accepted(const struct translation *translation, const struct host_system *host)
{
    const char *name = translation->request->config;
    const struct config *first = &host->system.first_config;
    const struct config_section *global = config_section(first, "global");
    const struct config_entry *preset = config_find(global, "default");

    if (first->file == NULL) {
        output_error("there is no configuration in %s", name);
    } else if (preset == NULL || preset->value == NULL) {
        output_error("%s does not say which section boots", first->file);
        output_hint("add default=SECTION to its [global]");
    } else {
        return true;
    }
    return false;
}

/* True if the section that boots has a dom0, or nothing of one is to be replaced. */
static bool has_dom0(const struct translation *translation, const struct host_system *host)
{
    const char *name = translation->request->section;

    if ((translation->kernel == NULL && translation->ramdisk == NULL) || name == NULL ||
        config_find(config_section(&host->system.config, name), "kernel") != NULL)
        return true;
    output_error("[%s] has no dom0 whose kernel= could be replaced", name);
    return false;
}

bool translate(struct translation *translation)
{
    struct host_request request = *translation->request;
    struct host_system host;
    bool is_good;

    request.is_choosing = true;
    is_good = qemu_system_open(&host, &request) == 0;
    if (is_good && is_accepted(translation, &host)) {
        is_good = host.system.has_choice;
        if (is_good)
            is_good = has_dom0(translation, &host) && write_global(translation, &host) &&
                      write_sections(translation, &host);
        else
            report_print(stderr, &host);
    } else {
        is_good = false;
    }
    host_system_close(&host);
    return is_good;
}

char *translate_number(const char *text, unsigned number)
{
    char *result = NULL;
    size_t size;
    FILE *stream = open_memstream(&result, &size);

    if (stream == NULL) {
        output_error("out of memory");
        exit(EXIT_FAILURE);
    }
    for (; *text != '\0'; text++)
        if (*text == TRANSLATE_NUMBER)
            fprintf(stream, "%u", number);
        else
            fputc(*text, stream);
    fclose(stream);
    return result;
}

void translation_release(struct translation *translation)
{
    free(translation->text);
    free(translation->global);
    free(translation->preset);
    free(translation->fallbacks);
    free(translation->tries);
    free(translation->tree);
}
