/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that a system needs on the partition, under names that nothing else has there. */
#include "host/install/placing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "host/base/output.h"

#define BUFFER_SIZE ((size_t)256 * 1024)

bool placing_digest(const char *path, unsigned char digest[DIGEST_SIZE], uint64_t *size)
{
    FILE *file = fopen(path, "rbe");
    char *buffer = malloc(BUFFER_SIZE);
    struct digest_state state;
    size_t got = 0;
    bool is_good;

    *size = 0;
    host_digest.start(&state);
    while (file != NULL && buffer != NULL && (got = fread(buffer, 1, BUFFER_SIZE, file)) != 0) {
        host_digest.update(&state, buffer, got);
        *size += got;
    }
    host_digest.finish(&state, digest);
    is_good = file != NULL && buffer != NULL && !ferror(file);
    if (!is_good)
        output_error("cannot read %s: %s", path, strerror(errno));
    if (file != NULL)
        fclose(file);
    free(buffer);
    return is_good;
}

/* True if install wrote a file, and it has this content. */
static bool has_content(const struct placing *placing, const struct manifest_entry *entry,
                        const unsigned char digest[DIGEST_SIZE])
{
    unsigned char found[DIGEST_SIZE];
    uint64_t size;
    char *path;
    bool is_same;

    if (!manifest_has(placing->manifest, entry->name, digest))
        return false;
    path = partition_file(placing->partition, entry->name);
    is_same = access(path, R_OK) == 0 && placing_digest(path, found, &size) &&
              digest_equal(found, digest);
    free(path);
    return is_same;
}

static const char *find_same(const struct placing *placing, const unsigned char *digest)
{
    for (size_t at = 0; at < placing->manifest->count; at++)
        if (has_content(placing, &placing->manifest->entries[at], digest))
            return placing->manifest->entries[at].name;
    return NULL;
}

static bool is_taken(const struct placing *placing, const char *name)
{
    char *path = partition_file(placing->partition, name);
    bool is_taken = access(path, F_OK) == 0;

    free(path);
    for (size_t at = 0; placing->files != NULL && at < placing->count; at++)
        is_taken = is_taken || text_equal_nocase(placing->files[at].name, name);
    return is_taken;
}

/* A name that is free, made from that of the source; NULL without memory. */
static char *new_name(const struct placing *placing, const char *source)
{
    const char *base = file_base_name(source);
    char *name = NULL;
    unsigned number = 1;

    if (asprintf(&name, PARTITION_DIRECTORY "/%s", base) < 0)
        return NULL;
    while (is_taken(placing, name)) {
        free(name);
        if (asprintf(&name, PARTITION_DIRECTORY "/%s.%u", base, ++number) < 0)
            return NULL;
    }
    return name;
}

/* The file of this content that was added before, or NULL. */
static const struct placed_file *find_added(const struct placing *placing,
                                            const struct placed_file *file)
{
    for (size_t at = 0; at < placing->count; at++)
        if (digest_equal(placing->files[at].digest, file->digest))
            return &placing->files[at];
    return NULL;
}

static const char *append(struct placing *placing, const struct placed_file *file)
{
    struct placed_file *files =
        reallocarray(placing->files, placing->count + 1, sizeof(*placing->files));

    if (files != NULL)
        placing->files = files;
    if (files != NULL && file->source != NULL && file->name != NULL) {
        files[placing->count] = *file;
        return files[placing->count++].name;
    }
    output_error("out of memory");
    free(file->source);
    free(file->name);
    return NULL;
}

const char *placing_add(struct placing *placing, const char *source)
{
    struct placed_file file = {0};
    const struct placed_file *added;
    const char *same;

    if (!placing_digest(source, file.digest, &file.size))
        return NULL;
    added = find_added(placing, &file);
    if (added != NULL)
        return added->name;
    same = find_same(placing, file.digest);
    file.is_there = same != NULL;
    file.source = strdup(source);
    file.name = same != NULL ? strdup(same) : new_name(placing, source);
    return append(placing, &file);
}

void placing_release(struct placing *placing)
{
    for (size_t at = 0; at < placing->count; at++) {
        free(placing->files[at].source);
        free(placing->files[at].name);
    }
    free(placing->files);
    placing->files = NULL;
    placing->count = 0;
}
