/* SPDX-License-Identifier: BSD-2-Clause */
/* The files that go onto a disk: those of a directory, in order, and the loader. */
#ifndef MUSTER_DISK_FILES_H
#define MUSTER_DISK_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The file that firmware starts by itself: UEFI 2.10 §3.5.1.1. */
#define DISK_LOADER "EFI/BOOT/BOOTAA64.EFI"

struct disk_file {
    char *name;   /* on the disk, relative to its root, with '/' between its parts */
    char *source; /* its path here */
    bool is_directory;
    uint64_t size; /* bytes, 0 for a directory */
    struct disk_file *next;
};

struct disk_files {
    struct disk_file *first; /* by name, a directory in front of what it holds */
    struct disk_file *last;
    uint64_t bytes; /* of all files */
    size_t longest; /* bytes of the longest name, without its directory */
};

/*
 * Lists the files of a directory, following links. False after a message: a name that FAT cannot
 * hold, or something that is neither a file nor a directory. Ended by disk_files_release in any
 * case.
 */
bool disk_files_list(struct disk_files *files, const char *directory);

/* Adds Muster's loader where there is none. False after a message, if it is not to be found. */
bool disk_files_add_loader(struct disk_files *files);

/*
 * Adds a file with a name on the disk, and the directories that it needs; it is copied from
 * `source`. False after a message.
 */
bool disk_files_add(struct disk_files *files, const char *name, const char *source);

/* The file with a name, without regard to case, or NULL. */
const struct disk_file *disk_files_find(const struct disk_files *files, const char *name);

/* The last part of a name. */
const char *disk_file_base(const char *name);

void disk_files_release(struct disk_files *files);

/* Most 32-byte entries that the directory `name`, "" for the root, has with long names. */
uint64_t disk_files_entries(const struct disk_files *files, const char *name);

/*
 * The path of Muster's loader: beside this program, or where it is installed to. The caller frees
 * it. NULL when it is in neither place.
 */
char *disk_find_loader(void);

#endif
