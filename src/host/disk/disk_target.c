/* SPDX-License-Identifier: BSD-2-Clause */
/* The place that a disk is written to: a file, or a device if the person says so. */
#include "host/disk/disk_target.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"
#include "host/base/output.h"
#include "host/base/process.h"

#define LINKS_MAX 40U                   /* that are followed one after the other, as Linux does */
#define COPY_SIZE ((size_t)1024 * 1024) /* bytes written at once */

static bool fail(const char *what, const char *disk)
{
    output_error("%s %s: %s", what, disk, strerror(errno));
    return false;
}

/* True if an image may take the place of what is there. */
static bool is_replaceable(const char *disk)
{
    struct stat status = {0};
    bool is_there = stat(disk, &status) == 0;
    bool is_in_dev = text_starts(disk, "/dev/");

    if (strcmp(disk, "-") != 0 && !is_in_dev && (!is_there || S_ISREG(status.st_mode)))
        return true;
    output_error("%s is not a regular file, which a disk image could replace", disk);
    if (is_there ? S_ISBLK(status.st_mode) : is_in_dev)
        output_hint("write the image to a file, then: dd if=FILE of=%s bs=4M conv=fsync; or add "
                    "--device",
                    disk);
    else
        output_hint("name a file with -o");
    return false;
}

/* True if `path` is below `directory`, where the next image would take the last one in. */
static bool is_within(const char *path, const char *directory)
{
    char *root = realpath(directory, NULL);
    size_t length = root != NULL ? strlen(root) : 0;
    bool is_below = length != 0 && strncmp(path, root, length) == 0 &&
                    (path[length] == '/' || path[length - 1] == '/');

    free(root);
    return is_below;
}

/* The name that a link, whose target need not exist, leads to from here; NULL with errno. */
static char *follow(const char *link)
{
    const char *slash = strrchr(link, '/');
    char target[PATH_MAX];
    ssize_t length = readlink(link, target, sizeof(target) - 1);
    char *path = NULL;

    if (length < 0)
        return NULL;
    target[length] = '\0';
    if (asprintf(&path, "%.*s%s", target[0] != '/' && slash != NULL ? (int)(slash - link) + 1 : 0,
                 link, target) < 0)
        return NULL;
    return path;
}

/* The absolute path of a file that need not exist in a directory that does. NULL with errno. */
static char *resolve_file(const char *disk)
{
    const char *slash = strrchr(disk, '/');
    char *whole = realpath(disk, NULL);
    char *parent;
    char *path = NULL;

    if (whole != NULL || errno != ENOENT)
        return whole;
    parent = slash == NULL ? strdup(".") : strndup(disk, (size_t)(slash - disk) + 1);
    whole = parent != NULL ? realpath(parent, NULL) : NULL;
    if (whole != NULL && asprintf(&path, "%s/%s", strcmp(whole, "/") != 0 ? whole : "",
                                  slash != NULL ? slash + 1 : disk) < 0)
        path = NULL;
    free(parent);
    free(whole);
    return path;
}

/* The same behind links, which may lead to a file that is not there yet. */
static char *resolve(const char *disk)
{
    char *path = strdup(disk);
    char *next;
    char *result;

    for (unsigned links = 0; path != NULL && links < LINKS_MAX && (next = follow(path)) != NULL;
         links++) {
        free(path);
        path = next;
    }
    result = path != NULL ? resolve_file(path) : NULL;
    free(path);
    return result;
}

char *disk_target_file(const char *disk, const char *directory)
{
    char *path;

    if (!is_replaceable(disk))
        return NULL;
    path = resolve(disk);
    if (path == NULL) {
        fail("cannot make the disk", disk);
        return NULL;
    }
    if (!is_within(path, directory))
        return path;
    output_error("%s would be in %s, whose files go onto the disk", disk, directory);
    output_hint("name another file with -o");
    free(path);
    return NULL;
}

char *disk_target_draft(void)
{
    const char *parent = getenv("TMPDIR");
    char *path = NULL;

    if (parent == NULL || parent[0] == '\0')
        parent = "/tmp";
    return asprintf(&path, "%s/muster-disk", parent) >= 0 ? path : NULL;
}

bool disk_target_size(const char *disk, uint64_t *size)
{
    int file = open(disk, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    off_t end = file >= 0 ? lseek(file, 0, SEEK_END) : -1;
    bool is_done = end >= 0 || fail("cannot write to", disk);

    if (file >= 0)
        close(file);
    *size = (uint64_t)end;
    return is_done;
}

/* Writes `size` bytes of the draft from `start` on to the same place. */
static bool copy(int from, int to, char *buffer, off_t start, off_t size)
{
    while (size > 0 && process_signal() == 0) {
        size_t piece = (uint64_t)size < COPY_SIZE ? (size_t)size : COPY_SIZE;
        ssize_t count = pread(from, buffer, piece, start);

        if (count <= 0 || pwrite(to, buffer, (size_t)count, start) != count)
            return false;
        start += count;
        size -= count;
    }
    return size <= 0;
}

static bool copy_data(int from, int to)
{
    char *buffer = malloc(COPY_SIZE);
    off_t end = lseek(from, 0, SEEK_END);
    off_t start = lseek(from, 0, SEEK_DATA);
    bool is_done = buffer != NULL;

    while (is_done && start >= 0 && start < end) {
        off_t hole = lseek(from, start, SEEK_HOLE);

        is_done = copy(from, to, buffer, start, hole - start);
        start = lseek(from, hole, SEEK_DATA);
    }
    free(buffer);
    return is_done && fsync(to) == 0;
}

bool disk_target_write(const char *disk, const char *draft)
{
    struct stat status;
    bool is_device = stat(disk, &status) == 0 && S_ISBLK(status.st_mode);
    /* The kernel refuses to open a device for itself alone that is mounted. */
    int to = open(disk, O_WRONLY | O_CLOEXEC | (is_device ? O_EXCL : 0));
    int from = open(draft, O_RDONLY | O_CLOEXEC);
    bool is_done = to >= 0 && from >= 0 && (copy_data(from, to) || process_signal() != 0);

    if (!is_done)
        fail("cannot write to", disk);
    if (to >= 0)
        close(to);
    if (from >= 0)
        close(from);
    return is_done && process_signal() == 0;
}
