/* SPDX-License-Identifier: BSD-2-Clause */
/* The files that an installation writes: announced in the manifest first, then written. */
#include "host/install/outputs.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "host/base/heap_arena.h"
#include "host/base/output.h"
#include "host/install/durable.h"
#include "host/install/placing.h"

#define RESERVE 8U /* units for what directories and the manifest need more */

enum ownership outputs_owner(const struct partition *partition, const struct manifest *manifest,
                             const char *name, unsigned char digest[DIGEST_SIZE])
{
    const struct manifest_entry *entry = manifest_find(manifest, name);
    char *path = partition_file(partition, name);
    unsigned char found[DIGEST_SIZE];
    enum ownership owner = OWNED_BY_HAND;
    uint64_t size;

    if (access(path, F_OK) != 0)
        owner = OWNED_ABSENT;
    else if (entry != NULL && (entry->digest_count == 0 || (placing_digest(path, found, &size) &&
                                                            manifest_has(manifest, name, found))))
        owner = OWNED_OURS;
    if (owner == OWNED_OURS && digest != NULL && entry != NULL && entry->digest_count != 0)
        memcpy(digest, found, DIGEST_SIZE);
    free(path);
    return owner;
}

static bool append(struct outputs *outputs, struct output *output)
{
    struct output *list = reallocarray(outputs->list, outputs->count + 1, sizeof(*outputs->list));

    if (list != NULL)
        outputs->list = list;
    if (list != NULL && output->name != NULL && (output->source != NULL || output->bytes != NULL)) {
        list[outputs->count++] = *output;
        return true;
    }
    output_error("out of memory");
    free(output->name);
    free(output->source);
    free(output->bytes);
    outputs->failed = true;
    return false;
}

/* Takes over an output, which has its texts, unless it is there already. */
static bool add(struct outputs *outputs, struct output *output)
{
    unsigned char former[DIGEST_SIZE];
    enum ownership owner =
        outputs_owner(outputs->partition, outputs->manifest, output->name, former);
    bool is_there = owner == OWNED_OURS && digest_equal(former, output->digest);

    if (owner != OWNED_BY_HAND && !manifest_add(outputs->manifest, output->name, output->digest,
                                                owner == OWNED_OURS && !is_there ? former : NULL))
        outputs->failed = true;
    if (owner != OWNED_BY_HAND && !is_there)
        return append(outputs, output);
    free(output->name);
    free(output->source);
    free(output->bytes);
    return is_there;
}

bool outputs_add_file(struct outputs *outputs, const char *name, const char *source)
{
    struct output output = {.name = strdup(name), .source = strdup(source)};

    if (placing_digest(source, output.digest, &output.size))
        return add(outputs, &output);
    outputs->failed = true;
    free(output.name);
    free(output.source);
    return false;
}

bool outputs_add_bytes(struct outputs *outputs, const char *name, const void *bytes, size_t size)
{
    struct output output = {.name = strdup(name), .bytes = malloc(size + 1), .size = size};

    if (output.bytes != NULL)
        memcpy(output.bytes, bytes, size);
    digest_of(bytes, size, output.digest);
    return add(outputs, &output);
}

bool outputs_fit(const struct outputs *outputs)
{
    struct partition_space space;
    uint64_t need = 0;
    struct arena arena;

    if (!partition_space(outputs->partition, &space))
        return false;
    for (size_t at = 0; at < outputs->count; at++)
        need += (outputs->list[at].size + space.unit - 1) / space.unit + 1;
    need = outputs->count != 0 ? (need + RESERVE) * space.unit : 0;
    if (need <= space.free)
        return true;
    heap_arena_init(&arena);
    output_error("%s has %s free, and %s are needed", outputs->partition->path,
                 text_size(&arena, space.free), text_size(&arena, need));
    arena_release(&arena);
    output_hint("nothing was changed; muster status shows what is there");
    return false;
}

bool outputs_make_directories(const struct partition *partition, const char *name)
{
    char *path = partition_file(partition, name);
    bool is_done = true;

    for (char *slash = path + strlen(path) - strlen(name) + 1;
         is_done && (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        is_done = durable_make_directory(path);
        *slash = '/';
    }
    free(path);
    return is_done;
}

static bool write_one(const struct outputs *outputs, const struct output *output)
{
    char *path = partition_file(outputs->partition, output->name);
    bool is_done = outputs_make_directories(outputs->partition, output->name) &&
                   (output->source != NULL ? durable_copy(path, output->source)
                                           : durable_write(path, output->bytes, output->size));

    free(path);
    return is_done;
}

bool outputs_write(const struct outputs *outputs)
{
    bool is_done = manifest_write(outputs->manifest);

    for (size_t at = 0; at < outputs->count && is_done; at++)
        is_done = write_one(outputs, &outputs->list[at]);
    return is_done;
}

void outputs_release(struct outputs *outputs)
{
    for (size_t at = 0; at < outputs->count; at++) {
        free(outputs->list[at].name);
        free(outputs->list[at].source);
        free(outputs->list[at].bytes);
    }
    free(outputs->list);
    outputs->list = NULL;
    outputs->count = 0;
}
