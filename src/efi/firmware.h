/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware as the loader uses it: one value that every part of src/efi is given. */
#ifndef MUSTER_FIRMWARE_H
#define MUSTER_FIRMWARE_H

#include <efi.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/base/volume.h"

struct measured_boot;
struct network;

struct firmware {
    EFI_HANDLE image;
    EFI_SYSTEM_TABLE *table;
    EFI_BOOT_SERVICES *boot;
    EFI_LOADED_IMAGE *loaded; /* the loader itself */
    EFI_FILE_HANDLE root;     /* of its partition, open until platform_close; NULL without one */
    struct network *network;  /* where it came from instead; NULL if it has a partition */
    struct volume volume;     /* where files come from, or what is sealed of it */
    struct measured_boot *measured; /* or NULL */
    unsigned progress_drawn;        /* cells of the progress bar on the screen */
    bool has_open_bar;              /* a bar's line has not ended yet */
    bool has_set_watchdog;          /* see watchdog.h */
    void *map;      /* where the memory map is read to; NULL before the first time */
    UINTN map_size; /* bytes that it has room for */
};

/* Translates a status of the firmware for core. */
enum platform_status firmware_status(EFI_STATUS status);

#endif
