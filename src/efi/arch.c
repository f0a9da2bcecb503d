/* SPDX-License-Identifier: BSD-2-Clause */
/* The processor's part on AArch64. */
#include "efi/arch.h"

/* The guard of the compiler's stack protector, which libfdt was built with, and its alarm. */
uintptr_t __stack_chk_guard = 0x595e9fbd94fda766;
void __stack_chk_fail(void) __attribute__((noreturn));

void __stack_chk_fail(void)
{
    for (;;)
        __asm__ volatile("wfi");
}

unsigned arch_exception_level(void)
{
    uint64_t level;

    __asm__ volatile("mrs %0, CurrentEL" : "=r"(level));
    return (unsigned)(level >> 2 & 3);
}

uint64_t arch_counter(void)
{
    uint64_t ticks;

    __asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(ticks) : : "memory");
    return ticks;
}

uint64_t arch_counter_frequency(void)
{
    uint64_t frequency;

    __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(frequency));
    return frequency;
}

void arch_clean_data_cache(const void *start, size_t bytes)
{
    uint64_t type;
    uintptr_t line;
    uintptr_t at;

    /* DminLine is the log2 of the smallest line in words (Arm ARM, CTR_EL0). */
    __asm__ volatile("mrs %0, ctr_el0" : "=r"(type));
    line = (uintptr_t)4 << (type >> 16 & 15);
    for (at = (uintptr_t)start & ~(line - 1); at < (uintptr_t)start + bytes; at += line)
        __asm__ volatile("dc cvac, %0" : : "r"(at) : "memory");
    __asm__ volatile("dsb sy" : : : "memory");
}
