/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of the pretended partition: names without regard to case, and no way out of its root. */
#ifndef MUSTER_HOST_FILES_H
#define MUSTER_HOST_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/platform.h"
#include "host/machine/host_memory.h"

struct host_files {
    int root;        /* descriptor of the directory that stands for the partition, or -1 */
    char *root_path; /* its real path */
};

/*
 * Opens a directory, whose real path is `root`. False with errno when it cannot be opened. Ended by
 * host_files_end in any case.
 */
bool host_files_start(struct host_files *files, const char *root);

/* The real path of a file by its absolute name in the partition; the caller frees it, or NULL. */
char *host_files_path(const struct host_files *files, const char *name);

void host_files_end(struct host_files *files);

/* The functions of struct platform with the same names; see core/base/platform.h. */
enum platform_status host_files_open(const struct host_files *files, const char *name,
                                     struct platform_file **file, uint64_t *size);
/* `memory` tells which pages the file may be mapped to, instead of being read. */
enum platform_status host_files_read(const struct host_memory *memory, struct platform_file *file,
                                     void *buffer, size_t bytes);
enum platform_status host_files_read_at(const struct host_files *files, const char *name,
                                        uint64_t offset, void *buffer, size_t bytes);
void host_files_close(struct platform_file *file);
void host_files_list(const struct host_files *files, const char *directory,
                     bool (*each)(void *data, const char *name), void *data);

#endif
