/* SPDX-License-Identifier: BSD-2-Clause */
/* Temporary directories. */
#include "host/base/temporary.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/output.h"

#define OPEN_MAX 16 /* directories that are open at a time */

char *temporary_make(void)
{
    const char *parent = getenv("TMPDIR");
    char *path = NULL;

    if (parent == NULL || parent[0] == '\0')
        parent = "/tmp";
    if (asprintf(&path, "%s/muster.XXXXXX", parent) < 0)
        return NULL;
    if (mkdtemp(path) == NULL) {
        output_error("cannot make a directory in %s: %s", parent, strerror(errno));
        free(path);
        return NULL;
    }
    return path;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

void temporary_remove(const char *path)
{
    nftw(path, remove_entry, OPEN_MAX, FTW_DEPTH | FTW_PHYS);
}
