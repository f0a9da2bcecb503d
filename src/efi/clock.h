/* SPDX-License-Identifier: BSD-2-Clause */
/* The time since power-on, from the processor's counter. */
#ifndef MUSTER_CLOCK_H
#define MUSTER_CLOCK_H

#include <stdint.h>

/* core's platform call for time: microseconds; 0 where the counter does not run. */
uint64_t clock_now(void *context);

#endif
