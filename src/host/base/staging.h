/* SPDX-License-Identifier: BSD-2-Clause */
/* A private directory beside a file or directory that is made, which gets its name when complete.
 */
#ifndef MUSTER_STAGING_H
#define MUSTER_STAGING_H

#include <stdbool.h>

struct staging {
    char *target;    /* the path that the result gets */
    char *directory; /* the private directory */
    int descriptor;  /* of it, which other programs inherit; it holds a lock while this one lives */
};

/*
 * Makes the private directory for `target`, and removes those that a run left which was killed.
 * False after a message. Ended by staging_close in any case.
 */
bool staging_open(struct staging *staging, const char *target);

/*
 * The path of something in the private directory, for this program and those that it starts. It has
 * none of the characters that other programs take for more than a name, whatever the target's is.
 * The caller frees it; NULL without memory.
 */
char *staging_path(const struct staging *staging, const char *name);

/* Gives `name` in the private directory the name of the target. False after a message. */
bool staging_finish(const struct staging *staging, const char *name);

/* Moves what is at the target into the private directory, to be removed with it. False with errno.
 */
bool staging_displace(const struct staging *staging);

/* Removes the private directory with what is left in it. */
void staging_close(struct staging *staging);

#endif
