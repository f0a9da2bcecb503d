/* SPDX-License-Identifier: BSD-2-Clause */
/* Times for a person to read. */
#ifndef MUSTER_SECONDS_H
#define MUSTER_SECONDS_H

struct arena;

/* A time such as "0.25 s", in the arena; NULL without memory. */
const char *seconds_text(struct arena *arena, double seconds);

#endif
