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

/* What a file is made of: another one, or bytes. */
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

/* Makes the file `partial`, on the medium. False with errno. */
static bool make(const char *partial, const struct content *content)
{
    int output = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool is_done = output >= 0 && fill(output, content) && fsync(output) == 0;
    int error = errno;

    if (output >= 0 && close(output) != 0 && is_done) {
        is_done = false;
        error = errno;
    }
    errno = error;
    return is_done;
}

static bool put(const char *path, const struct content *content)
{
    char *partial = NULL;
    bool is_done = asprintf(&partial, "%s" DURABLE_SUFFIX, path) >= 0;

    is_done = is_done && make(partial, content) && rename(partial, path) == 0 && sync_parent(path);
    if (!is_done) {
        if (process_signal() == 0)
            output_error("cannot write %s: %s", path, strerror(errno));
        if (partial != NULL)
            unlink(partial);
    }
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
