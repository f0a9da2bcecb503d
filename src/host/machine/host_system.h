/* SPDX-License-Identifier: BSD-2-Clause */
/* A system on the workstation: core's stages, run over a directory laid out as the ESP. */
#ifndef MUSTER_HOST_SYSTEM_H
#define MUSTER_HOST_SYSTEM_H

#include <stdbool.h>
#include <stdint.h>

#include "core/system.h"
#include "host/machine/host_platform.h"
#include "host/machine/host_seal.h"

/* The system to look at, as the command line describes it. */
struct host_request {
    const char *config;    /* a configuration file, a sealed loader, or a directory like the ESP */
    const char *section;   /* to boot, or NULL */
    const char *tree;      /* the file with the firmware's device tree, or NULL */
    const char *root;      /* the directory that stands for the partition, or NULL */
    uint64_t memory;       /* bytes of RAM; 0 to take it from the tree */
    uint64_t memory_start; /* its first address, if has_memory_start */
    bool has_memory_start;
    bool force;      /* errors of preflight become warnings */
    bool is_sealing; /* what the system reads is to be sealed; a seal that is there is ignored */
    /* Told of each file that was read to its end, as in struct sealed; may be NULL. */
    void (*seen)(void *data, const char *name, uint64_t size,
                 const unsigned char digest[DIGEST_SIZE]);
    void *data;
};

struct host_system {
    struct host_platform platform;
    struct host_seal seal; /* of the loader, if it has one: then that is what counts */
    struct platform interface;
    struct system system;
    char *directory;     /* the loader's, as the person would write it; "" for the current one */
    char *image;         /* the loader's name in the partition */
    void *firmware_tree; /* content of request.tree */
    bool is_open;        /* system is valid */
    bool is_bootable;    /* every stage was run and found no error */
};

/* The options that host_request_option knows, as --help explains them. */
#define HOST_REQUEST_HELP                                                                          \
    "  -s, --section SECTION\n"                                                                    \
    "                   boot this section instead of the default one\n"                            \
    "  --dtb FILE       the device tree that the firmware provides\n"                              \
    "  --memory SIZE[@START]\n"                                                                    \
    "                   the RAM that the machine has, instead of what its tree says\n"             \
    "  --root DIR       the root of the partition; default: the nearest directory at or above\n"   \
    "                   the configuration that holds EFI/, else the configuration's own\n"         \
    "  --force          go on as with the load option -force: errors of preflight are warnings\n"

/* The options that host_request_option knows, as getopt_long is to return them. */
enum host_option {
    HOST_OPTION_SECTION = 's',
    HOST_OPTION_TREE = 0x100, /* no letter: long only */
    HOST_OPTION_MEMORY,
    HOST_OPTION_ROOT,
    HOST_OPTION_FORCE,
    HOST_OPTION_OTHER, /* from here on the values are the command's own */
};

/* Their entries in the table of long options. */
#define HOST_OPTIONS                                                                               \
    {"section", required_argument, NULL, HOST_OPTION_SECTION},                                     \
        {"dtb", required_argument, NULL, HOST_OPTION_TREE},                                        \
        {"memory", required_argument, NULL, HOST_OPTION_MEMORY},                                   \
        {"root", required_argument, NULL, HOST_OPTION_ROOT},                                       \
    {                                                                                              \
        "force", no_argument, NULL, HOST_OPTION_FORCE                                              \
    }

/*
 * Takes one of these options into a request, which keeps the argument. False when it is not a size
 * that --memory takes.
 */
bool host_request_option(struct host_request *request, int option, const char *argument);

/* The message for that case; %s is the argument. */
#define HOST_REQUEST_WRONG "%s is not a size such as 512M or 2G@0x80000000"

/*
 * Finds the partition and runs all stages: all diagnostics of the system are then in
 * host->system.diagnostics, in order. Returns 0, or an enum exit_code after printing why the system
 * could not be looked at. The caller ends it with host_system_close in any case.
 */
int host_system_open(struct host_system *host, const struct host_request *request);

void host_system_close(struct host_system *host);

/*
 * The name under which a person finds a file of the partition: that of the directory which the
 * command line named, and the file's. The caller frees it. `file` as in struct location.
 */
char *host_file_name(const struct host_system *host, const char *file);

#endif
