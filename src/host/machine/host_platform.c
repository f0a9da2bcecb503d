/* SPDX-License-Identifier: BSD-2-Clause */
/* The workstation as core sees it: opening and closing it, core's own memory, the clock. */
#include "host/machine/host_platform.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void *allocate(void *context, size_t bytes)
{
    (void)context;
    return malloc(bytes);
}

static void release(void *context, void *memory, size_t bytes)
{
    (void)context;
    (void)bytes;
    free(memory);
}

static uint64_t now(void *context)
{
    struct timespec time = {0};

    (void)context;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

bool host_platform_open(struct host_platform *platform, const char *root)
{
    *platform = (struct host_platform){.root_path = strdup(root)};
    platform->root = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return platform->root >= 0 && platform->root_path != NULL;
}

void host_platform_close(struct host_platform *platform)
{
    while (platform->claims != NULL) {
        struct host_claim *claim = platform->claims;

        host_memory_release(platform, claim->address, claim->size / PAGE_SIZE);
    }
    if (platform->root >= 0)
        close(platform->root);
    free(platform->root_path);
}

struct platform host_platform_interface(struct host_platform *platform)
{
    return (struct platform){
        .context = platform,
        .allocate = allocate,
        .release = release,
        .open = host_files_open,
        .read = host_files_read,
        .close = host_files_close,
        .list = host_files_list,
        .memory_map = host_memory_map,
        .claim_pages = host_memory_claim,
        .release_pages = host_memory_release,
        .clock = now,
    };
}
