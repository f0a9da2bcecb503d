/* SPDX-License-Identifier: BSD-2-Clause */
/* The import of an ImageBuilder configuration: what its parts share. */
#ifndef MUSTER_IMPORT_H
#define MUSTER_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "core/tree/tree.h"
#include "host/import/imagebuilder.h"

/* The directory in which firmware finds a loader, and the loader its configuration. */
#define IMPORT_LOADER_DIRECTORY "EFI/BOOT"
#define IMPORT_CONFIG_NAME      IMPORT_LOADER_DIRECTORY "/muster.cfg"
#define IMPORT_OVERLAY_NAME     "imagebuilder.dtbo"

/* A file to be copied. */
struct import_file {
    const char *source; /* its path here */
    dev_t device;       /* by device and number, a file is the same under all its paths */
    ino_t number;
    const char *name;   /* in the new directory */
    const char *prefix; /* of the name: where names in the configuration start */
    uint64_t size;      /* bytes */
    struct import_file *next;
};

/* The overlay with what lies outside of domain nodes, and the tree that it is for. */
struct import_tree {
    struct tree base;    /* DEVICE_TREE with each DT_OVERLAY; fdt is NULL without one */
    struct tree overlay; /* fdt is NULL until something goes into it */
    uint32_t phandles;   /* given so far to nodes of the base tree */
    struct names cpus;   /* paths of those that are in a cpupool */
};

/* One import. Texts belong to the arena. */
struct import {
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct imagebuilder config;
    const char *directory; /* that the configuration's names of files are relative to */
    FILE *text;            /* of muster.cfg */
    struct import_file *files;
    struct import_file *last_file;
    struct names names; /* of files in the new directory, without case */
    struct import_tree tree;
};

/* Reports something about a variable; `what` and `hint` must outlive the import or be static. */
void import_report(struct import *import, enum severity severity,
                   const struct imagebuilder_variable *variable, const char *hint,
                   const char *what);

/*
 * The number that a variable holds (decimal or 0x), `missing` if it is not set. A value that is no
 * number, or over `most`, is reported and gives `missing`.
 */
uint64_t import_number(struct import *import, const char *name, unsigned index, uint64_t missing,
                       uint64_t most);

/*
 * The numbers in a text, separated by white space: writes at most `most` of them and returns how many
 * there are, or -1 when one is no number, which is reported.
 */
int import_numbers(struct import *import, const struct imagebuilder_variable *variable,
                   const char *text, uint64_t *numbers, unsigned most);

/* Fills import->text with the boot section and the domains' sections; reports what is wrong. */
void import_system(struct import *import);

/* Reports each variable that import_system had no use for. */
void import_rest(struct import *import);

/*
 * Adds the file that a variable names to those that are copied, once however often it is named.
 * Returns its name relative to the loader, or NULL when it cannot be read, which is reported.
 */
const char *import_add_file(struct import *import, const struct imagebuilder_variable *variable);

/* As import_add_file, for a file that goes to the root of the partition. */
const char *import_add_root_file(struct import *import,
                                 const struct imagebuilder_variable *variable);

/* Writes all files, the configuration and the overlay to a new directory. False with a message. */
bool import_write(const struct import *import, const char *target, const char *text, size_t size);

/* Reads the base tree. Reports mistakes. */
void import_tree_open(struct import *import, const struct imagebuilder_variable *variable);

/* Applies an overlay to the base tree, so that what is named later can be found there. */
void import_tree_apply(struct import *import, const struct imagebuilder_variable *variable);

/* Marks each device in a text of paths, separated by white space, with xen,passthrough. */
void import_tree_passthrough(struct import *import, const struct imagebuilder_variable *variable);

/* Makes /chosen/cpupool_INDEX from "cpu@0,cpu@1 SCHEDULER". */
void import_tree_cpupool(struct import *import, const struct imagebuilder_variable *variable);

/* Sets xen,static-heap from addresses and sizes. */
void import_tree_static_heap(struct import *import, const struct imagebuilder_variable *variable);

/* Makes the cells of /chosen 2 and 2, in which Xen reads static memory. */
void import_tree_chosen_cells(struct import *import);

#endif
