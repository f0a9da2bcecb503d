/* SPDX-License-Identifier: BSD-2-Clause */
/* The files that go onto a disk: those of a directory, in order, and the loader. */
#include "host/disk/disk_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/base/output.h"

#define LOADER_NAME    "musteraa64.efi"
#define DEPTH_MAX      32U  /* directories in directories; links may make circles */
#define NAME_MAX_FAT   255U /* characters of a name */
#define SIZE_MAX_FAT   UINT32_MAX
#define LONG_NAME_PART 13U /* characters in one entry of a long name */

/* Adds a file; takes name and source over, also on failure. */
static bool append(struct disk_files *files, char *name, char *source, const struct stat *status)
{
    struct disk_file *file = calloc(1, sizeof(*file));

    if (file == NULL || name == NULL || source == NULL) {
        output_error("out of memory");
        free(file);
        free(name);
        free(source);
        return false;
    }
    file->name = name;
    file->source = source;
    file->is_directory = S_ISDIR(status->st_mode);
    file->size = file->is_directory ? 0 : (uint64_t)status->st_size;
    files->bytes += file->size;
    if (files->last != NULL)
        files->last->next = file;
    else
        files->first = file;
    files->last = file;
    return true;
}

static char *join(const char *directory, const char *name)
{
    char *path = NULL;

    if (asprintf(&path, "%s%s%s", directory, directory[0] != '\0' ? "/" : "", name) < 0)
        return NULL;
    return path;
}

/* The order does not depend on the person's language. */
static int compare(const struct dirent **left, const struct dirent **right)
{
    return strcmp((*left)->d_name, (*right)->d_name);
}

static int is_entry(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* Names that FAT has no room for: Microsoft's FAT specification, long names. */
static bool check_name(struct disk_files *files, const char *path, const char *name)
{
    size_t length = strlen(name);
    bool is_good = length <= NAME_MAX_FAT && name[length - 1] != '.' && name[length - 1] != ' ';

    for (const char *at = name; *at != '\0'; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f || strchr("\"*/:<>?\\|", *at) != NULL)
            is_good = false;
    if (length > files->longest)
        files->longest = length;
    if (!is_good)
        output_error("%s: a FAT file system cannot hold this name", path);
    return is_good;
}

/* Two names that differ in case alone are one to FAT. */
static bool check_clash(const struct disk_files *files, const char *name)
{
    for (const struct disk_file *file = files->first; file != NULL; file = file->next)
        if (strcasecmp(file->name, name) == 0) {
            output_error("%s and %s have the same name in a FAT file system", file->name, name);
            return false;
        }
    return true;
}

static bool add_directory(struct disk_files *files, const char *path, const char *name,
                          unsigned depth);

static bool add_entry(struct disk_files *files, const char *directory, const char *parent,
                      const char *base, unsigned depth)
{
    char *path = join(directory, base);
    char *name = join(parent, base);
    struct stat status = {0};
    bool is_good =
        path != NULL && name != NULL && check_name(files, path, base) && check_clash(files, name);

    if (is_good && stat(path, &status) != 0) {
        output_error("cannot read %s: %s", path, strerror(errno));
        is_good = false;
    } else if (is_good && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) {
        output_error("%s is neither a file nor a directory", path);
        is_good = false;
    } else if (is_good && S_ISREG(status.st_mode) && (uint64_t)status.st_size > SIZE_MAX_FAT) {
        output_error("%s is too large for a FAT file system", path);
        is_good = false;
    }
    if (!is_good) {
        free(path);
        free(name);
        return false;
    }
    return append(files, name, path, &status) &&
           (!S_ISDIR(status.st_mode) || add_directory(files, path, name, depth + 1));
}

/* Adds what a directory holds, each of its directories followed by what that holds. */
static bool add_directory(struct disk_files *files, const char *path, const char *name,
                          unsigned depth)
{
    struct dirent **entries = NULL;
    int count = depth < DEPTH_MAX ? scandir(path, &entries, is_entry, compare) : -1;
    bool is_done = count >= 0;

    if (count < 0)
        output_error("cannot read %s: %s", path,
                     depth < DEPTH_MAX ? strerror(errno) : "there are too many levels");
    for (int at = 0; at < count; at++) {
        is_done = is_done && add_entry(files, path, name, entries[at]->d_name, depth);
        free(entries[at]);
    }
    free(entries);
    return is_done;
}

const struct disk_file *disk_files_find(const struct disk_files *files, const char *name)
{
    const struct disk_file *file = files->first;

    while (file != NULL && strcasecmp(file->name, name) != 0)
        file = file->next;
    return file;
}

/* Adds a directory that the loader needs, at the end, if the tree lacks it. */
static bool need_directory(struct disk_files *files, const char *name)
{
    const struct stat status = {.st_mode = S_IFDIR};
    const struct disk_file *file = disk_files_find(files, name);

    if (file != NULL && file->is_directory)
        return true;
    if (file == NULL)
        return append(files, strdup(name), strdup(""), &status);
    output_error("%s has to be a directory", file->name);
    return false;
}

/* Other programs take a name such as -x or a:x for more than a name. */
static bool make_absolute(const struct disk_files *files)
{
    for (struct disk_file *file = files->first; file != NULL; file = file->next) {
        char *directory = get_current_dir_name();
        char *path = NULL;

        if (file->source[0] == '/' || file->source[0] == '\0') {
            free(directory);
            continue;
        }
        if (directory == NULL || asprintf(&path, "%s/%s", directory, file->source) < 0)
            path = NULL;
        free(directory);
        if (path == NULL)
            return false;
        free(file->source);
        file->source = path;
    }
    return true;
}

/* Adds the directories in front of each slash of a name. */
static bool need_directories(struct disk_files *files, const char *name)
{
    for (const char *slash = strchr(name, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        char *directory = strndup(name, (size_t)(slash - name));
        bool is_done = directory != NULL && need_directory(files, directory);

        free(directory);
        if (!is_done)
            return false;
    }
    return true;
}

bool disk_files_add(struct disk_files *files, const char *name, const char *source)
{
    struct stat status;

    if (stat(source, &status) != 0) {
        output_error("cannot read %s: %s", source, strerror(errno));
        return false;
    }
    return need_directories(files, name) && append(files, strdup(name), strdup(source), &status) &&
           make_absolute(files);
}

/* The loader looks for its configuration in its own directory only. */
static void warn_of_config(const struct disk_files *files)
{
    if (disk_files_find(files, "EFI/BOOT/muster.cfg") != NULL ||
        disk_files_find(files, "EFI/BOOT/xen.cfg") != NULL)
        return;
    for (const struct disk_file *file = files->first; file != NULL; file = file->next) {
        const char *base = disk_file_base(file->name);

        if (strcasecmp(base, "muster.cfg") != 0 && strcasecmp(base, "xen.cfg") != 0)
            continue;
        output_warning("%s is not read: the loader is in EFI/BOOT, and looks there", file->name);
        return;
    }
    output_warning("there is no EFI/BOOT/muster.cfg, so only a system that the firmware's device "
                   "tree describes can boot");
}

bool disk_files_add_loader(struct disk_files *files)
{
    char *loader;
    bool is_done;

    if (disk_files_find(files, DISK_LOADER) != NULL)
        return true;
    loader = disk_find_loader();
    if (loader == NULL) {
        output_error("there is no " DISK_LOADER " in the directory, and " LOADER_NAME
                     " is not where this program is: build it with make");
        return false;
    }
    is_done = disk_files_add(files, DISK_LOADER, loader);
    free(loader);
    if (is_done)
        warn_of_config(files);
    return is_done;
}

bool disk_files_list(struct disk_files *files, const char *directory)
{
    *files = (struct disk_files){0};
    return add_directory(files, directory, "", 0) && make_absolute(files);
}

void disk_files_release(struct disk_files *files)
{
    while (files->first != NULL) {
        struct disk_file *file = files->first;

        files->first = file->next;
        free(file->name);
        free(file->source);
        free(file);
    }
    files->last = NULL;
}

const char *disk_file_base(const char *name)
{
    const char *slash = strrchr(name, '/');

    return slash != NULL ? slash + 1 : name;
}

uint64_t disk_files_entries(const struct disk_files *files, const char *name)
{
    size_t length = strlen(name);
    uint64_t entries = 3; /* the label, or the directory itself and its parent */

    for (const struct disk_file *file = files->first; file != NULL; file = file->next) {
        const char *base = strrchr(file->name, '/');
        size_t parent = base != NULL ? (size_t)(base - file->name) : 0;

        base = base != NULL ? base + 1 : file->name;
        if (parent == length && strncasecmp(file->name, name, length) == 0)
            entries += 2 + strlen(base) / LONG_NAME_PART;
    }
    return entries;
}

char *disk_find_loader(void)
{
    static const char *const places[] = {LOADER_NAME, "../lib/muster/" LOADER_NAME};
    char program[4096];
    ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
    char *slash;

    if (length < 0)
        return NULL;
    program[length] = '\0';
    slash = strrchr(program, '/');
    if (slash == NULL)
        return NULL;
    *slash = '\0';
    for (size_t at = 0; at < sizeof(places) / sizeof(places[0]); at++) {
        char *path = join(program, places[at]);

        if (path != NULL && access(path, R_OK) == 0)
            return path;
        free(path);
    }
    return NULL;
}
