/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that can be read in parts, of a volume that only gives whole ones. */
#ifndef MUSTER_WHOLE_FILE_H
#define MUSTER_WHOLE_FILE_H

#include "efi/firmware.h"

/* The context of such a volume. */
struct whole_files {
    struct firmware *firmware;
    struct volume volume; /* the one that gives files whole */
};

/*
 * The volume, which refers to `files`. A first read of all of a file goes straight into the
 * caller's buffer. Else the file is fetched into memory, from where its parts come until it is
 * closed.
 */
struct volume whole_files_volume(struct whole_files *files);

#endif
