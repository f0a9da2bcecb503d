/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware as the loader uses it: one value that every part of src/efi is given. */
#ifndef MUSTER_FIRMWARE_H
#define MUSTER_FIRMWARE_H

#include <efi.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/base/platform.h"

struct firmware {
    EFI_HANDLE image;
    EFI_SYSTEM_TABLE *table;
    EFI_BOOT_SERVICES *boot;
    EFI_LOADED_IMAGE *loaded; /* the loader itself */
    EFI_FILE_HANDLE root;     /* of its partition, open until firmware_close */
    uint64_t started;         /* when the loader was started, in microseconds of clock_now */
    unsigned progress_drawn;  /* cells of the progress bar on the screen */
    void *map;                /* where the memory map is read to; NULL before the first time */
    UINTN map_size;           /* bytes that it has room for */
};

/*
 * Finds the loader's own image and opens its partition. On an error, which is printed, nothing
 * stays open.
 */
EFI_STATUS firmware_open(struct firmware *firmware, EFI_HANDLE image, EFI_SYSTEM_TABLE *table);
void firmware_close(struct firmware *firmware);

/* The firmware behind core's interface; it keeps a pointer to `firmware`. */
struct platform firmware_platform(struct firmware *firmware);

/* files.c: core's platform calls for files. */
enum platform_status files_open(void *context, const char *name, struct platform_file **file,
                                uint64_t *size);
enum platform_status files_read(void *context, struct platform_file *file, void *buffer,
                                size_t bytes);
void files_close(void *context, struct platform_file *file);
void files_list(void *context, const char *directory, bool (*each)(void *data, const char *name),
                void *data);

/* memory.c: core's platform calls for memory. */
void *memory_allocate(void *context, size_t bytes);
void memory_release(void *context, void *memory, size_t bytes);
enum platform_status memory_map(void *context, struct memory_region *regions, size_t *count);
enum platform_status memory_claim(void *context, uint64_t address, uint64_t pages, void **memory);
void memory_release_pages(void *context, uint64_t address, uint64_t pages);

/* What a status of the firmware means to core. */
enum platform_status firmware_status(EFI_STATUS status);

#endif
