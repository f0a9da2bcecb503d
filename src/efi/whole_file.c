/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that can be read in parts, of a volume that only gives whole ones. */
#include "efi/whole_file.h"

#include <string.h>

#include "efi/memory.h"

struct open_file {
    struct platform_file *file;
    uint64_t size;
    uint64_t done;
    char *content;                /* once it was read in parts, else NULL */
    enum platform_status failure; /* of a read, which all after it have */
};

static struct open_file *open_file_of(struct platform_file *file)
{
    return (struct open_file *)(void *)file;
}

static enum platform_status open_file(void *context, const char *name,
                                      struct platform_file **opened, uint64_t *size)
{
    struct whole_files *files = context;
    struct open_file *file = memory_allocate(files->firmware, sizeof(*file));
    enum platform_status status;

    if (file == NULL)
        return PLATFORM_NO_MEMORY;
    *file = (struct open_file){.file = NULL};
    status = files->volume.open(files->volume.context, name, &file->file, size);
    file->size = *size;
    *opened = (struct platform_file *)(void *)file;
    if (status != PLATFORM_OK)
        memory_release(files->firmware, file, sizeof(*file));
    return status;
}

static enum platform_status fetch(struct whole_files *files, struct open_file *file)
{
    if (file->size > SIZE_MAX - PAGE_SIZE)
        return PLATFORM_NO_MEMORY;
    file->content = memory_allocate(files->firmware, (size_t)file->size);
    if (file->content == NULL)
        return PLATFORM_NO_MEMORY;
    return files->volume.read(files->volume.context, file->file, file->content, (size_t)file->size);
}

static enum platform_status read_file(void *context, struct platform_file *opened, void *buffer,
                                      size_t bytes)
{
    struct whole_files *files = context;
    struct open_file *file = open_file_of(opened);
    bool is_whole = file->done == 0 && bytes == file->size && file->content == NULL;

    if (file->failure != PLATFORM_OK)
        return file->failure;
    if (bytes > file->size - file->done)
        return PLATFORM_SHORT_READ;
    if (is_whole)
        file->failure = files->volume.read(files->volume.context, file->file, buffer, bytes);
    else if (file->content == NULL)
        file->failure = fetch(files, file);
    if (file->failure == PLATFORM_OK && !is_whole)
        memcpy(buffer, file->content + file->done, bytes);
    file->done += bytes;
    return file->failure;
}

static void close_file(void *context, struct platform_file *opened)
{
    struct whole_files *files = context;
    struct open_file *file = open_file_of(opened);

    files->volume.close(files->volume.context, file->file);
    if (file->content != NULL)
        memory_release(files->firmware, file->content, (size_t)file->size);
    memory_release(files->firmware, file, sizeof(*file));
}

struct volume whole_files_volume(struct whole_files *files)
{
    return (struct volume){
        .context = files,
        .open = open_file,
        .read = read_file,
        .close = close_file,
    };
}
