/* SPDX-License-Identifier: BSD-2-Clause */
/* The workstation as core sees it: a directory for the partition, and memory that is pretended. */
#ifndef MUSTER_HOST_PLATFORM_H
#define MUSTER_HOST_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/platform.h"

#define HOST_BANKS_MAX 64U

/* Pages that core holds. */
struct host_claim {
    uint64_t address; /* in the pretended machine, bytes */
    uint64_t size;    /* bytes */
    void *memory;     /* where they are in this process */
    struct host_claim *next;
};

struct host_bank {
    uint64_t start; /* bytes, page aligned */
    uint64_t size;  /* bytes, whole pages */
};

struct host_platform {
    int root;        /* the directory that stands for the partition */
    char *root_path; /* its real path */
    struct host_bank banks[HOST_BANKS_MAX];
    size_t bank_count;
    struct host_claim *claims;
};

/*
 * Starts a platform over a directory, whose real path is `root`. False with errno when it cannot
 * be opened. Ended by host_platform_close in any case.
 */
bool host_platform_open(struct host_platform *platform, const char *root);

/* Returns what core did not give back. */
void host_platform_close(struct host_platform *platform);

/* Core's view of it; refers to `platform`. */
struct platform host_platform_interface(struct host_platform *platform);

/*
 * Takes the machine's RAM from the memory nodes of a tree (Devicetree Specification §3.4) that
 * libfdt accepts. Returns how many banks there are; banks without size, as trees have that a
 * firmware is to complete, do not count.
 */
size_t host_memory_from_tree(struct host_platform *platform, const void *fdt);

/* Makes RAM of one bank; start and size in bytes, widened to whole pages. */
void host_memory_set(struct host_platform *platform, uint64_t start, uint64_t size);

/* Parts of the platform, by the file that implements them. */
enum platform_status host_files_open(void *context, const char *name, struct platform_file **file,
                                     uint64_t *size);
enum platform_status host_files_read(void *context, struct platform_file *file, void *buffer,
                                     size_t bytes);
void host_files_close(void *context, struct platform_file *file);
void host_files_list(void *context, const char *directory,
                     bool (*each)(void *data, const char *name), void *data);
enum platform_status host_memory_map(void *context, struct memory_region *regions, size_t *count);
enum platform_status host_memory_claim(void *context, uint64_t address, uint64_t pages,
                                       void **memory);
void host_memory_release(void *context, uint64_t address, uint64_t pages);

/* Whether [buffer, buffer + bytes) lies in pages that core holds. */
bool host_memory_is_claimed(const struct host_platform *platform, const void *buffer, size_t bytes);

#endif
