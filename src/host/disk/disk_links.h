/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of a disk as a directory of links, for servers. */
#ifndef MUSTER_DISK_LINKS_H
#define MUSTER_DISK_LINKS_H

#include <stdbool.h>

/*
 * Makes the directory `target` with a link to each file that disk_make would put on a disk of
 * `directory`, but for the boot state, which a server does not keep. False after a message.
 */
bool disk_links_make(const char *directory, const char *target);

/* Makes the directory `target` with one link, called `name`, to a file. False after a message. */
bool disk_links_make_one(const char *file, const char *target, const char *name);

#endif
