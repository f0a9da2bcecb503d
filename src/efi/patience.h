/* SPDX-License-Identifier: BSD-2-Clause */
/* Patience with a server: for how long it may be silent, and how slow it may be. */
#ifndef MUSTER_PATIENCE_H
#define MUSTER_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "efi/firmware.h"

/* All times are microseconds. */
struct patience {
    uint64_t start;   /* by the clock */
    uint64_t heard;   /* by the clock */
    uint64_t waited;  /* since the start, where the clock does not run */
    uint64_t silent;  /* of it, since something was heard */
    uint64_t allowed; /* for all */
};

/* Begins anew, for an exchange of `bytes` bytes: 60 seconds, and one for each 16 KiB. */
void patience_begin(struct patience *patience, uint64_t bytes);
/* The server has sent something. */
void patience_heard(struct patience *patience);
/* Waits for 50 microseconds. */
void patience_wait(struct patience *patience, const struct firmware *firmware);
/* Nothing was heard for 20 seconds, or the time is over. */
bool patience_is_over(const struct patience *patience);

#endif
