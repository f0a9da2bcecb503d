/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that are on the medium when the call returns, and whole whenever the power goes. */
#include "host/install/durable.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/base/copy.h"
#include "host/base/output.h"
#include "host/base/process.h"

/* The source of a file: another one, or bytes. */
struct content {
    const char *source; /* or NULL */
    const void *bytes;
    size_t size;
};

/* Flushes the directory that a path is in. False with errno. */
static bool sync_parent(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *parent = slash == path   ? strdup("/")
                   : slash != NULL ? strndup(path, (size_t)(slash - path))
                                   : strdup(".");
    int directory = parent != NULL ? open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    bool is_done = directory >= 0 && fsync(directory) == 0;
    int error = errno;

    if (directory >= 0)
        close(directory);
    free(parent);
    errno = error;
    return is_done;
}

/* False with errno, or after a signal. */
static bool fill(int output, const struct content *content)
{
    int input;
    bool is_done;
    int error;

    if (content->source == NULL)
        return write_all(output, content->bytes, content->size);
    input = open(content->source, O_RDONLY | O_CLOEXEC);
    is_done = input >= 0 && copy_all(input, output);
    error = errno;
    if (input >= 0)
        close(input);
    errno = error;
    return is_done;
}

/* Makes the file `partial`, on the medium; its descriptor, or -1 with errno. */
static int make(const char *partial, const struct content *content)
{
    int output = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    int error;

    if (output < 0 || (fill(output, content) && fsync(output) == 0))
        return output;
    error = errno;
    close(output);
    errno = error;
    return -1;
}

/*
 * Gives a file its name, on the medium. Linux's FAT writes where the content of a renamed file is
 * with the file and not with its directory, so both are flushed; and it takes the clusters of the
 * file that had the name when nobody has that open any more, so that is held until then. False
 * with errno.
 */
static bool name_file(int file, const char *partial, const char *path)
{
    int former = open(path, O_RDONLY | O_CLOEXEC);
    bool is_done = rename(partial, path) == 0 && fsync(file) == 0 && sync_parent(path);
    int error = errno;

    if (former >= 0)
        close(former);
    errno = error;
    return is_done;
}

static bool put(const char *path, const struct content *content)
{
    char *partial = NULL;
    int file = -1;
    bool is_done = false;

    if (asprintf(&partial, "%s" DURABLE_SUFFIX, path) >= 0)
        file = make(partial, content);
    is_done = file >= 0 && name_file(file, partial, path);
    if (!is_done) {
        if (process_signal() == 0)
            output_error("cannot write %s: %s", path, strerror(errno));
        if (partial != NULL)
            unlink(partial);
    }
    if (file >= 0)
        close(file);
    free(partial);
    return is_done;
}

bool durable_write(const char *path, const void *content, size_t size)
{
    return put(path, &(struct content){.bytes = content, .size = size});
}

bool durable_copy(const char *path, const char *source)
{
    return put(path, &(struct content){.source = source});
}

bool durable_make_directory(const char *path)
{
    if (mkdir(path, 0755) == 0 ? sync_parent(path) : errno == EEXIST)
        return true;
    output_error("cannot make %s: %s", path, strerror(errno));
    return false;
}

/* Removes a file; one that is gone already is fine. False with errno. */
static bool unlink_any(const char *path)
{
    return unlink(path) == 0 ? sync_parent(path) : errno == ENOENT || errno == ENOTDIR;
}

bool durable_remove(const char *path)
{
    char *partial = NULL;
    bool is_done = asprintf(&partial, "%s" DURABLE_SUFFIX, path) >= 0 && unlink_any(partial) &&
                   unlink_any(path);

    if (!is_done)
        output_error("cannot remove %s: %s", path, strerror(errno));
    free(partial);
    return is_done;
}

void durable_remove_directory(const char *path)
{
    if (rmdir(path) == 0)
        sync_parent(path);
}
