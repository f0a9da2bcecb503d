/* SPDX-License-Identifier: BSD-2-Clause */
/* The EFI system partition that is installed to, as it is mounted on this machine. */
#include "host/install/partition.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "host/base/environment.h"
#include "host/base/output.h"

static bool is_mounted_fat(const char *path)
{
    struct statfs info;
    struct stat status;
    struct stat parent;
    char *above = NULL;
    bool is_mounted = asprintf(&above, "%s/..", path) >= 0 && statfs(path, &info) == 0 &&
                      info.f_type == MSDOS_SUPER_MAGIC && stat(path, &status) == 0 &&
                      stat(above, &parent) == 0 && status.st_dev != parent.st_dev;

    free(above);
    return is_mounted;
}

/* The usual places, in the order of how often they are it. */
static const char *find_mounted(void)
{
    static const char *const places[] = {"/boot/efi", "/efi", "/boot"};

    for (size_t at = 0; at < sizeof(places) / sizeof(places[0]); at++)
        if (is_mounted_fat(places[at]))
            return places[at];
    return NULL;
}

bool partition_open(struct partition *partition, const char *given)
{
    struct stat info;

    *partition = (struct partition){.lock = -1};
    if (given == NULL)
        given = find_mounted();
    if (given == NULL) {
        output_error("no EFI system partition is mounted on /boot/efi, /efi or /boot");
        output_hint("mount it, or name where it is mounted with --esp DIR");
        return false;
    }
    partition->path = realpath(given, NULL);
    if (partition->path != NULL && stat(partition->path, &info) == 0 && S_ISDIR(info.st_mode))
        return true;
    output_error("%s is no directory to install to", given);
    return false;
}

bool partition_lock(struct partition *partition)
{
    partition->lock = open(partition->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (partition->lock >= 0 && flock(partition->lock, LOCK_EX | LOCK_NB) == 0)
        return true;
    if (errno == EWOULDBLOCK)
        output_error("another muster is at work on %s", partition->path);
    else
        output_error("cannot lock %s: %s", partition->path, strerror(errno));
    return false;
}

void partition_close(struct partition *partition)
{
    if (partition->lock >= 0)
        close(partition->lock);
    partition->lock = -1;
    free(partition->path);
    partition->path = NULL;
}

char *partition_file(const struct partition *partition, const char *name)
{
    char *path = NULL;

    if (asprintf(&path, "%s%s", partition->path, name) >= 0)
        return path;
    output_error("out of memory");
    exit(EXIT_FAILURE);
}

bool partition_space(const struct partition *partition, struct partition_space *space)
{
    struct statvfs info;

    if (statvfs(partition->path, &info) != 0) {
        output_error("cannot tell how much room %s has: %s", partition->path, strerror(errno));
        return false;
    }
    *space = (struct partition_space){
        .size = (uint64_t)info.f_blocks * info.f_frsize,
        .free = (uint64_t)info.f_bavail * info.f_frsize,
        .unit = info.f_frsize != 0 ? info.f_frsize : 1,
    };
    return true;
}

/* Reads the number in a file of one line; 0 where there is none. */
static unsigned read_number(const char *path)
{
    FILE *file = fopen(path, "re");
    unsigned number = 0;
    char line[16];

    if (file == NULL)
        return 0;
    if (fgets(line, sizeof(line), file) != NULL)
        number = (unsigned)strtoul(line, NULL, 10);
    fclose(file);
    return number;
}

/* The disk that a partition's directory below /sys, …/DISK/PARTITION, names; NULL for none. */
static char *disk_of(char *device)
{
    char *slash = strrchr(device, '/');
    char *disk = NULL;

    if (slash == NULL)
        return NULL;
    *slash = '\0';
    slash = strrchr(device, '/');
    if (slash == NULL || asprintf(&disk, "/dev%s", slash) < 0)
        return NULL;
    return disk;
}

bool partition_device(const struct partition *partition, char **disk, unsigned *number)
{
    char name[48];
    struct stat info;
    char *link = NULL;
    char *device = NULL;
    char *file = NULL;

    *disk = NULL;
    *number = 0;
    if (stat(partition->path, &info) != 0)
        return false;
    snprintf(name, sizeof(name), "dev/block/%u:%u", major(info.st_dev), minor(info.st_dev));
    link = environment_sys(name);
    device = link != NULL ? realpath(link, NULL) : NULL;
    if (device != NULL && asprintf(&file, "%s/partition", device) >= 0)
        *number = read_number(file);
    if (*number != 0)
        *disk = disk_of(device);
    free(link);
    free(device);
    free(file);
    return *disk != NULL;
}
