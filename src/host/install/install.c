/* SPDX-License-Identifier: BSD-2-Clause */
/* Puts a system in place on an EFI system partition. */
#include "host/install/install.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libfdt.h>

#include "host/base/file_content.h"
#include "host/base/output.h"
#include "host/base/process.h"
#include "host/disk/disk_files.h"
#include "host/install/boot_entry.h"
#include "host/install/durable.h"
#include "host/install/install_sealed.h"
#include "host/install/installed.h"
#include "host/install/outputs.h"
#include "host/install/tidy.h"
#include "host/install/translate.h"
#include "host/machine/host_system.h"
#include "host/report/report.h"
#include "host/run/qemu_system.h"
#include "host/state/state_store.h"

#define DEFAULT_TRIES "3"
#define HEADING       "# Made by muster install, which writes it anew: change what it was made from.\n"

/* An installation that is under way. */
struct work {
    const struct install_request *request;
    struct host_request system; /* the configuration that is installed */
    struct partition partition;
    struct installed installed;
    struct placing placing;
    struct translation translation;
    struct outputs outputs;
    char *config;                   /* of an update: INSTALLED_CONFIG's path */
    char *saved_tree;               /* the firmware's tree as an earlier installation kept it */
    unsigned number;                /* of the new system */
    char *section;                  /* that it boots */
    bool is_new;                    /* it is another one than the newest that is there */
    struct installed_system former; /* what the new one falls back to */
    char *selector;                 /* the new text of INSTALLED_CONFIG */
    struct host_system host;        /* the system, with its seal if it has one */
    struct sealed_source sealed;    /* it, where it has one */
};

/* --- what is to be installed --------------------------------------------------------------------
 */

/* True if a sealed system was installed. */
static bool is_sealed(const struct work *work)
{
    return outputs_owner(&work->partition, &work->installed.manifest, BOOT_ENTRY_LOADER, NULL) ==
               OWNED_OURS &&
           sealed_is_there(&work->partition, BOOT_ENTRY_LOADER);
}

/* The configuration: what the person named, or the one that is installed. */
static bool choose_source(struct work *work)
{
    const struct installed *installed = &work->installed;

    work->system = work->request->request;
    installed_take_tree(&work->partition, &work->system, &work->saved_tree);
    if (!work->request->is_update)
        return true;
    if (is_sealed(work)) {
        output_error("the system on %s is sealed", work->partition.path);
        output_hint("seal the changed system, and give that to muster install");
        return false;
    }
    if (installed->current.number == 0) {
        output_error("no system is installed on %s", work->partition.path);
        output_hint("muster install DIR puts one in place");
        return false;
    }
    work->system.section = installed->current.section;
    work->system.root = work->partition.path;
    work->system.config = work->config = partition_file(&work->partition, INSTALLED_CONFIG);
    return true;
}

/* Opens the system. False after a message, also if its seal, or none, does not go with what is
 * there. */
static bool open_system(struct work *work)
{
    struct host_request request = work->system;
    bool has_loader = outputs_owner(&work->partition, &work->installed.manifest, BOOT_ENTRY_LOADER,
                                    NULL) != OWNED_ABSENT;

    request.is_choosing = true;
    if (qemu_system_open(&work->host, &request) != 0)
        return false;
    if (!work->host.seal.is_sealed && is_sealed(work)) {
        output_error("the system on %s is sealed, and this one is not", work->partition.path);
        output_hint("seal it, too; or muster remove takes the other one away first");
        return false;
    }
    if (work->host.seal.is_sealed && work->request->is_once && has_loader) {
        output_error("a sealed system takes the place of the loader that is there, so that --once "
                     "cannot be kept");
        output_hint("tries= and fallback= in its configuration have it on trial");
        return false;
    }
    return true;
}

static bool translate_system(struct work *work)
{
    const struct install_request *request = work->request;
    bool is_changed = request->kernel != NULL || request->ramdisk != NULL || request->xen != NULL;

    work->placing = (struct placing){
        .partition = &work->partition,
        .manifest = &work->installed.manifest,
    };
    work->translation = (struct translation){
        .request = &work->system,
        .number = request->is_update ? work->installed.current.number : 0,
        .is_quiet = is_changed, /* the new one is looked at later */
        .kernel = request->kernel,
        .ramdisk = request->ramdisk,
        .xen = request->xen,
        .placing = &work->placing,
    };
    return translate(&work->translation);
}

/* True if the newest system that is there has these sections. */
static bool is_newest(const struct work *work, const char *sections)
{
    char *name = installed_config_name(work->installed.newest);
    char *path = partition_file(&work->partition, name);
    struct file_content content = {0};
    size_t length = strlen(sections);
    bool is_same = false;

    if (work->installed.newest != 0 && access(path, R_OK) == 0 && file_content_read(&content, path))
        is_same = content.size >= length &&
                  memcmp((char *)content.data + content.size - length, sections, length) == 0;
    file_content_release(&content);
    free(name);
    free(path);
    return is_same;
}

/* Numbers the new system; one that is there already keeps its number. */
static void number_system(struct work *work)
{
    char *sections = translate_number(work->translation.text, work->installed.newest);

    work->is_new = !is_newest(work, sections);
    work->number =
        work->is_new ? installed_highest(&work->installed.manifest) + 1 : work->installed.newest;
    work->section = translate_number(work->translation.preset, work->number);
    free(sections);
}

/* The section that the boot state says was confirmed, or "". */
static void read_confirmed(const struct work *work, char name[STATE_NAME_SIZE])
{
    char *path = partition_file(&work->partition, INSTALLED_STATE);
    struct state_store store = {.files = {-1, -1}};

    name[0] = '\0';
    if (access(path, F_OK) == 0) {
        if (state_store_open(&store, path, false))
            memcpy(name, store.state.confirmed, STATE_NAME_SIZE);
        state_store_close(&store);
    }
    free(path);
}

/* A system that never was confirmed is no fallback where the one that it was to replace is there.
 */
static void choose_former(struct work *work)
{
    const struct installed *installed = &work->installed;
    char confirmed[STATE_NAME_SIZE];

    work->former = installed->current;
    if (installed->current.section == NULL)
        return;
    read_confirmed(work, confirmed);
    if (installed->current.number != 0 && work->number == installed->current.number)
        work->former = installed->former;
    else if (installed->former.section != NULL && !work->request->is_once &&
             strcmp(confirmed, installed->current.section) != 0) {
        work->former = installed->former;
        printf("[%s] was never confirmed: [%s] stays the fallback\n", installed->current.section,
               work->former.section);
    }
}

/* The configuration that holds a system, by its number; the caller frees it. */
static char *config_of(const struct installed_system *system)
{
    return system->number != 0 ? installed_config_name(system->number) : strdup(INSTALLED_BY_HAND);
}

/* Writes the new text of INSTALLED_CONFIG. */
static bool write_selector(struct work *work)
{
    const struct translation *translation = &work->translation;
    bool is_once = work->request->is_once && work->installed.current.section != NULL;
    char *fallbacks = translate_number(translation->fallbacks, work->number);
    char *chain = installed_config_name(work->number);
    size_t size;
    FILE *stream = open_memstream(&work->selector, &size);
    const char *preset = is_once ? work->installed.current.section : work->section;
    const char *former = is_once ? work->installed.former.section : work->former.section;

    if (stream == NULL)
        return false;
    fprintf(stream, HEADING "[global]\ndefault=%s\n", preset);
    if (is_once)
        fallbacks[0] = '\0';
    if (fallbacks[0] != '\0' || former != NULL)
        fprintf(stream, "fallback=%s%s\ntries=%s\n", fallbacks, former != NULL ? former : "",
                translation->tries != NULL ? translation->tries : DEFAULT_TRIES);
    fprintf(stream, "state=" INSTALLED_STATE "\nchain=%s\n%s", chain, translation->global);
    free(fallbacks);
    free(chain);
    return fclose(stream) == 0;
}

/* --- what is to be written ----------------------------------------------------------------------
 */

static void warn_of_other(const char *name)
{
    output_warning("%s was not written by muster install, and stays as it is", name);
}

static void add_system(struct work *work)
{
    struct outputs *outputs = &work->outputs;
    char *name = installed_config_name(work->number);
    char *chain = work->former.section != NULL ? config_of(&work->former) : NULL;
    char *sections = translate_number(work->translation.text, work->number);
    char *text = NULL;

    for (size_t at = 0; at < work->placing.count; at++) {
        const struct placed_file *file = &work->placing.files[at];

        if (!file->is_there)
            outputs_add_file(outputs, file->name, file->source);
    }
    if (chain != NULL ? asprintf(&text, HEADING "[global]\nchain=%s\n%s", chain, sections) < 0
                      : asprintf(&text, HEADING "%s", sections) < 0)
        outputs->failed = true;
    else if (work->is_new && !outputs_add_bytes(outputs, name, text, strlen(text))) {
        warn_of_other(name);
        outputs->failed = true;
    }
    free(name);
    free(chain);
    free(sections);
    free(text);
}

/* Keeps the configuration that somebody wrote by hand, under another name. */
static void add_by_hand(struct work *work)
{
    const struct installed *installed = &work->installed;
    char *path;
    struct file_content content = {0};

    if (installed->text == NULL || !installed->is_by_hand)
        return;
    path = partition_file(&work->partition, INSTALLED_BY_HAND);
    if (access(path, F_OK) != 0) {
        printf("%s was written by hand: it is kept as %s\n", INSTALLED_CONFIG, INSTALLED_BY_HAND);
        if (!durable_write(path, installed->text, installed->size))
            work->outputs.failed = true;
    } else if (file_content_read(&content, path) &&
               (content.size != installed->size ||
                memcmp(content.data, installed->text, installed->size) != 0)) {
        output_error("%s was written by hand, and %s is there already", INSTALLED_CONFIG,
                     INSTALLED_BY_HAND);
        output_hint("move one of them away");
        work->outputs.failed = true;
    }
    file_content_release(&content);
    free(path);
}

/* Keeps the firmware's tree for updates, without its random numbers: a domain may read the
 * partition. */
static void add_tree(struct work *work)
{
    void *tree = work->translation.tree;
    int chosen =
        tree != NULL && fdt_check_header(tree) == 0 ? fdt_path_offset(tree, "/chosen") : -1;

    if (tree == NULL || fdt_totalsize(tree) > work->translation.tree_size)
        return;
    if (chosen >= 0) {
        fdt_nop_property(tree, chosen, "kaslr-seed");
        fdt_nop_property(tree, chosen, "rng-seed");
    }
    if (!outputs_add_bytes(&work->outputs, INSTALLED_TREE, tree, fdt_totalsize(tree)))
        warn_of_other(INSTALLED_TREE);
}

/* The loader, and where firmware finds one without an entry, if nothing else is there. */
static void add_loader(struct work *work)
{
    static const char chain[] = "[global]\nchain=" INSTALLED_CONFIG "\n";
    struct outputs *outputs = &work->outputs;
    const struct manifest *manifest = &work->installed.manifest;
    char *loader = disk_find_loader();

    if (loader == NULL) {
        output_error("musteraa64.efi is not where this program is: install the loader first");
        outputs->failed = true;
        return;
    }
    if (!outputs_add_file(outputs, BOOT_ENTRY_LOADER, loader))
        warn_of_other(BOOT_ENTRY_LOADER);
    if (outputs_owner(&work->partition, manifest, INSTALLED_BOOT, NULL) != OWNED_BY_HAND &&
        outputs_owner(&work->partition, manifest, INSTALLED_BOOT_CFG, NULL) != OWNED_BY_HAND) {
        outputs_add_bytes(outputs, INSTALLED_BOOT_CFG, chain, sizeof(chain) - 1);
        outputs_add_file(outputs, INSTALLED_BOOT, loader);
    }
    free(loader);
}

/* The directories in which there are files besides the outputs: manifest and boot state. */
static bool make_directories(const struct work *work)
{
    return outputs_make_directories(&work->partition, INSTALLED_CONFIG) &&
           outputs_make_directories(&work->partition, INSTALLED_BOOT);
}

/* --- the boot state -----------------------------------------------------------------------------
 */

#define STATE_FILES (STATE_COPIES + 1) /* the copies, and their confirmations */

/* The end of the name of one of its files. */
static const char *suffix_of(unsigned file)
{
    return file < STATE_COPIES ? state_suffix(file) : STATE_CONFIRMATION_SUFFIX;
}

/* Lists the files of the state that are not there; true if all are, whole. */
static bool has_state(const struct work *work)
{
    bool is_whole = true;

    for (unsigned at = 0; at < STATE_FILES; at++) {
        struct stat info;
        char *base = partition_file(&work->partition, INSTALLED_STATE);
        char *path = NULL;

        if (asprintf(&path, "%s%s", base, suffix_of(at)) < 0 || stat(path, &info) != 0 ||
            info.st_size == 0)
            is_whole = false;
        free(base);
        free(path);
    }
    return is_whole;
}

/* Adds the files of the state to the manifest, and removes what was left of them. */
static bool announce_state(struct work *work)
{
    bool is_done = true;

    for (unsigned at = 0; at < STATE_FILES && is_done; at++) {
        char *name = NULL;
        char *path = NULL;

        is_done = asprintf(&name, "%s%s", INSTALLED_STATE, suffix_of(at)) >= 0 &&
                  manifest_add(&work->installed.manifest, name, NULL, NULL);
        if (is_done) {
            path = partition_file(&work->partition, name);
            is_done = durable_remove(path);
        }
        free(name);
        free(path);
    }
    return is_done;
}

static bool make_state(struct work *work)
{
    char *path;
    bool is_done;

    if (has_state(work))
        return true;
    path = partition_file(&work->partition, INSTALLED_STATE);
    is_done =
        announce_state(work) && manifest_write(&work->installed.manifest) && state_store_make(path);
    free(path);
    return is_done;
}

/* Has the new system booted the next time, once. */
static bool ask_once(const struct work *work)
{
    char *path = partition_file(&work->partition, INSTALLED_STATE);
    struct state_store store;
    bool is_done = state_store_open(&store, path, true);

    if (is_done) {
        state_set_name(store.state.next, work->section);
        is_done = state_store_write(&store);
    }
    state_store_close(&store);
    free(path);
    return is_done;
}

/* --- the steps ----------------------------------------------------------------------------------
 */

static bool prepare_system(struct work *work)
{
    if (!translate_system(work))
        return false;
    number_system(work);
    if (strlen(work->section) >= STATE_NAME_SIZE) {
        output_error("[%s] is too long a name for the boot state", work->section);
        return false;
    }
    choose_former(work);
    if (!write_selector(work))
        return false;
    add_system(work);
    add_tree(work);
    add_loader(work);
    return !work->outputs.failed;
}

static bool prepare_sealed(struct work *work)
{
    work->sealed = (struct sealed_source){.request = &work->system, .host = &work->host};
    if (!sealed_prepare(&work->sealed, &work->outputs))
        return false;
    translation_take_tree(&work->translation, &work->host);
    add_tree(work);
    return !work->outputs.failed;
}

static bool prepare(struct work *work)
{
    work->outputs = (struct outputs){
        .partition = &work->partition,
        .manifest = &work->installed.manifest,
    };
    if (!choose_source(work) || !open_system(work))
        return false;
    return work->host.seal.is_sealed ? prepare_sealed(work) : prepare_system(work);
}

/* Looks at the new system where it lies, before it is the one that boots. */
static bool check_placed(const struct work *work)
{
    struct host_request request = work->system;
    char *name = installed_config_name(work->number);
    char *config = partition_file(&work->partition, name);
    struct host_system host;
    bool is_good;

    request.config = config;
    request.root = work->partition.path;
    request.section = work->section;
    is_good = qemu_system_open(&host, &request) == 0;
    if (is_good && (!host.is_bootable || work->translation.is_quiet))
        report_print(stderr, &host);
    is_good = is_good && host.is_bootable;
    host_system_close(&host);
    free(name);
    free(config);
    if (!is_good)
        output_hint("what booted before stays");
    return is_good;
}

/* From here on the new system boots. */
static bool switch_over(struct work *work)
{
    struct manifest *manifest = &work->installed.manifest;
    const char *former = work->installed.text;
    size_t length = strlen(work->selector);
    unsigned char digests[2][DIGEST_SIZE];
    char *path;
    bool is_done;

    if (former != NULL && work->installed.size == length &&
        memcmp(former, work->selector, length) == 0)
        return true;
    digest_of(work->selector, length, digests[0]);
    if (former != NULL)
        digest_of(former, work->installed.size, digests[1]);
    path = partition_file(&work->partition, INSTALLED_CONFIG);
    is_done =
        manifest_add(manifest, INSTALLED_CONFIG, digests[0], former != NULL ? digests[1] : NULL) &&
        manifest_write(manifest) && durable_write(path, work->selector, length) &&
        manifest_add(manifest, INSTALLED_CONFIG, digests[0], NULL);
    free(path);
    return is_done;
}

/* The entry of the loader, and of the former one where a sealed loader takes its place. */
static bool set_entries(const struct work *work)
{
    const struct install_request *request = work->request;
    struct boot_entry entry;
    struct boot_entry former = {.is_there = !work->host.seal.is_sealed || request->is_once};
    char label[sizeof(entry.label)];
    bool is_done;

    if (!boot_entry_find(&entry, BOOT_ENTRY_LOADER))
        return false;
    if (request->is_update && !request->is_once)
        return true;
    if (entry.is_there)
        is_done = !request->is_once || entry.is_first || boot_entry_next(&entry);
    else
        is_done = boot_entry_make(&work->partition, request->label, request->is_once);
    if (!is_done || former.is_there)
        return is_done;
    snprintf(label, sizeof(label), "%.48s, former", request->label);
    return boot_entry_find(&entry, BOOT_ENTRY_LOADER) && boot_entry_find(&former, SEALED_FORMER) &&
           (former.is_there ||
            boot_entry_make_behind(&work->partition, SEALED_FORMER, label, &entry));
}

/* True if the firmware is to boot Muster by an entry as well as it can be told. */
static bool set_entry(const struct work *work)
{
    const struct install_request *request = work->request;
    const char *obstacle = boot_entry_obstacle(&work->partition);

    if (request->has_no_entry || (request->is_update && obstacle != NULL))
        return true;
    if (obstacle == NULL)
        return set_entries(work);
    printf("no boot entry was made: %s\n", obstacle);
    return true;
}

static void tell(const struct work *work, bool is_asked_once)
{
    printf("%s [%s]", work->is_new ? "installed" : "nothing is new in", work->section);
    if (is_asked_once)
        printf(", which boots once; [%s] stays the default", work->installed.current.section);
    else if (work->former.section != NULL)
        printf(", with [%s] as its fallback", work->former.section);
    putchar('\n');
}

/* Removes what is left of an installation that was cut off. */
static bool tidy_before(struct work *work)
{
    struct installed *installed = &work->installed;

    return tidy(&work->partition, &installed->manifest, installed->text, installed->size,
                installed->is_by_hand);
}

static void tell_sealed(const struct work *work)
{
    const char *section = work->host.system.choice.global.rules.preset;
    char *former = partition_file(&work->partition, SEALED_FORMER);

    fputs(work->sealed.is_new ? "installed the sealed system"
                              : "nothing is new in the sealed system",
          stdout);
    if (section != NULL)
        printf(" [%s]", section);
    if (access(former, F_OK) == 0)
        fputs(", and " SEALED_FORMER " is the way back", stdout);
    putchar('\n');
    free(former);
}

static bool put_sealed(struct work *work)
{
    if (!outputs_fit(&work->outputs) || !make_directories(work))
        return false;
    if ((work->sealed.is_counted && !make_state(work)) || !outputs_write(&work->outputs)) {
        tidy_before(work); /* what was placed in vain */
        return false;
    }
    tell_sealed(work);
    return tidy_before(work) && set_entry(work);
}

static bool put_system(struct work *work)
{
    bool is_once = work->request->is_once && work->installed.current.section != NULL &&
                   work->number != work->installed.current.number;

    if (!outputs_fit(&work->outputs) || !make_directories(work))
        return false;
    add_by_hand(work);
    if (work->outputs.failed || !outputs_write(&work->outputs) || !make_state(work) ||
        !check_placed(work) || process_signal() != 0) {
        tidy_before(work); /* what was placed in vain */
        return false;
    }
    if (!switch_over(work) || (is_once && !ask_once(work)))
        return false;
    tell(work, is_once);
    return tidy(&work->partition, &work->installed.manifest, work->selector, strlen(work->selector),
                false) &&
           set_entry(work);
}

/* True if nothing would be read in place of INSTALLED_CONFIG. */
static bool is_read(const struct partition *partition)
{
    static const char other[] = PARTITION_DIRECTORY "/musteraa64.cfg";
    char *path = partition_file(partition, other);
    bool is_there = access(path, F_OK) == 0;

    free(path);
    if (!is_there)
        return true;
    output_error("%s would be read instead of %s", other, INSTALLED_CONFIG);
    output_hint("move it away");
    return false;
}

bool install(const struct install_request *request)
{
    struct work work = {
        .request = request, .partition = {.lock = -1}, .host = {.platform = {.files.root = -1}}};
    bool is_done;

    process_catch_signals();
    is_done = partition_open(&work.partition, request->esp) && partition_lock(&work.partition) &&
              is_read(&work.partition) && installed_read(&work.installed, &work.partition) &&
              tidy_before(&work) && prepare(&work) &&
              (work.host.seal.is_sealed ? put_sealed(&work) : put_system(&work));
    outputs_release(&work.outputs);
    host_system_close(&work.host);
    translation_release(&work.translation);
    placing_release(&work.placing);
    installed_release(&work.installed);
    partition_close(&work.partition);
    free(work.config);
    free(work.saved_tree);
    free(work.section);
    free(work.selector);
    process_pass_signal();
    return is_done;
}
