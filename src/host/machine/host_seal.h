/* SPDX-License-Identifier: BSD-2-Clause */
/* A sealed loader as a file of the workstation. */
#ifndef MUSTER_HOST_SEAL_H
#define MUSTER_HOST_SEAL_H

#include <stdbool.h>

#include "core/base/arena.h"
#include "core/seal/seal.h"
#include "host/base/file_content.h"

/* Starts zeroed, ended by host_seal_close. */
struct host_seal {
    struct file_content file;
    struct pe image;
    struct arena arena;
    struct seal seal; /* valid if is_sealed */
    bool is_image;    /* the file is an EFI program */
    bool is_sealed;
};

/*
 * Reads a file and the seal that it has; it may have none. False after a message: the file cannot
 * be read, or its seal is damaged.
 */
bool host_seal_open(struct host_seal *seal, const char *path);

/* As host_seal_open, and the file has to have a seal. */
bool host_seal_open_sealed(struct host_seal *seal, const char *path);

void host_seal_close(struct host_seal *seal);

#endif
