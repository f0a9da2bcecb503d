/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of a disk as a directory of links, for servers. */
#include "host/disk/disk_links.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/base/output.h"
#include "host/disk/disk_files.h"

/* Makes a link, or without a source (NULL) a directory, below `target`. */
static bool make(const char *target, const char *name, const char *source)
{
    char *path = NULL;
    bool is_done = asprintf(&path, "%s/%s", target, name) >= 0 &&
                   (source != NULL ? symlink(source, path) : mkdir(path, 0700)) == 0;

    if (!is_done)
        output_error("cannot make %s: %s", path != NULL ? path : name, strerror(errno));
    free(path);
    return is_done;
}

bool disk_links_make(const char *directory, const char *target)
{
    struct disk_files files = {0};
    bool is_done = disk_files_list(&files, directory) && disk_files_add_loader(&files) &&
                   make(target, "", NULL);

    for (const struct disk_file *file = files.first; file != NULL && is_done; file = file->next)
        is_done = make(target, file->name, file->is_directory ? NULL : file->source);
    disk_files_release(&files);
    return is_done;
}

bool disk_links_make_one(const char *file, const char *target, const char *name)
{
    char *source = realpath(file, NULL);
    bool is_done = source != NULL && make(target, "", NULL) && make(target, name, source);

    if (source == NULL)
        output_error("cannot read %s: %s", file, strerror(errno));
    free(source);
    return is_done;
}
