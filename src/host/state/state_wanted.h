/* SPDX-License-Identifier: BSD-2-Clause */
/* The boot state that a configuration counts in, and that is not there yet. */
#ifndef MUSTER_STATE_WANTED_H
#define MUSTER_STATE_WANTED_H

#include <stdbool.h>

/* The directory named `root` stands for the partition. */
struct state_wanted {
    const char *config; /* a configuration, a sealed loader, or a directory, as for muster check */
    const char *root;   /* or NULL, as for muster check */
    char *name;         /* of the state below the root, such as EFI/BOOT/muster.state; or NULL */
};

/*
 * Sets `name`, which the caller frees: the state of the section that boots, where it is counted in
 * a state and there is none; else NULL. False after a message.
 */
bool state_wanted_find(struct state_wanted *wanted);

#endif
