/* SPDX-License-Identifier: BSD-2-Clause */
/* The time since power-on, from the processor's counter. */
#include "efi/clock.h"

#include <stddef.h>

#include "efi/arch.h"

#define MICROSECONDS 1000000U /* in a second */

/* Seconds and their fraction apart, so that nothing overflows at any frequency. */
uint64_t clock_now(void *context)
{
    uint64_t frequency = arch_counter_frequency();
    uint64_t ticks = arch_counter();

    (void)context;
    if (frequency == 0)
        return 0;
    return ticks / frequency * MICROSECONDS + ticks % frequency * MICROSECONDS / frequency;
}
