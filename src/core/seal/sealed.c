/* SPDX-License-Identifier: BSD-2-Clause */
/* A volume under a seal: it has the sealed files alone, and they have the sealed content. */
#include "core/seal/sealed.h"

#include <string.h>

/* An open file, and the digest of what was read of it. */
struct open_file {
    const char *name;
    const struct sealed_file *entry; /* NULL without a seal */
    struct platform_file *file;      /* of the volume beneath; NULL for content of the image */
    uint64_t size;
    uint64_t done; /* bytes that were read */
    struct digest_state state;
};

static struct open_file *open_file_of(struct platform_file *file)
{
    return (struct open_file *)(void *)file;
}

static bool is_config(const struct open_file *file)
{
    return file->entry != NULL && file->entry->is_config;
}

/* Judges a file whose last byte was read. */
static enum platform_status conclude(const struct sealed *sealed, struct open_file *file)
{
    unsigned char digest[DIGEST_SIZE];

    if (is_config(file))
        return PLATFORM_OK;
    sealed->digest->finish(&file->state, digest);
    if (file->entry != NULL && !digest_equal(digest, file->entry->digest))
        return PLATFORM_ALTERED;
    if (sealed->seen != NULL)
        sealed->seen(sealed->data, file->name, file->size, digest);
    return PLATFORM_OK;
}

/* Opens a file where its content is. */
static enum platform_status open_content(const struct sealed *sealed, struct open_file *file)
{
    const struct volume *volume = sealed->volume;
    enum platform_status status;

    if (file->entry != NULL && file->entry->content != NULL) {
        file->size = file->entry->size;
        return PLATFORM_OK;
    }
    status = volume->open(volume->context, file->name, &file->file, &file->size);
    if (status != PLATFORM_OK || file->entry == NULL || file->size == file->entry->size)
        return status;
    volume->close(volume->context, file->file);
    return PLATFORM_ALTERED;
}

/* Nothing will be read of an empty file, so that it is judged when it is opened. */
static enum platform_status start(const struct sealed *sealed, struct open_file *file)
{
    const struct volume *volume = sealed->volume;
    enum platform_status status = PLATFORM_OK;

    sealed->digest->start(&file->state);
    if (file->size == 0)
        status = conclude(sealed, file);
    if (status != PLATFORM_OK && file->file != NULL)
        volume->close(volume->context, file->file);
    return status;
}

static enum platform_status sealed_open(void *context, const char *name,
                                        struct platform_file **opened, uint64_t *size)
{
    const struct sealed *sealed = context;
    const struct sealed_file *entry = sealed->seal != NULL ? seal_find(sealed->seal, name) : NULL;
    struct open_file *file;
    enum platform_status status;

    if (sealed->seal != NULL && entry == NULL)
        return sealed->seal->names.arena->failed ? PLATFORM_NO_MEMORY : PLATFORM_UNSEALED;
    file = arena_allocate(sealed->arena, sizeof(*file));
    if (file == NULL)
        return PLATFORM_NO_MEMORY;
    file->entry = entry;
    file->name = entry != NULL ? entry->name : arena_copy(sealed->arena, name, strlen(name));
    if (file->name == NULL)
        return PLATFORM_NO_MEMORY;
    status = open_content(sealed, file);
    if (status == PLATFORM_OK)
        status = start(sealed, file);
    *opened = (struct platform_file *)(void *)file;
    *size = file->size;
    return status;
}

static enum platform_status sealed_read(void *context, struct platform_file *opened, void *buffer,
                                        size_t bytes)
{
    const struct sealed *sealed = context;
    const struct volume *volume = sealed->volume;
    struct open_file *file = open_file_of(opened);
    enum platform_status status = PLATFORM_OK;

    if (bytes == 0)
        return PLATFORM_OK;
    if (bytes > file->size - file->done)
        return PLATFORM_SHORT_READ;
    if (file->file != NULL)
        status = volume->read(volume->context, file->file, buffer, bytes);
    else
        memcpy(buffer, (const char *)file->entry->content + file->done, bytes);
    /* The place in the file is unknown after a failure, so nothing more is read of it. */
    file->done = status == PLATFORM_OK ? file->done + bytes : file->size;
    if (status != PLATFORM_OK)
        return status;
    if (!is_config(file))
        sealed->digest->update(&file->state, buffer, bytes);
    return file->done == file->size ? conclude(sealed, file) : PLATFORM_OK;
}

static void sealed_close(void *context, struct platform_file *opened)
{
    const struct sealed *sealed = context;
    const struct open_file *file = open_file_of(opened);

    if (file->file != NULL)
        sealed->volume->close(sealed->volume->context, file->file);
}

struct volume sealed_volume(struct sealed *sealed)
{
    return (struct volume){
        .context = sealed,
        .open = sealed_open,
        .read = sealed_read,
        .close = sealed_close,
    };
}
