/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole files of the workstation in memory. */
#include "host/base/file_content.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/base/output.h"

/* Reads `content->size` bytes of an open file; 0 or the error. */
static int fill(struct file_content *content, int descriptor)
{
    ssize_t count = 0;

    content->data = malloc(content->size != 0 ? content->size : 1);
    if (content->data == NULL)
        return ENOMEM;
    for (size_t done = 0; done < content->size; done += (size_t)count) {
        count = pread(descriptor, (char *)content->data + done, content->size - done, (off_t)done);
        if (count < 0)
            return errno;
        if (count == 0)
            return EIO; /* it became shorter meanwhile */
    }
    return 0;
}

static int read_all(struct file_content *content, const char *path)
{
    /* A named pipe would block. */
    int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct stat info;
    int error = 0;

    if (descriptor < 0)
        return errno;
    if (fstat(descriptor, &info) != 0)
        error = errno;
    else if (!S_ISREG(info.st_mode))
        error = S_ISDIR(info.st_mode) ? EISDIR : EINVAL;
    content->size = error == 0 ? (size_t)info.st_size : 0;
    if (error == 0)
        error = fill(content, descriptor);
    close(descriptor);
    return error;
}

bool file_content_read(struct file_content *content, const char *path)
{
    int error;

    *content = (struct file_content){0};
    error = read_all(content, path);
    if (error == 0)
        return true;
    output_error("cannot read %s: %s", path, strerror(error));
    file_content_release(content);
    return false;
}

void file_content_release(struct file_content *content)
{
    free(content->data);
    *content = (struct file_content){0};
}
