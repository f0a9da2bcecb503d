/* SPDX-License-Identifier: BSD-2-Clause */
/* A sealed system on a partition: its loader, the one before it, and the files of both seals. */
#include "host/install/install_sealed.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/boot/sections.h"
#include "host/base/digest.h"
#include "host/base/heap_arena.h"
#include "host/base/output.h"
#include "host/install/boot_entry.h"
#include "host/install/installed.h"
#include "host/install/judge.h"
#include "host/install/placing.h"
#include "host/run/qemu_system.h"
#include "host/state/state_store.h"

/* --- what is there ------------------------------------------------------------------------------
 */

/* Opens the seal of a file of the partition; false if that is none. */
static bool open_seal(struct host_seal *seal, const struct partition *partition, const char *name)
{
    char *path = partition_file(partition, name);

    *seal = (struct host_seal){0};
    if (access(path, R_OK) == 0 && host_seal_open(seal, path) && !seal->is_sealed)
        host_seal_close(seal);
    free(path);
    return seal->is_sealed;
}

bool sealed_is_there(const struct partition *partition, const char *name)
{
    struct host_seal seal;
    bool is_there = open_seal(&seal, partition, name);

    host_seal_close(&seal);
    return is_there;
}

bool sealed_names(const struct partition *partition, bool (*each)(void *data, const char *name),
                  void *data)
{
    static const char *const loaders[] = {BOOT_ENTRY_LOADER, SEALED_FORMER};
    bool is_good = true;

    for (size_t at = 0; at < sizeof(loaders) / sizeof(loaders[0]); at++) {
        struct host_seal seal;

        if (open_seal(&seal, partition, loaders[at]))
            for (size_t file = 0; file < seal.seal.file_count && is_good; file++)
                is_good = each(data, seal.seal.files[file].name);
        host_seal_close(&seal);
    }
    return is_good;
}

/*
 * True if the loader that is there is on trial still, so that the one before it is what a failure
 * has to lead back to.
 */
static bool is_on_trial(const struct partition *partition)
{
    char *path = partition_file(partition, INSTALLED_STATE);
    struct state_store store = {.files = {-1, -1}};
    unsigned char id[DIGEST_SIZE];
    struct host_seal seal;
    bool is_trial = false;

    if (open_seal(&seal, partition, BOOT_ENTRY_LOADER) && access(path, F_OK) == 0) {
        seal_identify(&seal.seal, &host_digest, id);
        if (state_store_open(&store, path, false))
            is_trial = memcmp(store.state.trial_seal, id, DIGEST_SIZE) == 0 &&
                       memcmp(store.state.confirmed_seal, id, DIGEST_SIZE) != 0;
        state_store_close(&store);
    }
    host_seal_close(&seal);
    free(path);
    return is_trial;
}

/* --- what is to be written ----------------------------------------------------------------------
 */

static bool judge_sections(const struct sealed_source *source)
{
    struct sections list;
    struct arena arena;
    bool is_good;

    heap_arena_init(&arena);
    is_good = sections_list(&arena, &source->host->system, &list);
    for (size_t at = 0; at < list.count && is_good; at++) {
        struct host_request request = *source->request;
        struct host_system host;

        request.section = list.entries[at].section;
        is_good = qemu_system_open(&host, &request) == 0 && judge(&host, false);
        host_system_close(&host);
    }
    arena_release(&arena);
    return is_good;
}

/* Finds out if boots are counted, by a state that the hooks find. False after a message. */
static bool look_for_state(struct sealed_source *source)
{
    const struct system *system = &source->host->system;
    const struct workspace *workspace = &system->workspace;
    const struct global *global = &system->choice.global;
    enum platform_status status;
    const char *name;

    source->is_counted =
        global->state != NULL || (global->rules.tries != 0 && global->rules.preset != NULL);
    if (!source->is_counted)
        return true;
    name = file_resolve(workspace->arena, workspace->directory,
                        global->state != NULL ? global->state->value : STATE_FILE_NAME, &status);
    if (name != NULL && text_equal_nocase(name, INSTALLED_STATE))
        return true;
    output_error("the boot state of the sealed system would be %s",
                 name != NULL ? name : "nowhere");
    output_hint("write state=" INSTALLED_STATE " in its [global], and seal it again");
    return false;
}

/* Adds a file of the seal. False after a message. */
static bool add_file(const struct sealed_source *source, struct outputs *outputs,
                     const struct sealed_file *file)
{
    char *there = partition_file(outputs->partition, file->name);
    char *path = NULL;
    unsigned char digest[DIGEST_SIZE];
    uint64_t size;
    bool is_there = access(there, F_OK) == 0;
    bool is_good =
        !is_there || (placing_digest(there, digest, &size) && digest_equal(digest, file->digest));

    if (!is_good) {
        output_error("%s is there already, with another content", file->name);
        output_hint("the seal fixes names: give the new file another one, as by its version, and "
                    "seal it again");
    } else if (!is_there) {
        path = host_files_path(&source->host->platform.files, file->name);
        is_good = path != NULL && outputs_add_file(outputs, file->name, path);
    }
    free(there);
    free(path);
    return is_good;
}

static bool add_files(const struct sealed_source *source, struct outputs *outputs)
{
    const struct seal *seal = &source->host->seal.seal;
    bool is_good = true;

    for (size_t at = 0; at < seal->file_count && is_good; at++)
        if (seal->files[at].content == NULL)
            is_good = add_file(source, outputs, &seal->files[at]);
    return is_good;
}

/* Makes the former loader of the one that is there. */
static bool add_former(struct outputs *outputs)
{
    char *there = partition_file(outputs->partition, BOOT_ENTRY_LOADER);
    bool is_good = outputs_add_file(outputs, SEALED_FORMER, there);

    if (!is_good)
        output_error("%s was not written by muster install", SEALED_FORMER);
    free(there);
    return is_good;
}

/*
 * Adds the loader, behind the former one. On the way back to the former loader that stays where it
 * is as well: at no time is the one that failed the only one.
 */
static bool add_loaders(struct sealed_source *source, struct outputs *outputs)
{
    const struct file_content *loader = &source->host->seal.file;
    unsigned char new[DIGEST_SIZE];
    unsigned char there[DIGEST_SIZE];
    unsigned char former[DIGEST_SIZE];
    enum ownership owner =
        outputs_owner(outputs->partition, outputs->manifest, BOOT_ENTRY_LOADER, there);
    bool has_former =
        outputs_owner(outputs->partition, outputs->manifest, SEALED_FORMER, former) == OWNED_OURS;
    bool is_back;
    bool is_good = true;

    digest_of(loader->data, loader->size, new);
    source->is_new = owner != OWNED_OURS || !digest_equal(there, new);
    is_back = has_former && digest_equal(former, new);
    if (owner == OWNED_BY_HAND) {
        output_error("%s was not written by muster install", BOOT_ENTRY_LOADER);
        output_hint("move it away");
        return false;
    }
    if (owner == OWNED_OURS && source->is_new && !is_back &&
        !(has_former && is_on_trial(outputs->partition)))
        is_good = add_former(outputs);
    is_good = is_good && outputs_add_bytes(outputs, BOOT_ENTRY_LOADER, loader->data, loader->size);
    if (is_good &&
        outputs_owner(outputs->partition, outputs->manifest, INSTALLED_BOOT, NULL) != OWNED_BY_HAND)
        is_good = outputs_add_bytes(outputs, INSTALLED_BOOT, loader->data, loader->size);
    return is_good;
}

bool sealed_prepare(struct sealed_source *source, struct outputs *outputs)
{
    return judge_sections(source) && look_for_state(source) && add_files(source, outputs) &&
           add_loaders(source, outputs) && !outputs->failed;
}
