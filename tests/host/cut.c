/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loaded in front of the C library, it ends a program at one of its steps on a directory, as a
 * power cut would, and keeps what has reached the medium by then:
 *
 *     CUT_ROOT    the directory; steps are calls that change something in it, or flush it
 *     CUT_STEP    the step that does not happen any more, from 0; a higher one ends nothing
 *     CUT_SHADOW  a directory beside it: a link to each file at each flush of it, named by its
 * inode, and the file `log` with a line for each flush of a directory: its path, then its entries
 * as NAME/INODE CUT_FREE    bytes that the file system says it has free
 */
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define CUT_STATUS 99

/* The next function of a name, of the type that the caller needs. */
#define NEXT(type, name) ((type)(uintptr_t)dlsym(RTLD_NEXT, name))

static bool is_inside(const char *path)
{
    const char *root = getenv("CUT_ROOT");

    return root != NULL && strncmp(path, root, strlen(root)) == 0;
}

static bool is_inside_descriptor(int descriptor, char path[PATH_MAX])
{
    char link[64];
    ssize_t size;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", descriptor);
    size = readlink(link, path, PATH_MAX - 1);
    path[size > 0 ? size : 0] = '\0';
    return is_inside(path);
}

static void step(void)
{
    static long steps;
    const char *last = getenv("CUT_STEP");

    if (last != NULL && steps++ == atol(last))
        _exit(CUT_STATUS);
}

static void keep_directory(const char *path, FILE *log)
{
    DIR *directory = opendir(path);

    fputs(path, log);
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;)
        if (entry->d_name[0] != '.')
            fprintf(log, "\t%s/%lu", entry->d_name, (unsigned long)entry->d_ino);
    fputc('\n', log);
    if (directory != NULL)
        closedir(directory);
}

/* Keeps what a flush has put on the medium. */
static void keep(int descriptor, const char *path)
{
    const char *shadow = getenv("CUT_SHADOW");
    char name[PATH_MAX];
    struct stat info;
    FILE *log;

    if (shadow == NULL || fstat(descriptor, &info) != 0)
        return;
    if (S_ISDIR(info.st_mode)) {
        snprintf(name, sizeof(name), "%s/log", shadow);
        log = fopen(name, "a");
        keep_directory(path, log);
        fclose(log);
        return;
    }
    snprintf(name, sizeof(name), "%s/%lu", shadow, (unsigned long)info.st_ino);
    if (link(path, name) != 0 && access(name, F_OK) != 0)
        abort();
}

int fsync(int descriptor)
{
    char path[PATH_MAX];
    bool is_step = is_inside_descriptor(descriptor, path);
    int result;

    if (is_step)
        step();
    result = NEXT(int (*)(int), "fsync")(descriptor);
    if (is_step)
        keep(descriptor, path);
    return result;
}

ssize_t write(int descriptor, const void *bytes, size_t size)
{
    char path[PATH_MAX];

    if (is_inside_descriptor(descriptor, path))
        step();
    return NEXT(ssize_t(*)(int, const void *, size_t), "write")(descriptor, bytes, size);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off64_t offset)
{
    char path[PATH_MAX];

    if (is_inside_descriptor(descriptor, path))
        step();
    return NEXT(ssize_t(*)(int, const void *, size_t, off64_t), "pwrite64")(descriptor, bytes, size,
                                                                            offset);
}

int open64(const char *path, int flags, ...)
{
    if ((flags & O_CREAT) != 0 && is_inside(path))
        step();
    return NEXT(int (*)(const char *, int, ...), "open64")(path, flags, 0644);
}

int rename(const char *from, const char *to)
{
    if (is_inside(to))
        step();
    return NEXT(int (*)(const char *, const char *), "rename")(from, to);
}

int unlink(const char *path)
{
    if (is_inside(path))
        step();
    return NEXT(int (*)(const char *), "unlink")(path);
}

int mkdir(const char *path, mode_t mode)
{
    if (is_inside(path))
        step();
    return NEXT(int (*)(const char *, mode_t), "mkdir")(path, mode);
}

int rmdir(const char *path)
{
    if (is_inside(path))
        step();
    return NEXT(int (*)(const char *), "rmdir")(path);
}

int statvfs64(const char *path, struct statvfs64 *info)
{
    const char *free_bytes = getenv("CUT_FREE");
    int result = NEXT(int (*)(const char *, struct statvfs64 *), "statvfs64")(path, info);

    if (free_bytes != NULL) {
        info->f_frsize = 4096;
        info->f_bavail = strtoull(free_bytes, NULL, 10) / 4096;
    }
    return result;
}
