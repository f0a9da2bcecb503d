/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing and copying whole files. */
#include "host/base/copy.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/base/process.h"

#define COPY_SIZE ((size_t)1024 * 1024) /* bytes copied at once */

bool write_all(int output, const char *bytes, size_t size)
{
    while (size != 0) {
        ssize_t written = write(output, bytes, size);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        size -= (size_t)written;
    }
    return true;
}

bool copy_all(int input, int output)
{
    char *buffer = malloc(COPY_SIZE);
    ssize_t got = buffer != NULL ? 1 : -1;

    while (got > 0 && process_signal() == 0) {
        got = read(input, buffer, COPY_SIZE);
        if (got > 0 && !write_all(output, buffer, (size_t)got))
            got = -1;
    }
    free(buffer);
    return got == 0;
}
