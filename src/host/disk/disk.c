/* SPDX-License-Identifier: BSD-2-Clause */
/* Disk images: a GPT with one EFI system partition that holds a directory. */
#include "host/disk/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/base/output.h"
#include "host/base/process.h"
#include "host/disk/disk_files.h"

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
    char *path;           /* of the temporary file */
    char partition[4096]; /* the same for mtools */
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

static bool add_file(struct image *image, const struct disk_file *file)
{
    char *target = NULL;
    bool is_done;

    if (asprintf(&target, "::/%s", file->name) < 0)
        return false;
    if (file->is_directory) {
        const char *const command[] = {"mmd", "-i", image->partition, target, NULL};

        is_done = process_run(command, NULL);
    } else {
        const char *const command[] = {"mcopy", "-i", image->partition, "-Q", file->source,
                                       target,  NULL};

        is_done = process_run(command, NULL);
    }
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

/* Creates the temporary file beside the disk, so that it can take its name. */
static bool create(struct image *image, const char *disk)
{
    mode_t mask = umask(0);
    int file;

    umask(mask);
    if (asprintf(&image->path, "%s.XXXXXX", disk) < 0)
        return false;
    file = mkostemp(image->path, O_CLOEXEC);
    if (file < 0 || ftruncate(file, (off_t)image->layout.disk) != 0 ||
        fchmod(file, 0666 & ~mask) != 0) {
        output_error("cannot make the disk %s: %s", disk, strerror(errno));
        if (file >= 0)
            unlink(image->path);
        if (file >= 0)
            close(file);
        free(image->path);
        image->path = NULL;
        return false;
    }
    close(file);
    snprintf(image->partition, sizeof(image->partition), "%s@@%u", image->path,
             DISK_PARTITION_START);
    return true;
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

static bool write_image(struct image *image, const struct disk_files *files, const char *disk)
{
    bool is_done = write_table(image) && make_file_system(image) && add_files(image, files) &&
                   process_signal() == 0;

    if (is_done && rename(image->path, disk) != 0) {
        output_error("cannot make the disk %s: %s", disk, strerror(errno));
        is_done = false;
    }
    if (!is_done)
        unlink(image->path);
    free(image->path);
    return is_done;
}

bool disk_make(const char *disk, const char *directory, uint64_t size)
{
    struct disk_files files = {0};
    struct image image = {.shows_progress = isatty(STDERR_FILENO) != 0};
    bool is_done = disk_files_collect(&files, directory) && lay_out(&files, size, &image.layout);

    image.bytes = files.bytes;
    set_environment();
    is_done = is_done && create(&image, disk) && write_image(&image, &files, disk);
    disk_files_release(&files);
    return is_done;
}
