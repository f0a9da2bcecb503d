/* SPDX-License-Identifier: BSD-2-Clause */
/* A sealed system on a partition: its loader, the one before it, and the files of both seals. */
#ifndef MUSTER_INSTALL_SEALED_H
#define MUSTER_INSTALL_SEALED_H

#include <stdbool.h>

#include "host/install/manifest.h"
#include "host/install/outputs.h"
#include "host/install/partition.h"
#include "host/machine/host_request.h"
#include "host/machine/host_system.h"

/* The loader that the sealed one took the place of, for which there is a boot entry as well. */
#define SEALED_FORMER PARTITION_DIRECTORY "/former.efi"

/* True if a file of the partition is a sealed loader. */
bool sealed_is_there(const struct partition *partition, const char *name);

/* Calls `each` with the name of every file that the seals of both loaders are about. */
bool sealed_names(const struct partition *partition, bool (*each)(void *data, const char *name),
                  void *data);

/* A sealed system that is to be installed. */
struct sealed_source {
    const struct host_request *request;
    const struct host_system *host; /* opened for it, with a seal */
    bool is_counted;                /* set by sealed_prepare: its boots are */
    bool is_new;                    /* its loader is another one than that which is there */
};

/*
 * Looks at all sections that boot, as check does, and adds the files of the seal that are not there
 * and the loader; that which is there becomes the former one, unless it is still on trial and the
 * former one worked. Files keep the names that the seal gives them: one that is there with another
 * content is an error. False after a message.
 */
bool sealed_prepare(struct sealed_source *source, struct outputs *outputs);

#endif
