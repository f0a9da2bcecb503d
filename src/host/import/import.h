/* SPDX-License-Identifier: BSD-2-Clause */
/* One import of an ImageBuilder configuration: its state, its reports, its numbers. */
#ifndef MUSTER_IMPORT_H
#define MUSTER_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "core/tree/tree.h"
#include "host/import/imagebuilder.h"

#define IMPORT_MIB_MAX (UINT64_MAX >> 20) /* of memory */

/* The directory in which firmware finds a loader, and the loader its configuration. */
#define IMPORT_LOADER_DIRECTORY "EFI/BOOT"
#define IMPORT_CONFIG_NAME      IMPORT_LOADER_DIRECTORY "/muster.cfg"
#define IMPORT_OVERLAY_NAME     "imagebuilder.dtbo"

/* The first words of every configuration that an import writes. */
#define IMPORT_MARK "# Made by muster import from "

/* A file to be copied. */
struct import_file {
    const char *source; /* its path here */
    dev_t device;       /* by device and number, a file is the same under all its paths */
    ino_t number;
    const char *name;   /* in the new directory */
    const char *prefix; /* of the name: where names in the configuration start */
    uint64_t size;      /* bytes */
    const void *bytes;  /* of one that the import makes, which has no source; or NULL */
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
    const char *memory; /* the option of check for the RAM, or NULL */
    bool replaces;      /* a directory that an earlier import made */
};

/*
 * Reports something about a variable, or with NULL about the configuration; nothing more is said of
 * a faulty variable. `what` and `hint` must outlive the import or be static.
 */
void import_report(struct import *import, enum severity severity,
                   const struct imagebuilder_variable *variable, const char *hint,
                   const char *what);

/*
 * The number that a variable holds (decimal or 0x), `missing` if it is not set. A value that is no
 * number, or over `most`, is reported, makes the variable faulty, and gives `missing`.
 */
uint64_t import_number(struct import *import, const char *name, unsigned index, uint64_t missing,
                       uint64_t most);

/* The next word of *text in the arena, and *text behind it; NULL at the end. */
char *import_next_word(struct import *import, const char **text, const char *separators);

bool import_is_set(struct import *import, const char *name, unsigned index);

/* True if a variable without an index has a wrong value, which was reported. */
bool import_is_faulty(struct import *import, const char *name);

/* The number of an array's elements that count; one over `most` is reported and gives 0. */
unsigned import_count(struct import *import, const char *name, unsigned most);

/* Reports a variable, which may be NULL, that is no list of cache colors: "0-3,8". */
void import_check_colours(struct import *import, const struct imagebuilder_variable *variable);

/* Of pairs of an address and a size. */
#define IMPORT_PAIRS_HINT "write pairs: \"ADDRESS SIZE …\""

/*
 * The numbers in a text, separated by white space: writes at most `most` of them and returns how
 * many there are, or -1 when one is not a number, which is reported with the hint.
 */
int import_numbers(struct import *import, const struct imagebuilder_variable *variable,
                   const char *text, uint64_t *numbers, unsigned most, const char *hint);

#endif
