/* SPDX-License-Identifier: BSD-2-Clause */
/* A private directory beside a file or directory that is made, which gets its name when complete.
 */
#include "host/base/staging.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"
#include "host/base/output.h"
#include "host/base/temporary.h"

#define UNIQUE      "XXXXXX" /* replaced by mkdtemp */
#define UNIQUE_SIZE 6U

/* DIRECTORY/.NAME.muster- for the target DIRECTORY/NAME; the caller frees it. */
static char *prefix_of(const char *target)
{
    const char *slash = strrchr(target, '/');
    int parent = slash != NULL ? (int)(slash - target) + 1 : 0;
    char *prefix = NULL;

    if (asprintf(&prefix, "%.*s.%s.muster-", parent, target, target + parent) < 0)
        return NULL;
    return prefix;
}

/* Removes a private directory whose lock nobody holds: its maker was killed. */
static void remove_if_dead(const char *path)
{
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (directory < 0)
        return;
    if (flock(directory, LOCK_EX | LOCK_NB) == 0)
        temporary_remove(path);
    close(directory);
}

static void remove_dead(const char *prefix)
{
    const char *slash = strrchr(prefix, '/');
    const char *base = slash != NULL ? slash + 1 : prefix;
    char *parent = slash != NULL ? strndup(prefix, (size_t)(slash - prefix) + 1) : strdup(".");
    DIR *directory = parent != NULL ? opendir(parent) : NULL;

    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
        char *path = NULL;

        if (!text_starts(entry->d_name, base) ||
            strlen(entry->d_name) != strlen(base) + UNIQUE_SIZE)
            continue;
        if (asprintf(&path, "%s/%s", parent, entry->d_name) >= 0)
            remove_if_dead(path);
        free(path);
    }
    if (directory != NULL)
        closedir(directory);
    free(parent);
}

/* False with errno. */
static bool make_directory(struct staging *staging, const char *prefix)
{
    char *path = NULL;

    if (asprintf(&path, "%s" UNIQUE, prefix) < 0)
        return false;
    if (mkdtemp(path) == NULL) {
        free(path);
        return false;
    }
    staging->directory = path;
    staging->descriptor = open(path, O_RDONLY | O_DIRECTORY);
    return staging->descriptor >= 0 && flock(staging->descriptor, LOCK_EX | LOCK_NB) == 0;
}

bool staging_open(struct staging *staging, const char *target)
{
    char *prefix = prefix_of(target);
    bool is_done = false;

    *staging = (struct staging){.target = strdup(target), .descriptor = -1};
    errno = ENOMEM;
    if (prefix != NULL && staging->target != NULL) {
        remove_dead(prefix);
        is_done = make_directory(staging, prefix);
    }
    if (!is_done)
        output_error("cannot make %s: %s", target, strerror(errno));
    free(prefix);
    return is_done;
}

char *staging_path(const struct staging *staging, const char *name)
{
    char *path = NULL;

    if (asprintf(&path, "/proc/self/fd/%d/%s", staging->descriptor, name) < 0)
        return NULL;
    return path;
}

bool staging_finish(const struct staging *staging, const char *name)
{
    if (renameat(staging->descriptor, name, AT_FDCWD, staging->target) == 0)
        return true;
    output_error("cannot make %s: %s", staging->target, strerror(errno));
    return false;
}

bool staging_displace(const struct staging *staging)
{
    return renameat(AT_FDCWD, staging->target, staging->descriptor, "displaced") == 0;
}

void staging_close(struct staging *staging)
{
    if (staging->directory != NULL)
        temporary_remove(staging->directory);
    if (staging->descriptor >= 0)
        close(staging->descriptor);
    free(staging->directory);
    free(staging->target);
    *staging = (struct staging){.descriptor = -1};
}
