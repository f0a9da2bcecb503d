/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of the boot state on this machine: made, read, and rewritten in place. */
#ifndef MUSTER_STATE_STORE_H
#define MUSTER_STATE_STORE_H

#include <stdbool.h>

#include "core/config/state.h"

/* An open state. */
struct state_store {
    const char *name;
    int files[STATE_COPIES]; /* of the copies; -1 for none */
    unsigned copy;           /* that is rewritten next */
    struct state state;
};

/* Makes the files of an empty state, on the medium when this returns. False after a message. */
bool state_store_make(const char *name);

/*
 * Opens a state, for writing as well if `is_writing`, and reads it. False after a message.
 * The caller ends it with state_store_close in any case.
 */
bool state_store_open(struct state_store *store, const char *name, bool is_writing);

/* Writes the state over the older copy; it is on the medium then. False after a message. */
bool state_store_write(struct state_store *store);

void state_store_close(struct state_store *store);

#endif
