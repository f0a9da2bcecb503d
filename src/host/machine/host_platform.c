/* SPDX-License-Identifier: BSD-2-Clause */
/* The workstation as core sees it: opening and closing it, core's own memory, the clock. */
#include "host/machine/host_platform.h"

#include <stdlib.h>
#include <time.h>
#include <zlib.h>

#include "host/base/digest.h"
#include "host/base/heap_arena.h"
#include "host/base/inflate.h"

static uint64_t now(void *context)
{
    struct timespec time = {0};

    (void)context;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

/* --- files of the directory ------------------------------------------------------------------- */

static enum platform_status open_in_directory(void *context, const char *name,
                                              struct platform_file **file, uint64_t *size)
{
    const struct host_platform *platform = context;

    return host_files_open(&platform->files, name, file, size);
}

static enum platform_status read_in_directory(void *context, struct platform_file *file,
                                              void *buffer, size_t bytes)
{
    const struct host_platform *platform = context;

    return host_files_read(&platform->memory, file, buffer, bytes);
}

static void close_in_directory(void *context, struct platform_file *file)
{
    (void)context;
    host_files_close(file);
}

/* The boot state: what a check or a plan tells of it never changes it. */
static enum platform_status read_at(void *context, const char *name, uint64_t offset, void *buffer,
                                    size_t bytes)
{
    const struct host_platform *platform = context;

    return host_files_read_at(&platform->files, name, offset, buffer, bytes);
}

static uint32_t crc32_of(void *context, const void *data, size_t bytes)
{
    (void)context;
    return (uint32_t)crc32(0, data, (uInt)bytes);
}

/* --- files as core sees them ------------------------------------------------------------------ */

static enum platform_status open_file(void *context, const char *name, struct platform_file **file,
                                      uint64_t *size)
{
    const struct volume *volume = &((struct host_platform *)context)->volume;

    return volume->open(volume->context, name, file, size);
}

static enum platform_status read_file(void *context, struct platform_file *file, void *buffer,
                                      size_t bytes)
{
    const struct volume *volume = &((struct host_platform *)context)->volume;

    return volume->read(volume->context, file, buffer, bytes);
}

static void close_file(void *context, struct platform_file *file)
{
    const struct volume *volume = &((struct host_platform *)context)->volume;

    volume->close(volume->context, file);
}

static void list(void *context, const char *directory, bool (*each)(void *data, const char *name),
                 void *data)
{
    const struct host_platform *platform = context;

    host_files_list(&platform->files, directory, each, data);
}

static enum platform_status memory_map(void *context, struct memory_region *regions, size_t *count)
{
    const struct host_platform *platform = context;

    return host_memory_map(&platform->memory, regions, count);
}

static enum platform_status claim_pages(void *context, uint64_t address, uint64_t pages,
                                        enum memory_kind kind, void **memory)
{
    struct host_platform *platform = context;

    return host_memory_claim(&platform->memory, address, pages, kind, memory);
}

static void release_pages(void *context, uint64_t address, uint64_t pages)
{
    struct host_platform *platform = context;

    host_memory_release(&platform->memory, address, pages);
}

bool host_platform_open(struct host_platform *platform, const char *root)
{
    *platform = (struct host_platform){.files.root = -1};
    platform->directory = (struct volume){
        .context = platform,
        .open = open_in_directory,
        .read = read_in_directory,
        .close = close_in_directory,
    };
    platform->volume = platform->directory;
    return host_files_start(&platform->files, root);
}

void host_platform_close(struct host_platform *platform)
{
    host_memory_release_all(&platform->memory);
    host_files_end(&platform->files);
}

static void settle(void *context, enum measuring measuring)
{
    struct host_platform *platform = context;

    platform->measuring = measuring;
}

void host_platform_seal(struct host_platform *platform, const struct sealed *rules)
{
    platform->sealed = *rules;
    platform->sealed.volume = &platform->directory;
    platform->sealed.digest = &host_digest;
    platform->volume = sealed_volume(&platform->sealed);
}

struct platform host_platform_interface(struct host_platform *platform)
{
    return (struct platform){
        .context = platform,
        .allocate = heap_allocate,
        .release = heap_release,
        .open = open_file,
        .read = read_file,
        .close = close_file,
        .list = list,
        .memory_map = memory_map,
        .claim_pages = claim_pages,
        .release_pages = release_pages,
        .clock = now,
        .settle = settle,
        .read_at = read_at,
        .crc32 = crc32_of,
        .inflate = host_inflate,
    };
}
