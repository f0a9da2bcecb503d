/* SPDX-License-Identifier: BSD-2-Clause */
/* The processor's part of Muster on the simulated machine. */
#include "efi/arch.h"

#include "internal.h"

#define FREQUENCY       62500000 /* Hz, as QEMU's counter */
#define TICKS_OF_A_LOOK 10       /* no two looks at the counter see the same */

unsigned arch_exception_level(void)
{
    unsigned level = firmware_current()->setup.exception_level;

    return level != 0 ? level : 2;
}

uint64_t arch_counter_frequency(void)
{
    return firmware_current()->setup.no_frequency ? 0 : FREQUENCY;
}

uint64_t arch_counter(void)
{
    struct firmware *fw = firmware_current();

    events_advance(fw, TICKS_OF_A_LOOK);
    return fw->time * (FREQUENCY / 100000) / 100; /* from units of 100 ns */
}

void arch_clean_data_cache(const void *start, size_t bytes)
{
    firmware_clean_cache(firmware_current(), (uint64_t)start, bytes);
}

bool arch_has_sha256(void)
{
    return true;
}

/* It lacks the instructions, so that the firmware is asked. */
bool arch_crc32(const void *data, size_t bytes, uint32_t *crc)
{
    (void)data;
    (void)bytes;
    (void)crc;
    return false;
}

void arch_make_executable(void *start, size_t bytes)
{
    firmware_clean_cache(firmware_current(), (uint64_t)start, bytes);
    firmware_invalidate_code(firmware_current(), (uint64_t)start, bytes);
}

uintptr_t arch_call(uint64_t entry, void *handle, void *table)
{
    return image_enter(firmware_current(), entry, handle, table);
}
