/* SPDX-License-Identifier: BSD-2-Clause */
/* The installation on a partition: the systems that its configuration leads to. */
#ifndef MUSTER_INSTALLED_H
#define MUSTER_INSTALLED_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/config/config.h"
#include "host/install/manifest.h"
#include "host/install/partition.h"
#include "host/machine/host_request.h"

/* Names in the partition. */
#define INSTALLED_CONFIG   PARTITION_DIRECTORY "/muster.cfg"
#define INSTALLED_STATE    PARTITION_DIRECTORY "/muster.state"
#define INSTALLED_TREE     PARTITION_DIRECTORY "/firmware.dtb"
#define INSTALLED_MANIFEST PARTITION_DIRECTORY "/muster.files"
#define INSTALLED_BY_HAND  PARTITION_DIRECTORY "/muster.by-hand.cfg"
#define INSTALLED_BOOT     "/EFI/BOOT/BOOTAA64.EFI"
#define INSTALLED_BOOT_CFG "/EFI/BOOT/muster.cfg"

/* One of the installed systems: a configuration of its own, to which chain= leads. */
struct installed_system {
    const char *section; /* to boot, NULL for no system */
    unsigned number;     /* behind the last dot of its name, from 1; 0: written by hand */
};

/* Starts zeroed, ended by installed_release. */
struct installed {
    struct manifest manifest;
    struct arena arena;
    char *text;           /* of INSTALLED_CONFIG, NULL when it is not there */
    size_t size;          /* bytes */
    struct config config; /* parsed */
    bool is_by_hand;      /* install did not write it, or somebody has changed it since */
    struct installed_system current;
    struct installed_system former; /* the first of fallback= that is of another system */
    unsigned newest;                /* number of the system that was installed last, 0 for none */
};

/* The highest number of a system that the manifest lists. */
unsigned installed_highest(const struct manifest *manifest);

/* Reads what is there. False after a message. */
bool installed_read(struct installed *installed, const struct partition *partition);

void installed_release(struct installed *installed);

/*
 * Calls `each` with the numbers of the systems that a configuration of `size` bytes leads to by
 * default=, fallback= and chain=; 0 is none. False without memory.
 */
bool installed_numbers(const char *text, size_t size, void (*each)(void *data, unsigned number),
                       void *data);

/*
 * Has a request without a tree take the one that an earlier installation kept, where this machine
 * tells none. The text in it belongs to the caller, as *kept.
 */
void installed_take_tree(const struct partition *partition, struct host_request *request,
                         char **kept);

/* The number of the system that a section is of; 0 if it has none. */
unsigned installed_number(const char *section);

/* The number of the system whose configuration has this name in the partition; 0 if it is none. */
unsigned installed_config_number(const char *name);

/* The name in the partition of a system's configuration; the caller frees it. */
char *installed_config_name(unsigned number);

#endif
