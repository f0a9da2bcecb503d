/* SPDX-License-Identifier: BSD-2-Clause */
/* The system to look at, as the command line describes it. */
#ifndef MUSTER_HOST_REQUEST_H
#define MUSTER_HOST_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "core/seal/digest.h"
#include "host/base/command.h"

/* The system to look at, as the command line describes it. */
struct host_request {
    const char *config;    /* a configuration file, a sealed loader, or a directory like the ESP */
    const char *section;   /* to boot, or NULL */
    const char *tree;      /* the file with the firmware's device tree, or NULL */
    const char *machine;   /* a known one whose tree is to be taken: "qemu", or NULL */
    const char *root;      /* the directory that stands for the partition, or NULL */
    uint64_t memory;       /* bytes of RAM; 0 to take it from the tree */
    uint64_t memory_start; /* its first address, if has_memory_start */
    bool has_memory_start;
    bool is_assumed;  /* nobody asked for `machine`, and a note says so */
    bool force;       /* errors of preflight become warnings */
    bool is_sealing;  /* what the system reads is to be sealed; a seal that is there is ignored */
    bool is_choosing; /* a section is to be chosen: only the configuration is read */
    /* Told of each file that was read to its end, as in struct sealed; may be NULL. */
    void (*seen)(void *data, const char *name, uint64_t size,
                 const unsigned char digest[DIGEST_SIZE]);
    void *data;
};

/* The known machine. */
#define HOST_MACHINE_QEMU "qemu"

/* The directory that muster init writes unless one is named, and that others look at then. */
#define HOST_DIRECTORY "esp"

/* The options that host_option_take knows, as --help explains them. */
#define HOST_REQUEST_HELP                                                                          \
    "  -s, --section SECTION\n"                                                                    \
    "                   boot this section instead of the default one\n"                            \
    "  --dtb FILE       the device tree that the firmware provides\n"                              \
    "  --machine qemu   take the tree of the machine that muster run starts\n"                     \
    "  --memory SIZE[@START]\n"                                                                    \
    "                   the RAM that the machine has, instead of what its tree says\n"             \
    "  --root DIR       the root of the partition; default: the nearest directory at or above\n"   \
    "                   the configuration that holds EFI/, else the configuration's own\n"         \
    "  --force          go on as with the load option -force: errors of preflight are warnings\n"

/* The options that host_option_take knows, as getopt_long is to return them. */
enum host_option {
    HOST_OPTION_SECTION = 's',
    HOST_OPTION_TREE = 0x100, /* no letter: long only */
    HOST_OPTION_MEMORY,
    HOST_OPTION_ROOT,
    HOST_OPTION_FORCE,
    HOST_OPTION_MACHINE,
    HOST_OPTION_OTHER, /* from here on the values are the command's own */
};

/* The entries of those about the machine in the table of long options. */
#define HOST_MACHINE_OPTIONS                                                                       \
    {"dtb", required_argument, NULL, HOST_OPTION_TREE},                                            \
        {"memory", required_argument, NULL, HOST_OPTION_MEMORY},                                   \
        {"root", required_argument, NULL, HOST_OPTION_ROOT},                                       \
    {                                                                                              \
        "machine", required_argument, NULL, HOST_OPTION_MACHINE                                    \
    }

/* All of their entries. */
#define HOST_OPTIONS                                                                               \
    HOST_MACHINE_OPTIONS, {"section", required_argument, NULL, HOST_OPTION_SECTION},               \
    {                                                                                              \
        "force", no_argument, NULL, HOST_OPTION_FORCE                                              \
    }

/*
 * Takes one of these options of a command into a request, which keeps the argument. Returns 0, or
 * EXIT_CODE_USAGE after saying what is wrong.
 */
int host_option_take(struct host_request *request, const struct command *command, int option,
                     const char *argument);

#endif
