/* SPDX-License-Identifier: BSD-2-Clause */
/* The import's files: their names on the new partition, and copying them. */
#include "host/import/import_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "host/base/copy.h"
#include "host/base/output.h"
#include "host/base/process.h"
#include "host/base/staging.h"

#define STAGED_NAME "partition"

/* True if a path stays below the directory that it is relative to. */
static bool stays_below(const char *path)
{
    if (*path == '/')
        return false;
    for (const char *part = path; part != NULL; part = strchr(part, '/')) {
        part += *part == '/';
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
            return false;
    }
    return true;
}

/* The name that a file is to have: as it was where FAT and muster.cfg can hold it. */
static char *clean_name(struct import *import, const char *path)
{
    const char *start = stays_below(path) ? path : file_base_name(path);
    char *name;

    while (strncmp(start, "./", 2) == 0)
        start += 2;
    name = arena_copy(import->arena, start, strlen(start));
    for (char *at = name; at != NULL && *at != '\0'; at++)
        if ((unsigned char)*at <= ' ' || strchr("\"*:<>?|\\#;\x7f", *at) != NULL)
            *at = '_';
    return name;
}

/* `name` under `prefix`, with a number if another file has it already, but for case. */
static const char *free_name(struct import *import, const char *prefix, const char *name,
                             struct import_file *file)
{
    const char *whole = text_format(import->arena, "%s%s", prefix, name);

    for (unsigned number = 2; whole != NULL && names_find(&import->names, whole) != NULL; number++)
        whole = text_format(import->arena, "%s%s-%u", prefix, name, number);
    if (whole == NULL || names_add(&import->names, whole, file) == NULL)
        return NULL;
    return whole;
}

static struct import_file *add(struct import *import, const char *prefix, const char *path,
                               const struct import_file *properties)
{
    struct import_file *file = arena_allocate(import->arena, sizeof(*file));
    const char *name = clean_name(import, path);

    if (file == NULL || name == NULL)
        return NULL;
    *file = *properties;
    file->prefix = prefix;
    file->name = free_name(import, prefix, name, file);
    if (file->name == NULL)
        return NULL;
    if (import->last_file != NULL)
        import->last_file->next = file;
    else
        import->files = file;
    import->last_file = file;
    return file;
}

/* The file that was added before under that prefix, perhaps by another path; or NULL. */
static struct import_file *find_file(const struct import *import, const char *prefix,
                                     const struct import_file *properties)
{
    struct import_file *file = import->files;

    while (file != NULL &&
           (file->device != properties->device || file->number != properties->number ||
            strcmp(file->prefix, prefix) != 0))
        file = file->next;
    return file;
}

/* Looks at a file; 0, or an error number. */
static int look_at(struct import_file *file)
{
    struct stat status;

    if (file->source == NULL || stat(file->source, &status) != 0)
        return errno;
    file->device = status.st_dev;
    file->number = status.st_ino;
    file->size = (uint64_t)status.st_size;
    if (!S_ISREG(status.st_mode))
        return EISDIR;
    return access(file->source, R_OK) == 0 ? 0 : errno;
}

/* A hint for a file that cannot be read: the name most like it in the directory where it would be.
 */
static const char *file_hint(struct import *import, const char *path, const char *source)
{
    struct nearest nearest = {.wanted = file_base_name(path)};
    size_t length = source != NULL ? (size_t)(file_base_name(source) - source) : 0;
    const char *directory = length != 0 ? arena_copy(import->arena, source, length) : ".";
    struct dirent **entries = NULL;
    int count = directory != NULL ? scandir(directory, &entries, NULL, alphasort) : 0;
    const char *hint = "names of files are relative to the configuration, or to -d DIR";

    for (int at = 0; at < count; at++)
        nearest_offer(&nearest, entries[at]->d_name);
    if (nearest.name != NULL)
        hint = text_format(import->arena, "did you mean %.*s%s?",
                           (int)(file_base_name(path) - path), path, nearest.name);
    for (int at = 0; at < count; at++)
        free(entries[at]);
    free(entries);
    return hint;
}

static const char *add_file(struct import *import, const struct imagebuilder_variable *variable,
                            const char *prefix)
{
    const char *path = variable->value;
    struct import_file properties = {.source = path};
    struct import_file *file;
    int error;

    if (path[0] != '/')
        properties.source = text_format(import->arena, "%s/%s", import->directory, path);
    error = look_at(&properties);
    if (error != 0) {
        import_report(import, SEVERITY_ERROR, variable,
                      error == EISDIR ? "name a file in it"
                                      : file_hint(import, path, properties.source),
                      text_format(import->arena, "cannot read %s: %s", path, strerror(error)));
        return NULL;
    }
    file = find_file(import, prefix, &properties);
    if (file == NULL)
        file = add(import, prefix, path, &properties);
    return file != NULL ? file->name + strlen(prefix) : NULL;
}

const char *import_add_file(struct import *import, const struct imagebuilder_variable *variable)
{
    return add_file(import, variable, IMPORT_LOADER_DIRECTORY "/");
}

const char *import_add_root_file(struct import *import,
                                 const struct imagebuilder_variable *variable)
{
    return add_file(import, variable, "");
}

const char *import_add_made(struct import *import, const char *name, const void *bytes, size_t size)
{
    static const char prefix[] = IMPORT_LOADER_DIRECTORY "/";
    struct import_file properties = {.bytes = bytes, .size = size};
    struct import_file *file = name != NULL ? add(import, prefix, name, &properties) : NULL;

    return file != NULL ? file->name + sizeof(prefix) - 1 : NULL;
}

/* Makes the directories that lead to `path`. */
static bool make_parents(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        int result;

        *slash = '\0';
        result = mkdir(path, 0777);
        *slash = '/';
        if (result != 0 && errno != EEXIST)
            return false;
    }
    return true;
}

/* Creates a file of the new directory. Returns its descriptor, or -1 with errno. */
static int create(const char *target, const char *name)
{
    char *path = NULL;
    int output = -1;

    if (asprintf(&path, "%s/%s", target, name) < 0)
        return -1;
    if (make_parents(path))
        output = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    free(path);
    return output;
}

static bool finish(int output, bool is_done, const char *name)
{
    if (output >= 0 && close(output) != 0)
        is_done = false;
    if (!is_done)
        output_error("cannot write %s: %s", name, strerror(errno));
    return is_done;
}

static bool copy_file(const char *target, const struct import_file *file)
{
    int input = open(file->source, O_RDONLY | O_CLOEXEC);
    int output = input >= 0 ? create(target, file->name) : -1;
    bool is_done = output >= 0 && copy_all(input, output);

    if (process_signal() == 0)
        is_done = finish(output, is_done, file->name);
    else if (output >= 0)
        close(output);
    if (input >= 0)
        close(input);
    return is_done;
}

static bool write_file(const char *target, const char *name, const void *bytes, size_t size)
{
    int output = create(target, name);

    return finish(output, output >= 0 && write_all(output, bytes, size), name);
}

static bool write_files(const struct import *import, const char *target, const char *text,
                        size_t size)
{
    const void *overlay = import->tree.overlay.fdt;

    for (const struct import_file *file = import->files; file != NULL; file = file->next)
        if (file->bytes != NULL ? !write_file(target, file->name, file->bytes, file->size)
                                : !copy_file(target, file))
            return false;
    return write_file(target, IMPORT_CONFIG_NAME, text, size) &&
           (overlay == NULL || write_file(target, IMPORT_LOADER_DIRECTORY "/" IMPORT_OVERLAY_NAME,
                                          overlay, fdt_totalsize(overlay)));
}

/* True if a directory has a configuration that begins as an import's does. */
static bool is_imported(const char *target)
{
    char start[sizeof(IMPORT_MARK)] = "";
    char *path = NULL;
    FILE *file = asprintf(&path, "%s/" IMPORT_CONFIG_NAME, target) >= 0 ? fopen(path, "rbe") : NULL;
    bool is_same = file != NULL && fread(start, 1, sizeof(start) - 1, file) == sizeof(start) - 1 &&
                   strcmp(start, IMPORT_MARK) == 0;

    free(path);
    if (file != NULL)
        fclose(file);
    return is_same;
}

/* Makes room for the new directory where there is one already. */
static bool make_room(const struct import *import, const struct staging *staging)
{
    if (rmdir(staging->target) == 0 || errno == ENOENT)
        return true;
    if (!is_imported(staging->target)) {
        output_error("%s is there, and muster import did not make it", staging->target);
        output_hint("name another directory with -o");
        return false;
    }
    if (!import->replaces) {
        output_error("%s is there already", staging->target);
        output_hint("--force replaces it, -o DIR names another one");
        return false;
    }
    return staging_displace(staging);
}

bool import_write(const struct import *import, const char *target, const char *text, size_t size)
{
    struct staging staging;
    char *partial = NULL;
    bool is_done = staging_open(&staging, target);

    if (is_done)
        partial = staging_path(&staging, STAGED_NAME);
    is_done = partial != NULL && mkdir(partial, 0777) == 0 &&
              write_files(import, partial, text, size) && process_signal() == 0 &&
              make_room(import, &staging) && staging_finish(&staging, STAGED_NAME);
    staging_close(&staging);
    free(partial);
    return is_done;
}
