/* SPDX-License-Identifier: BSD-2-Clause */
/* Disk images: a GPT with one EFI system partition that holds a directory. */
#include "host/disk/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/base/output.h"
#include "host/base/process.h"
#include "host/base/staging.h"
#include "host/base/temporary.h"
#include "host/disk/disk_files.h"
#include "host/disk/disk_target.h"
#include "host/state/state_store.h"
#include "host/state/state_wanted.h"

#define SECTOR         512U
#define FIRST_SECTOR   (DISK_PARTITION_START / SECTOR)
#define ALIGNMENT      (1024U * 1024U) /* of the partition's ends, bytes */
#define RESERVED       32U             /* sectors in front of the FATs */
#define FATS           2U
#define FAT_ENTRY      4U     /* bytes */
#define CLUSTERS_LEAST 65600U /* below 65,525 it is FAT16 (Microsoft, FAT specification) */
#define CLUSTERS_MOST  0x0ffffff0U
#define SMALL_DISK     (256U * 1024U * 1024U) /* bytes of content up to which clusters are small */
#define LONG_NAME      180U /* mtools adds one cluster to a directory for a name, if need be */
#define ARGUMENT_MAX   64U
#define STAGED_NAME    "disk"
#define DISK_GUID      "6D757374-6572-4000-8000-000000000000"
#define PARTITION_GUID "6D757374-6572-4000-8000-000000000001"
#define VOLUME_SERIAL  "6d757374"
#define VOLUME_LABEL   "MUSTER"
#define TIME_OF_FILES  "315532800" /* 1980-01-01, the first day that FAT knows */

/* The layout of a disk, in sectors unless said otherwise. */
struct layout {
    uint64_t cluster; /* sectors of one */
    uint64_t partition;
    uint64_t disk; /* bytes */
};

/* A disk that is being written. */
struct image {
    struct staging staging;
    char *path;      /* of the image while it is made */
    char *partition; /* the same for mtools */
    struct layout layout;
    bool shows_progress;
    uint64_t bytes; /* to write */
    uint64_t done;
};

static uint64_t divide_up(uint64_t number, uint64_t by)
{
    return (number + by - 1) / by;
}

/* Clusters that the files and directories take, and some for directories that grow as written. */
static uint64_t clusters_needed(const struct disk_files *files, uint64_t cluster)
{
    uint64_t bytes = cluster * SECTOR;
    uint64_t count = 1 + divide_up(disk_files_entries(files, "") * 32, bytes);

    for (const struct disk_file *file = files->first; file != NULL; file = file->next)
        count += file->is_directory
                     ? 1 + divide_up(disk_files_entries(files, file->name) * 32, bytes)
                     : divide_up(file->size, bytes);
    return count;
}

/* The sectors of a file system with so many clusters. */
static uint64_t sectors_for(uint64_t clusters, uint64_t cluster)
{
    return RESERVED + FATS * divide_up((clusters + 2) * FAT_ENTRY, SECTOR) + clusters * cluster;
}

/* The smallest disk that holds the files, or one of `size` bytes; false when they do not fit. */
static bool lay_out(const struct disk_files *files, uint64_t size, struct layout *layout)
{
    uint64_t content = files->bytes > size ? files->bytes : size;
    uint64_t clusters;
    uint64_t least;

    layout->cluster = content <= SMALL_DISK ? 1 : 8;
    if (layout->cluster == 1 && files->longest > LONG_NAME)
        layout->cluster = 2;
    clusters = clusters_needed(files, layout->cluster);
    if (clusters < CLUSTERS_LEAST)
        clusters = CLUSTERS_LEAST;
    if (clusters > CLUSTERS_MOST) {
        output_error("the files are too large for a FAT32 file system");
        return false;
    }
    least = 2 * ALIGNMENT +
            divide_up(sectors_for(clusters, layout->cluster) * SECTOR, ALIGNMENT) * ALIGNMENT;
    layout->disk = size != 0 ? size / ALIGNMENT * ALIGNMENT : least;
    if (layout->disk < least) {
        output_error("the disk needs at least %llu MiB for its files and a FAT32 file system",
                     (unsigned long long)(least / ALIGNMENT));
        return false;
    }
    layout->partition = (layout->disk - 2 * ALIGNMENT) / SECTOR;
    if (layout->partition / layout->cluster > CLUSTERS_MOST) {
        output_error("the disk is too large for a FAT32 file system");
        return false;
    }
    return true;
}

static void show_progress(const struct image *image, const char *name)
{
    if (!image->shows_progress)
        return;
    if (name != NULL)
        fprintf(stderr, "\r\033[K%3llu %%  %.60s",
                (unsigned long long)(image->bytes != 0 ? image->done * 100 / image->bytes : 100),
                name);
    else
        fputs("\r\033[K", stderr);
    fflush(stderr);
}

static bool write_table(const struct image *image)
{
    const char *const command[] = {"sfdisk",        "--quiet",   "--no-reread", "--no-tell-kernel",
                                   "--color=never", image->path, NULL};
    char *script = NULL;
    bool is_done;

    if (asprintf(&script,
                 "label: gpt\nlabel-id: " DISK_GUID "\n"
                 "start=%u, size=%llu, type=uefi, uuid=" PARTITION_GUID ", name=ESP\n",
                 FIRST_SECTOR, (unsigned long long)image->layout.partition) < 0)
        return false;
    is_done = process_run(command, script);
    free(script);
    return is_done;
}

static bool make_file_system(const struct image *image)
{
    char sectors[ARGUMENT_MAX];
    char cluster[ARGUMENT_MAX];
    char hidden[ARGUMENT_MAX];
    const char *const command[] = {
        "mformat", "-i", image->partition, "-F", "-T",         sectors, "-c", cluster, "-H",
        hidden,    "-N", VOLUME_SERIAL,    "-v", VOLUME_LABEL, "::",    NULL};

    snprintf(sectors, sizeof(sectors), "%llu", (unsigned long long)image->layout.partition);
    snprintf(cluster, sizeof(cluster), "%llu", (unsigned long long)image->layout.cluster);
    snprintf(hidden, sizeof(hidden), "%u", FIRST_SECTOR);
    return process_run(command, NULL);
}

/*
 * The directory of the disk that a file goes to, as mtools takes it: a pattern that means it alone.
 * The caller frees it.
 */
static char *target_directory(const char *name)
{
    const char *slash = strrchr(name, '/');
    size_t length = slash != NULL ? (size_t)(slash - name) : 0;
    char *target = malloc(3 * length + sizeof(":://"));
    char *to = target;

    if (target == NULL)
        return NULL;
    to = stpcpy(to, "::/");
    for (size_t at = 0; at < length; at++) {
        if (name[at] == '[')
            to = stpcpy(to, "[[]");
        else
            *to++ = name[at];
    }
    stpcpy(to, length != 0 ? "/" : "");
    return target;
}

/* A file keeps its name; the loader gets the one that firmware looks for. */
static bool add_file(struct image *image, const struct disk_file *file)
{
    const char *name = disk_file_base(file->name);
    char *directory = target_directory(file->name);
    char *target = NULL;
    bool is_renamed = strcmp(name, disk_file_base(file->source)) != 0;
    bool is_done = directory != NULL && asprintf(&target, "%s%s", directory, name) >= 0;

    if (is_done && file->is_directory) {
        const char *const command[] = {"mmd", "-i", image->partition, target, NULL};

        is_done = process_run(command, NULL);
    } else if (is_done) {
        const char *const command[] = {"mcopy", "-i",         image->partition,
                                       "-Q",    file->source, is_renamed ? target : directory,
                                       NULL};

        is_done = process_run(command, NULL);
    }
    free(directory);
    free(target);
    image->done += file->size;
    return is_done;
}

static bool add_files(struct image *image, const struct disk_files *files)
{
    for (const struct disk_file *file = files->first; file != NULL; file = file->next) {
        show_progress(image, file->name);
        if (!add_file(image, file)) {
            show_progress(image, NULL);
            return false;
        }
    }
    show_progress(image, NULL);
    return true;
}

/* Creates the image where nobody takes it for a finished one. */
static bool create(struct image *image, const char *disk)
{
    int file;

    if (!staging_open(&image->staging, disk))
        return false;
    image->path = staging_path(&image->staging, STAGED_NAME);
    if (image->path == NULL ||
        asprintf(&image->partition, "%s@@%u", image->path, DISK_PARTITION_START) < 0)
        return false;
    file = open(image->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file >= 0 && ftruncate(file, (off_t)image->layout.disk) == 0 && close(file) == 0)
        return true;
    output_error("cannot make %s: %s", disk, strerror(errno));
    return false;
}

/* mtools and the files' times take no notice of the person's settings. */
static void set_environment(void)
{
    setenv("SOURCE_DATE_EPOCH", TIME_OF_FILES, 0);
    setenv("TZ", "UTC", 1);
    setenv("MTOOLSRC", "/dev/null", 1);
    setenv("MTOOLS_SKIP_CHECK", "1", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
}

static bool write_image(struct image *image, const struct disk_files *files)
{
    return write_table(image) && make_file_system(image) && add_files(image, files) &&
           process_signal() == 0;
}

/* The size that the layout is made for: that of a device which is written in place. */
static bool find_size(const struct disk_request *request, uint64_t *size)
{
    *size = request->size;
    return !request->is_in_place || *size != 0 || disk_target_size(request->disk, size);
}

static bool make(const struct disk_request *request, const char *target,
                 const struct disk_files *files)
{
    struct image image = {
        .shows_progress = isatty(STDERR_FILENO) != 0,
        .bytes = files->bytes,
        .staging.descriptor = -1,
    };
    uint64_t size;
    bool is_done = find_size(request, &size) && lay_out(files, size, &image.layout) &&
                   create(&image, target) && write_image(&image, files);

    if (is_done && request->is_in_place)
        is_done = disk_target_write(request->disk, image.path);
    else if (is_done)
        is_done = staging_finish(&image.staging, STAGED_NAME);
    staging_close(&image.staging);
    free(image.path);
    free(image.partition);
    return is_done;
}

bool disk_has_loader(const char *directory, bool *has_loader)
{
    struct disk_files files = {0};
    bool is_read = disk_files_list(&files, directory);

    *has_loader = is_read && disk_files_find(&files, DISK_LOADER) != NULL;
    disk_files_release(&files);
    return is_read;
}

/* Adds the files of a state, which are made in a directory, as far as they are not there. */
static bool add_state_files(struct disk_files *files, const char *name, const char *directory)
{
    static const char *const suffixes[] = {"", ".2", STATE_CONFIRMATION_SUFFIX};
    char *made = NULL;
    bool is_done = asprintf(&made, "%s/state", directory) >= 0 && state_store_make(made);

    for (size_t at = 0; at < sizeof(suffixes) / sizeof(suffixes[0]) && is_done; at++) {
        char *target = NULL;
        char *source = NULL;

        is_done = asprintf(&target, "%s%s", name, suffixes[at]) >= 0 &&
                  asprintf(&source, "%s%s", made, suffixes[at]) >= 0 &&
                  (disk_files_find(files, target) != NULL || disk_files_add(files, target, source));
        free(target);
        free(source);
    }
    free(made);
    return is_done;
}

/* Adds the state that boots are counted in. *made is the directory for it, NULL without one. */
static bool add_state(struct disk_files *files, const char *directory, char **made)
{
    struct state_wanted wanted = {.config = directory, .root = directory};
    bool is_done = state_wanted_find(&wanted);

    if (is_done && wanted.name != NULL) {
        *made = temporary_make();
        is_done = *made != NULL && add_state_files(files, wanted.name, *made);
    }
    free(wanted.name);
    return is_done;
}

bool disk_make(const struct disk_request *request)
{
    struct disk_files files = {0};
    char *made = NULL;
    char *target = request->is_in_place ? disk_target_draft()
                                        : disk_target_file(request->disk, request->directory);
    bool is_done = target != NULL && disk_files_list(&files, request->directory) &&
                   disk_files_add_loader(&files) && add_state(&files, request->directory, &made);

    set_environment();
    is_done = is_done && make(request, target, &files);
    disk_files_release(&files);
    if (made != NULL)
        temporary_remove(made);
    free(made);
    free(target);
    return is_done;
}
