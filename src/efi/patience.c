/* SPDX-License-Identifier: BSD-2-Clause */
/* Patience with a server: for how long it may be silent, and how slow it may be. */
#include "efi/patience.h"

#include "efi/clock.h"

#define SECOND  1000000U /* microseconds */
#define SILENCE (20 * (uint64_t)SECOND)
#define LEAST   (60 * (uint64_t)SECOND)
#define PACE    (16U * 1024U) /* bytes a second */
#define STEP    50U           /* microseconds */

void patience_begin(struct patience *patience, uint64_t bytes)
{
    uint64_t now = clock_now(NULL);

    *patience = (struct patience){
        .start = now,
        .heard = now,
        .allowed = LEAST + (bytes < UINT64_MAX / SECOND ? bytes / PACE * SECOND : 0),
    };
}

void patience_heard(struct patience *patience)
{
    patience->heard = clock_now(NULL);
    patience->silent = 0;
}

void patience_wait(struct patience *patience, const struct firmware *firmware)
{
    firmware->boot->Stall(STEP);
    patience->waited += STEP;
    patience->silent += STEP;
}

bool patience_is_over(const struct patience *patience)
{
    uint64_t now = clock_now(NULL);

    return now - patience->heard > SILENCE || patience->silent > SILENCE ||
           now - patience->start > patience->allowed || patience->waited > patience->allowed;
}
