/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of the pretended partition: names without regard to case, and no way out of its root. */
#include "host/machine/host_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"

struct platform_file {
    int descriptor;
    off_t position;
};

bool host_files_start(struct host_files *files, const char *root)
{
    files->root_path = strdup(root);
    files->root = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return files->root >= 0 && files->root_path != NULL;
}

void host_files_end(struct host_files *files)
{
    if (files->root >= 0)
        close(files->root);
    free(files->root_path);
}

static enum platform_status status_of(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
        return PLATFORM_NOT_FOUND;
    case EACCES:
    case EPERM:
    case ELOOP:
        return PLATFORM_DENIED;
    case ENOMEM:
    case EMFILE:
    case ENFILE:
        return PLATFORM_NO_MEMORY;
    default:
        return PLATFORM_DEVICE_ERROR;
    }
}

/* The real path of an open file. False when it cannot be told. */
static bool path_of(int descriptor, char path[PATH_MAX])
{
    char link[64];
    ssize_t size;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", descriptor);
    size = readlink(link, path, PATH_MAX - 1);
    path[size > 0 ? size : 0] = '\0';
    return size > 0;
}

/* True if an open file is in the root: a symbolic link may lead about in it, but not out. */
static bool is_inside(const struct host_files *files, int descriptor)
{
    char path[PATH_MAX];
    size_t length = strlen(files->root_path);

    if (!path_of(descriptor, path))
        return false;
    if (length == 1) /* the root is "/" */
        return true;
    return strncmp(path, files->root_path, length) == 0 &&
           (path[length] == '/' || path[length] == '\0');
}

/* The name in a directory that differs at most by case, as FAT compares; the caller frees it. */
static char *find_name(int directory, const char *wanted)
{
    struct dirent **names = NULL;
    char *found = NULL;
    int count = scandirat(directory, ".", &names, NULL, alphasort);

    for (int at = 0; at < count; at++) {
        if (found == NULL && text_equal_nocase(names[at]->d_name, wanted))
            found = strdup(names[at]->d_name);
        free(names[at]);
    }
    free(names);
    return found;
}

/* Opens one part of a name; the result, or -1 with errno. */
static int open_part(const struct host_files *files, int directory, const char *part)
{
    /* A named pipe would block, so nothing here waits. */
    int flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC;
    int descriptor = openat(directory, part, flags);
    int error = errno;
    char *found = descriptor < 0 && error == ENOENT ? find_name(directory, part) : NULL;

    if (found != NULL) {
        descriptor = openat(directory, found, flags);
        error = errno;
        free(found);
    }
    if (descriptor >= 0 && !is_inside(files, descriptor)) {
        close(descriptor);
        descriptor = -1;
        error = EACCES;
    }
    errno = error;
    return descriptor;
}

/* Opens an absolute name of the partition part by part; the result, or -1 with errno. */
static int open_name(const struct host_files *files, const char *name)
{
    char *copy = strdup(name);
    char *rest = NULL;
    int descriptor = copy != NULL ? fcntl(files->root, F_DUPFD_CLOEXEC, 0) : -1;
    int error = errno;

    for (char *part = copy != NULL ? strtok_r(copy, "/", &rest) : NULL;
         part != NULL && descriptor >= 0; part = strtok_r(NULL, "/", &rest)) {
        int next = open_part(files, descriptor, part);

        error = errno;
        close(descriptor);
        descriptor = next;
    }
    free(copy);
    errno = error;
    return descriptor;
}

char *host_files_path(const struct host_files *files, const char *name)
{
    int descriptor = open_name(files, name);
    char path[PATH_MAX];
    bool is_known = descriptor >= 0 && path_of(descriptor, path);

    if (descriptor >= 0)
        close(descriptor);
    return is_known ? strdup(path) : NULL;
}

static enum platform_status check_kind(int descriptor, uint64_t *size)
{
    struct stat info;

    if (fstat(descriptor, &info) != 0)
        return status_of(errno);
    if (S_ISDIR(info.st_mode))
        return PLATFORM_IS_DIRECTORY;
    if (!S_ISREG(info.st_mode))
        return PLATFORM_DENIED;
    *size = (uint64_t)info.st_size;
    return PLATFORM_OK;
}

enum platform_status host_files_open(const struct host_files *files, const char *name,
                                     struct platform_file **file, uint64_t *size)
{
    int descriptor = open_name(files, name);
    enum platform_status status = descriptor >= 0 ? check_kind(descriptor, size) : status_of(errno);

    if (status == PLATFORM_OK) {
        *file = malloc(sizeof(**file));
        status = *file != NULL ? PLATFORM_OK : PLATFORM_NO_MEMORY;
    }
    if (status == PLATFORM_OK)
        **file = (struct platform_file){descriptor, 0};
    else if (descriptor >= 0)
        close(descriptor);
    return status;
}

/*
 * Puts the file's own pages where core wants its content, so that a large system is judged without
 * copying it. False where that cannot be done; then it is read.
 */
static bool map_content(const struct host_memory *memory, const struct platform_file *file,
                        void *buffer, size_t bytes)
{
    struct stat info;

    return host_memory_is_claimed(memory, buffer, bytes) && sysconf(_SC_PAGESIZE) == PAGE_SIZE &&
           fstat(file->descriptor, &info) == 0 && info.st_size >= file->position + (off_t)bytes &&
           mmap(buffer, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, file->descriptor,
                file->position) != MAP_FAILED;
}

static enum platform_status read_content(const struct platform_file *file, char *buffer,
                                         size_t bytes)
{
    off_t position = file->position;

    while (bytes != 0) {
        ssize_t count = pread(file->descriptor, buffer, bytes, position);

        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return status_of(errno);
        if (count == 0)
            return PLATFORM_SHORT_READ;
        buffer += count;
        position += count;
        bytes -= (size_t)count;
    }
    return PLATFORM_OK;
}

/* The bytes up to the first page of a buffer of which the file can have its own in that place. */
static size_t bytes_to_page(const struct platform_file *file, const char *buffer, size_t bytes)
{
    size_t lead = (PAGE_SIZE - (uintptr_t)buffer % PAGE_SIZE) % PAGE_SIZE;

    return lead < bytes && (file->position + (off_t)lead) % PAGE_SIZE == 0 ? lead : bytes;
}

enum platform_status host_files_read(const struct host_memory *memory, struct platform_file *file,
                                     void *buffer, size_t bytes)
{
    size_t lead = bytes_to_page(file, buffer, bytes);
    enum platform_status status = read_content(file, buffer, lead);

    buffer = (char *)buffer + lead;
    bytes -= lead;
    file->position += (off_t)lead;
    if (bytes != 0 && status == PLATFORM_OK && !map_content(memory, file, buffer, bytes))
        status = read_content(file, buffer, bytes);
    file->position += (off_t)bytes;
    return status;
}

enum platform_status host_files_read_at(const struct host_files *files, const char *name,
                                        uint64_t offset, void *buffer, size_t bytes)
{
    struct platform_file *file;
    uint64_t size;
    enum platform_status status = host_files_open(files, name, &file, &size);

    if (status != PLATFORM_OK)
        return status;
    file->position = (off_t)offset;
    status = read_content(file, buffer, bytes);
    host_files_close(file);
    return status;
}

void host_files_close(struct platform_file *file)
{
    close(file->descriptor);
    free(file);
}

static bool is_file(int directory, const char *name)
{
    struct stat info;

    return fstatat(directory, name, &info, 0) == 0 && S_ISREG(info.st_mode);
}

void host_files_list(const struct host_files *files, const char *directory,
                     bool (*each)(void *data, const char *name), void *data)
{
    int descriptor = open_name(files, directory);
    struct dirent **names = NULL;
    int count = descriptor >= 0 ? scandirat(descriptor, ".", &names, NULL, alphasort) : 0;
    bool goes_on = true;

    for (int at = 0; at < count; at++) {
        if (goes_on && is_file(descriptor, names[at]->d_name))
            goes_on = each(data, names[at]->d_name);
        free(names[at]);
    }
    free(names);
    if (descriptor >= 0)
        close(descriptor);
}
